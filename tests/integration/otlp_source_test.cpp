#include <doctest/doctest.h>
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "shown_figures.hpp"
#include "support/eventually.hpp"
#include "support/producers/producer.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/free_port.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

constexpr auto within = 20s;
using Environment = ChildProcess::Environment;

/// Applications whose SDK pushes to an exporter.
class PushScene {
 public:
  /// `keys`: further keys of the source.
  explicit PushScene(const std::string& keys = "stale_after: 1h") : keys_(keys) { start_exporter(); }

  /// Starts an application with a pool of three connections, all of them held.
  std::unique_ptr<Producer> start(Environment environment) const {
    environment.emplace("OTEL_EXPORTER_OTLP_ENDPOINT", fmt::format("http://127.0.0.1:{}", port_));
    auto producer =
        std::make_unique<Producer>(PoolLibrary::opentelemetry_push, server_, std::move(environment));
    producer->hold();
    return producer;
  }

  void start_exporter() {
    exporter_.emplace(ExporterSetup{
        .config = fmt::format(R"(sources: [{{name: otel, type: otlp, listen: "127.0.0.1:{}", {}}}])", port_,
                              keys_)});
  }
  void stop_exporter() { exporter_.reset(); }
  const ExporterProcess& exporter() const { return exporter_.value(); }

  std::string pool() const { return fmt::format("otel/shop/127.0.0.1:{}/postgres", server_.port()); }
  Figures shown() const { return shown_figures(exporter().scrape(), {{"pool", pool()}}); }
  double senders() const {
    return exporter().metric("dbpool_source_senders", {{"source", "otel"}}).value_or(0);
  }

 private:
  const PostgresServer server_;
  const std::uint16_t port_ = free_port();
  const std::string keys_;
  std::optional<ExporterProcess> exporter_;
};

/// Returns what the instrumentation reports of a pool's own figures; requests that wait can be those of a
/// moment ago.
Figures known(Figures truth) {
  truth.erase("waiting");
  truth.erase("acquisitions");  // known for HikariCP alone
  return truth;
}

/// Returns the figures of two pools as if they were one.
Figures sum_of(Figures figures, const Figures& others) {
  for (const auto& [field, value] : others) figures[field] += value;
  return figures;
}

/// Returns the figures with gauges of 0.
Figures counters_of(Figures figures) {
  for (const char* gauge : {"active", "idle", "max"}) figures[gauge] = 0;
  return figures;
}

void check_shown(const PushScene& scene, const Figures& truth) {
  Figures shown;
  const auto agreed = [&] { return agree(shown = known(scene.shown()), known(truth)); };
  CHECK_MESSAGE(eventually(agreed, within), "shown: ", nlohmann::json(shown).dump(),
                ", truth: ", nlohmann::json(truth).dump());
}

Environment instance(const std::string& id) {
  return {{"OTEL_RESOURCE_ATTRIBUTES", "service.name=shop,service.instance.id=" + id}};
}

/// Adds the setting of an application that exports all the time.
Environment steady(Environment environment) {
  environment.emplace("OTEL_METRIC_EXPORT_INTERVAL", "100");
  return environment;
}

}  // namespace

TEST_CASE("a pool that OpenTelemetry's SDK pushes shows the pool's own figures, however they are sent") {
  const std::vector<Environment> settings{{},
                                          {{"OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/json"}},
                                          {{"OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"}},
                                          {{"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "delta"}},
                                          {{"OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/json"},
                                           {"OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"},
                                           {"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "delta"}}};
  for (const Environment& setting : settings) {
    CAPTURE(nlohmann::json(setting).dump());
    const PushScene scene;
    Environment environment = instance("a");
    environment.insert(setting.begin(), setting.end());
    const auto producer = scene.start(environment);
    producer->push();
    check_shown(scene, producer->truth());
    producer->rest();
    REQUIRE(eventually([&] { return producer->truth().at("active") == 0; }, within));
    producer->hold();
    producer->push();
    check_shown(scene, producer->truth());
    CHECK(scene.senders() == 1);
  }
}

TEST_CASE("processes of one service add up; of one that was killed only the counters stay") {
  const PushScene scene("stale_after: 2s");
  const auto first = scene.start(steady(instance("a")));
  check_shown(scene, first->truth());
  const auto second = scene.start(steady(instance("b")));
  const Figures of_second = second->truth();
  const Figures both = sum_of(first->truth(), of_second);
  check_shown(scene, both);
  CHECK(scene.senders() == 2);
  second->kill();
  check_shown(scene, sum_of(first->truth(), counters_of(of_second)));
  CHECK(eventually([&] { return scene.senders() == 1; }, within));
  const auto again = scene.start(steady(instance("b")));
  check_shown(scene, sum_of(both, counters_of(again->truth())));
}

TEST_CASE("processes with equal resources add up") {
  for (const char* temporality : {"cumulative", "delta"}) {
    CAPTURE(temporality);
    const PushScene scene;
    const Environment same{{"OTEL_RESOURCE_ATTRIBUTES", "service.name=shop"},
                           {"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", temporality}};
    const auto first = scene.start(same);
    const auto second = scene.start(same);
    first->push();
    second->push();
    check_shown(scene, sum_of(first->truth(), second->truth()));
    CHECK(scene.senders() == 1);
  }
}

TEST_CASE("a new exporter shows the counters where they were") {
  PushScene scene;
  const auto producer = scene.start(instance("a"));
  producer->push();
  check_shown(scene, producer->truth());
  scene.stop_exporter();
  scene.start_exporter();
  CHECK(scene.shown().empty());
  producer->push();
  check_shown(scene, producer->truth());
}
