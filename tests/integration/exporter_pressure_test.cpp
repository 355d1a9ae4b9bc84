#include <doctest/doctest.h>

#include "support/eventually.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/free_port.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

/// Six canaries that hold for 2 s share two connections.
constexpr const char* too_small = R"(
pools:
  - name: small
    driver: sqlite
    dsn: "file:small?mode=memory&cache=shared"
    min_size: 2
    max_size: 2
    acquire_timeout: 500ms
    leak_detection_timeout: 1s
    canary: {interval: 100ms, concurrency: 6, hold: 2s}
)";

const Labels small{{"source", "small"}, {"pool", "small"}};

}  // namespace

TEST_CASE("callers of an exhausted pool wait, are timed out and are counted with the time they waited") {
  const ExporterProcess exporter({.config = too_small});
  CHECK(eventually([&] { return exporter.metric("dbpool_waiting_requests", small) == 4; }, 5s));
  CHECK(eventually([&] { return exporter.metric("dbpool_acquisition_timeouts_total", small) >= 8; }, 5s));
  const Scrape scrape = exporter.scrape();
  const double timeouts = scrape.at("dbpool_acquisition_timeouts_total", small);
  CHECK(scrape.value("dbpool_acquisition_duration_seconds_count", small) ==
        scrape.at("dbpool_acquisitions_total", small) + timeouts);
  CHECK(scrape.at("dbpool_acquisition_duration_seconds_sum", small) >= 0.5 * timeouts);
  CHECK(scrape.at("dbpool_wait_seconds_peak", small) >= 0.5);
  CHECK(scrape.value("dbpool_active_connections_peak", small) == 2);
  CHECK(scrape.value("dbpool_connections_max", small) == 2);
  const Labels healthy{{"pool", "small"}, {"status", "healthy"}};
  CHECK(eventually([&] { return exporter.metric("dbpool_health_status", healthy) == 0; }, 5s));
}

TEST_CASE("a lease held beyond the limit is a suspected leak until it is returned") {
  const ExporterProcess exporter({.config = too_small});
  CHECK(eventually([&] { return exporter.metric("dbpool_leaked_connections", small) == 2; }, 5s));
  CHECK(eventually([&] { return exporter.metric("dbpool_leaks_recovered_total", small) >= 2; }, 5s));
  CHECK(exporter.scrape().at("dbpool_leaks_detected_total", small) >= 2);

  const auto suspected = exporter.log("potential connection leak detected");
  REQUIRE_FALSE(suspected.empty());
  CHECK(suspected[0].at("pool") == "small");
  CHECK(suspected[0].at("site") == "canary");
  CHECK(std::stod(suspected[0].at("held_duration_seconds")) >= 1);
  CHECK_FALSE(suspected[0].at("connection_id").empty());
  const auto returned = exporter.log("leaked connection returned");
  REQUIRE_FALSE(returned.empty());
  CHECK(std::stod(returned[0].at("held_duration_seconds")) >= 2);
  CHECK_FALSE(returned[0].at("lease").empty());
}

TEST_CASE("in every scrape the acquisitions are the releases and the active leases exactly") {
  const ExporterProcess exporter({.config = R"(
pools:
  - name: small
    dsn: "file:busy?mode=memory&cache=shared"
    max_size: 5
    canary: {interval: 1ms, concurrency: 20, hold: 1ms}
)"});
  REQUIRE(eventually([&] { return exporter.metric("dbpool_acquisitions_total", small) > 0; }, 5s));
  for (int i = 0; i < 50; ++i) {
    const Scrape scrape = exporter.scrape();
    CHECK(scrape.value("dbpool_acquisitions_total", small) ==
          scrape.at("dbpool_releases_total", small) +
              scrape.at("dbpool_connections", {{"pool", "small"}, {"state", "active"}}));
  }
  // Fifty scrapes may finish before fifty acquisitions.
  CHECK(eventually([&] { return exporter.metric("dbpool_acquisitions_total", small) > 50; }, 5s));
}

TEST_CASE("pools whose queries hold threads for long do not hold up the others") {
  std::string slow;
  for (const char* name : {"slow", "slower"}) {
    slow += std::string("  - name: ") + name + R"(
    dsn: ":memory:"
    max_size: 8
    validation_timeout: 60s
    canary:
      interval: 10ms
      concurrency: 8
      query: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
)";
  }
  const ExporterProcess exporter({.config = "pools:\n" + slow + R"(
  - {name: quick, dsn: ":memory:", canary: {interval: 50ms}}
  - {name: away, driver: postgres, dsn: "host=127.0.0.1 port=)" +
                                            std::to_string(free_port()) +
                                            R"( dbname=x user=x"}
)"});
  const auto active = [&](const char* pool) {
    return exporter.metric("dbpool_connections", {{"pool", pool}, {"state", "active"}}).value_or(0);
  };
  REQUIRE(eventually(
      [&] {
        const double slow_ones = active("slow"), slower_ones = active("slower");
        return slow_ones >= 1 && slower_ones >= 1 && slow_ones + slower_ones >= 3;
      },
      10s));
  const Labels quick{{"pool", "quick"}};
  const double checks = exporter.scrape().at("dbpool_health_checks_total", quick);
  CHECK(eventually([&] { return exporter.metric("dbpool_health_checks_total", quick) >= checks + 20; }, 10s));
  CHECK(exporter.metric("dbpool_health_check_failures_total", quick) == 0);
  const Labels away{{"pool", "away"}};
  const double attempts = exporter.scrape().at("dbpool_reconnect_attempts_total", away);
  // The attempts are at most 16 s apart.
  CHECK(eventually([&] { return exporter.metric("dbpool_reconnect_attempts_total", away) > attempts; }, 20s));
}
