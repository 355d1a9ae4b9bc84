#include "config/flag_keys.hpp"

#include <doctest/doctest.h>

#include "config/command_line.hpp"

namespace dbpool {
namespace {

TEST_CASE("every default in the table of flags is the default of the code") {
  std::size_t seen = 0;
  for (const auto& [key, takes] : flag_keys()) {
    if (key.fallback.empty()) continue;
    CAPTURE(key.name);
    ++seen;
    const char* const program = "dbpool_exporter";
    CHECK(parse_flags({&program, 1}, {{variable_of(key.name), std::string(key.fallback)}}) == Flags{});
  }
  CHECK(seen >= 6);
}

TEST_CASE("the help and the documentation name every flag and its default") {
  for (const auto* flag :
       {"config.file", "config.check", "web.listen-address", "web.systemd-socket", "web.telemetry-path",
        "web.config.file", "web.health-listen-address", "web.enable-lifecycle", "web.enable-admin-api",
        "web.enable-mcp", "web.mcp-origin", "log.level", "log.format", "metrics.list", "version", "help"}) {
    CAPTURE(flag);
    CHECK(help_text().find("--" + std::string(flag)) != std::string::npos);
    CHECK(flags_markdown().find("| `--" + std::string(flag) + "` | `DBPOOL_") != std::string::npos);
  }
  CHECK(help_text().find("(default 0.0.0.0:10127)") != std::string::npos);
}

TEST_CASE("the variables of the flags are known") {
  CHECK(is_flag_variable("DBPOOL_WEB_ENABLE_ADMIN_API"));
  CHECK(is_flag_variable("DBPOOL_CONFIG_FILE"));
  CHECK(is_flag_variable("DBPOOL_URL"));
  CHECK_FALSE(is_flag_variable("DBPOOL_OUTPUT"));
  CHECK_FALSE(is_flag_variable("DBPOOL_MAX_SIZE"));
  CHECK_FALSE(is_flag_variable("DBPOOL_SERVICE_HOST"));
}

}  // namespace
}  // namespace dbpool
