#include <doctest/doctest.h>

#include "support/eventually.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/free_port.hpp"
#include "support/servers/prometheus_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

/// One pool that works, one whose labels need escaping, one without a database.
const std::string varied =
    "pools:\n"
    "  - {name: work, dsn: ':memory:', canary: {interval: 20ms}}\n"
    "  - {name: 'a.b:c/d', dsn: ':memory:', labels: {team: \"it's \\\"quoted\\\" \\\\ \\n\"}}\n"
    "  - {name: absent, driver: postgres, dsn: 'host=127.0.0.1 user=u port=" +
    std::to_string(free_port()) + "'}\n";

}  // namespace

TEST_CASE("promtool finds nothing to complain about in the metrics") {
  const ExporterProcess exporter({.config = varied});
  REQUIRE(eventually(
      [&] {
        return exporter.metric("dbpool_acquisitions_total", {{"pool", "work"}}) > 5;
      },
      5s));
  const HttpAnswer answer = exporter.get("/metrics");
  CHECK(answer.header("content-type").value_or("").starts_with("text/plain; version=0.0.4"));
  const TemporaryDirectory directory;
  const auto file = directory.write("metrics", answer.body);
  const Finished checked = run_to_end({"sh", "-c", "promtool check metrics < \"$0\"", file.string()});
  CHECK(checked.exit_code == 0);
  CHECK(checked.output == "");
  CHECK(checked.error == "");
}

TEST_CASE("a Prometheus scrapes it and answers questions about it") {
  const ExporterProcess exporter({.config = varied});
  const PrometheusServer prometheus(exporter.port());
  CHECK(eventually([&] { return prometheus.query("up{job='dbpool'}") == 1; }, 10s));
  CHECK(eventually([&] { return prometheus.query("dbpool_up{source='work'}") == 1; }, 10s));
  CHECK(prometheus.query("dbpool_up{source='absent'}") == 0);
  CHECK(prometheus.query("count(dbpool_health_status{source='a.b:c/d'})") == 4);
  CHECK(prometheus.query("dbpool_pool_info{team='it\\'s \"quoted\" \\\\ \\n'}") == 1);
  const std::string p95 =
      "histogram_quantile(0.95, sum by (le) "
      "(rate(dbpool_acquisition_duration_seconds_bucket{pool='work'}[10s])))";
  CHECK(eventually([&] { return prometheus.query(p95) > 0; }, 10s));
  CHECK(prometheus.query(p95) < 1);
  CHECK(prometheus.query("sum(rate(dbpool_acquisitions_total{pool='work'}[10s]))") > 1);
}
