#include "web/handlers/probe.hpp"

#include <doctest/doctest.h>

#include <chrono>

#include "program.hpp"

namespace dbpool {
namespace {

using namespace std::chrono_literals;
using test::header_of;
using test::Program;

const std::string good_probe = "/probe?target=db:6432&module=pgb";

FleetSnapshot target_fleet(std::optional<bool> up) {
  FleetSnapshot fleet;
  SourceReport source;
  source.name = "pgb/db:6432";
  source.kind = SourceKind::pgbouncer;
  source.reading.up = up;
  fleet.sources.push_back(std::move(source));
  return fleet;
}

/// Returns the patience that a probe passes on when its request has this header.
std::optional<std::chrono::nanoseconds> patience_for(const std::string& header) {
  Program program;
  program.ask("GET", good_probe, {{"X-Prometheus-Scrape-Timeout-Seconds", header}});
  return program.probed.at(0).patience;
}

}  // namespace

TEST_CASE("a probe names its target and module, decoded") {
  Program program;
  program.probe_answer = target_fleet(true);
  const Response response = program.ask("GET", "/probe?module=a%2Fb&target=%5B%3A%3A1%5D%3A5432");
  CHECK(response.status == 200);
  CHECK(response.content_type == "text/plain; version=0.0.4; charset=utf-8");
  CHECK(response.body.find("probe_success 1\n") != std::string::npos);
  REQUIRE(program.probed.size() == 1);
  CHECK(program.probed[0].module == "a/b");
  CHECK(program.probed[0].target == "[::1]:5432");
}

TEST_CASE("a target that was not read in time is shown as one that is not up") {
  Program program;
  program.probe_answer = target_fleet(std::nullopt);
  const Response response = program.ask("GET", good_probe);
  CHECK(response.status == 200);
  CHECK(response.body.find("dbpool_up{source=\"pgb/db:6432\",kind=\"pgbouncer\"} 0\n") != std::string::npos);
  CHECK(response.body.find("probe_success 0\n") != std::string::npos);
}

TEST_CASE("a probe without a parameter, with an empty one or with two is refused before it does anything") {
  Program program;
  for (const std::string query :
       {"", "?target=db:6432", "?module=pgb", "?target=&module=pgb",
        "?target=db:6432&module=", "?target=db:6432&module=pgb&target=db:6432",
        "?target=db:6432&module=pgb&module=x", "?target=db:6432&module=pgb&%74arget=evil:1"}) {
    CAPTURE(query);
    CHECK(program.ask("GET", "/probe" + query).status == 400);
  }
  CHECK(program.probed.empty());
}

TEST_CASE("a refusal has its status, and a text that repeats nothing of the request") {
  struct Expected {
    ProbeRefusal refusal;
    int status;
  };
  for (const auto [refusal, status] :
       {Expected{ProbeRefusal::unknown_module, 400}, Expected{ProbeRefusal::malformed_target, 400},
        Expected{ProbeRefusal::not_allowed, 403}, Expected{ProbeRefusal::too_many_targets, 503},
        Expected{ProbeRefusal::too_many_waiting, 503}, Expected{ProbeRefusal::interrupted, 503}}) {
    Program program;
    program.probe_answer = refusal;
    const Response response = program.ask("GET", "/probe?target=planted&module=sown");
    CHECK(response.status == status);
    CHECK(header_of(response, "Retry-After").empty() == (status != 503));
    CHECK(response.body.find("planted") == std::string::npos);
    CHECK(response.body.find("sown") == std::string::npos);
  }
}

TEST_CASE("a probe waits as long as the client's scrape does, less the time for the answer") {
  CHECK(patience_for("10") == 9500ms);
  CHECK(patience_for("1.25") == 750ms);
  CHECK(patience_for("0.3") == 0ms);
  CHECK(patience_for("1e300") == 24h);
  for (const auto* const header : {"", "x", "-1", "nan", "5s"}) {
    CAPTURE(header);
    CHECK_FALSE(patience_for(header));
  }
}

TEST_CASE("metrics show no source that a probe has made, but the other documents do") {
  Program program;
  SourceReport source = target_fleet(true).sources[0];
  source.info.is_on_demand = true;
  program.fleet.sources.push_back(source);
  CHECK(program.ask("GET", "/metrics").body.find("pgb/db:6432") == std::string::npos);
  program.fleet.sources[0].reading.up = false;
  CHECK(program.ask("GET", "/connections/pools/health").body.find("pgb/db:6432") != std::string::npos);
}

}  // namespace dbpool
