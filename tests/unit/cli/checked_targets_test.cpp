#include "cli/checked_targets.hpp"

#include <doctest/doctest.h>

using namespace dbpool;

TEST_CASE("check prints a line each, with the cure of a failure and what is missing in a success") {
  using enum CheckedTarget::Result;
  CHECK(checked_targets_text({{"orders", "postgres", ok, "a connection opened and answered"},
                              {"pgb", "pgbouncer", failed, "refused", "see whether it runs"},
                              {"app", "prometheus", ok, "read, with 2 pools", "", {"no bucket fits"}},
                              {"otel", "otlp", skipped, "nothing to read"},
                              {"bad\x1b[2J\nname", "http_json", failed, "x"}}) ==
        "ok      orders (postgres): a connection opened and answered\n"
        "FAILED  pgb (pgbouncer): refused; see whether it runs\n"
        "ok      app (prometheus): read, with 2 pools; but no bucket fits\n"
        "skipped otel (otlp): nothing to read\n"
        "FAILED  bad\xEF\xBF\xBD[2J\xEF\xBF\xBDname (http_json): x\n");
  CHECK(checked_targets_text({}).empty());
}
