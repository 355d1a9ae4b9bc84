#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/datagram_sender.hpp"
#include "support/eventually.hpp"
#include "support/otlp_payload.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/free_port.hpp"
#include "support/servers/prometheus_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view prefers_openmetrics =
    "Accept: application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5\r\n";
const std::string reported_trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string pushed_trace = "0af7651916cd43dd8448eb211c80319c";

/// Prints the exemplars of a text, one line each, or fails.
constexpr const char* strict_parser = R"(
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse
with open(sys.argv[1], encoding="utf-8", newline="") as text:
    for family in parse(text.read()):
        for sample in family.samples:
            if sample.exemplar:
                e = sample.exemplar
                print(family.name, sample.labels["pool"], sorted(e.labels.items()), e.value, e.timestamp is not None)
)";

/// Returns a push of one histogram of waits, one of them with a trace.
std::string push_with_exemplar() {
  const auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  std::string trace_id, span_id(8, '\x07');
  for (std::size_t i = 0; i < pushed_trace.size(); i += 2)
    trace_id += static_cast<char>(std::stoi(pushed_trace.substr(i, 2), nullptr, 16));
  const auto time = static_cast<std::uint64_t>(now.count());
  test::OtlpPoint point{.attributes = {{"db.client.connection.pool.name", std::string("main")}},
                        .start = time - 1,
                        .time = time,
                        .count = 1,
                        .sum = 0.25,
                        .bounds = {0.01, 0.1, 1},
                        .counts = {0, 0, 1, 0},
                        .exemplars = {{0.25, time, trace_id, span_id}}};
  return test::otlp_json({{{{"service.name", std::string("shop")}},
                           "",
                           {{.name = "db.client.connection.wait_time",
                             .unit = "s",
                             .kind = PointKind::histogram,
                             .points = {point}}}}})
      .dump();
}

/// An exporter whose canaries wait for each other, to which applications report an acquisition each.
class TracedScene {
 public:
  TracedScene() {
    const test::DatagramSender sender(path_.string());
    REQUIRE(sender.send("dbpool.acquired:250|ms|#pool:orders,lease:1,site:a,trace_id:" + reported_trace) ==
            0);
    REQUIRE(http_exchange(otlp_port_, "POST", "/v1/metrics", {.json = push_with_exemplar()}).status == 200);
    REQUIRE(eventually(
        [&] {
          return exporter.metric("dbpool_acquisitions_slow_total", {{"pool", "held"}}) > 0;
        },
        20s));
    REQUIRE(eventually(
        [&] {
          return exporter.metric("dbpool_acquisitions_total", {{"pool", "apps/orders"}}) == 1;
        },
        20s));
  }

 private:
  std::string config() const {
    return fmt::format(R"(
pools:
  - {{name: held, dsn: ':memory:', min_size: 1, max_size: 1, canary: {{interval: 1ms, concurrency: 2, hold: 50ms}}}}
  - {{name: 'a.b:c/d', dsn: ':memory:', labels: {{team: "it's \"quoted\" \\ \n"}}}}
  - {{name: absent, driver: postgres, dsn: 'host=127.0.0.1 user=u port={}'}}
sources:
  - {{name: apps, type: events, path: {}}}
  - {{name: otel, type: otlp, listen: "127.0.0.1:{}"}}
)",
                       free_port(), path_.string(), otlp_port_);
  }

  const TemporaryDirectory directory_;
  const std::filesystem::path path_ = directory_.path() / "events.sock";
  const std::uint16_t otlp_port_ = free_port();

 public:
  const ExporterProcess exporter{{.config = config()}};
};

bool any_contains(const std::vector<std::string>& texts, const std::string& part) {
  return std::ranges::any_of(texts, [&](const auto& text) { return text.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("the strict parser of Prometheus' Python client accepts the OpenMetrics text, with all exemplars") {
  const TracedScene scene;
  const HttpAnswer answer =
      http_exchange(scene.exporter.port(), "GET", "/metrics", {.headers = std::string(prefers_openmetrics)});
  CHECK(answer.header("content-type") == "application/openmetrics-text; version=1.0.0; charset=utf-8");
  CHECK(answer.header("vary") == "Accept, Accept-Encoding");
  CHECK(answer.body.ends_with("\n# EOF\n"));
  CHECK(answer.body.find("_seconds_created") == std::string::npos);
  const TemporaryDirectory directory;
  const auto file = directory.write("metrics", answer.body);
  const Finished parsed = run_to_end({"/usr/bin/python3", "-c", strict_parser, file.string()});
  CHECK(parsed.error == "");
  REQUIRE(parsed.exit_code == 0);
  const std::string waits = "dbpool_acquisition_duration_seconds ";
  CHECK(parsed.output.find(waits + "apps/orders [('trace_id', '" + reported_trace + "')] 0.25 True\n") !=
        std::string::npos);
  CHECK(parsed.output.find(waits + "otel/shop/main [('span_id', '0707070707070707'), ('trace_id', '" +
                           pushed_trace + "')] 0.25 True\n") != std::string::npos);
  CHECK(parsed.output.find(waits + "held [('lease', '") != std::string::npos);
  CHECK(parsed.output.find("('site', 'canary')") != std::string::npos);
}

TEST_CASE("a Prometheus that stores exemplars has them, of every kind of pool") {
  const TracedScene scene;
  const PrometheusServer prometheus(scene.exporter.port());
  REQUIRE(eventually([&] { return prometheus.query("up{job='dbpool'}") == 1; }, 20s));
  const auto has = [&](const std::string& pool, const std::string& label) {
    const std::string waits = "dbpool_acquisition_duration_seconds_bucket{pool='" + pool + "'}";
    return eventually([&] { return any_contains(prometheus.exemplars(waits), label); }, 20s);
  };
  CHECK(has("apps/orders", R"("trace_id":")" + reported_trace));
  CHECK(has("otel/shop/main", R"("trace_id":")" + pushed_trace));
  CHECK(has("held", R"("site":"canary")"));
  CHECK(prometheus.query("dbpool_pool_info{team='it\\'s \"quoted\" \\\\ \\n'}") == 1);
  CHECK(prometheus.query("dbpool_acquisition_duration_seconds_bucket{pool='apps/orders',le='1.0'}") == 1);
}
