#include <doctest/doctest.h>
#include <fmt/format.h>

#include <regex>
#include <string>

#include "integration/alerts.hpp"
#include "support/eventually.hpp"
#include "support/producers/producer.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/free_port.hpp"
#include "support/servers/prometheus_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

TEST_CASE("alerts fire from a pool with Micrometer's names as they do from an owned pool") {
  const PostgresServer server;
  const Producer producer(PoolLibrary::hikaricp, server);
  producer.slow_down();
  // The owned pool's six canaries do as the producer's callers: three use a connection for 2 s, three wait.
  const ExporterProcess exporter({.config = fmt::format(R"(
pools:
  - name: orders
    driver: postgres
    dsn: {}
    min_size: 3
    max_size: 3
    acquire_timeout: 10m
    canary: {{interval: 10ms, concurrency: 6, hold: 2s}}
sources:
  - {{name: shop, type: prometheus, url: "{}", interval: 100ms}}
)",
                                                        server.dsn(), producer.url())});
  const auto waiting = [&](const std::string& pool) {
    return exporter.metric("dbpool_waiting_requests", {{"pool", pool}}) == 3;
  };
  REQUIRE(eventually([&] { return waiting("orders") && waiting("shop/HikariPool-1"); }, 20s));

  auto files = ShippedAlerts::prometheus(exporter.port(), free_port());
  // While one of these two fires, the general alerts do not begin. Under other names they let them.
  std::string& rules = files.at("dbpool.rules.yml");
  rules = std::regex_replace(rules, std::regex("alert: ConnectionPool(Exhausted|Stalled)"), "alert: Pool$1");
  const PrometheusServer prometheus(files);
  for (const std::string alert :
       {"PoolExhausted", "ConnectionPoolUnhealthy", "ConnectionPoolWaiting", "ConnectionPoolFullyUtilized",
        "ConnectionPoolPeakWait", "ConnectionPoolHighLatency"}) {
    CAPTURE(alert);
    const auto firing = fmt::format(
        R"(count(ALERTS{{alertname="{}",alertstate="firing",pool=~"orders|shop/HikariPool-1"}}))", alert);
    CHECK(eventually([&] { return prometheus.query(firing) == 2; }, 90s));
  }
}
