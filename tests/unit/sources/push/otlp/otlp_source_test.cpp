#include "sources/push/otlp/otlp_source.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "sources/push/otlp/receiver.hpp"
#include "support/fakes/fake_clock.hpp"

using namespace dbpool;

namespace {

std::string otlp_fixture(const std::string& name) {
  std::ifstream file(std::string(DBPOOL_TESTDATA) + "/../push/testdata/" + name, std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The pools of a source called `otel`, and its receiver.
struct OtlpScene {
  explicit OtlpScene(const OtlpOptions& options = {}, unsigned limit = 500)
      : state(otlp_state({.name = "otel", .kind = SourceKind::otlp, .limit = limit}, options)),
        receiver(state, clock, options.max_body),
        pools(otlp_pools(state)) {}

  void push(const std::string& body, const std::string& type = "application/x-protobuf") {
    CHECK(receiver.receive(type, body).status == 200);
  }
  std::map<std::string, PoolSnapshot> shown() {
    std::map<std::string, PoolSnapshot> by_label;
    for (const PoolSnapshot& pool : pools->pools(clock->now()).pools) by_label.emplace(pool.label(), pool);
    return by_label;
  }

  std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
  std::shared_ptr<PushedState> state;
  OtlpReceiver receiver;
  std::shared_ptr<PushedPools> pools;
};

}  // namespace

TEST_CASE("an export of a real SDK gives the pools that its program had") {
  OtlpScene scene;
  scene.push(otlp_fixture("otel-js-cumulative.pb"));
  const auto shown = scene.shown();
  REQUIRE(shown.size() == 4);

  const auto& waits = shown.at("otel/shop/postgres").acquisition_duration;
  REQUIRE(waits);
  CHECK(waits->count() == 3);
  CHECK(waits->sum_seconds() == doctest::Approx(0.309245967));
  CHECK(waits->bounds().front() == 0);
  CHECK(waits->bounds()[1] == 5);

  const PoolSnapshot& busy = shown.at("otel/shop//var/run/postgresql/a:15432/postgres");
  CHECK(busy.active == 3);
  CHECK(busy.idle == 0);
  CHECK(busy.waiting == 3);
  CHECK(busy.max == 3);
  const PoolSnapshot& wrong = shown.at("otel/shop//var/run/postgresql/a:15432/template1");
  CHECK_FALSE(wrong.active);
  CHECK_FALSE(wrong.waiting);
  CHECK(wrong.max == 5);
  CHECK(scene.pools->counts(scene.clock->now()).senders == 1);
}

TEST_CASE("a pool for each instance has the instance in its name") {
  OtlpScene scene(OtlpOptions{.by_instance = true});
  scene.push(otlp_fixture("otel-js-cumulative.json"), "application/json");
  CHECK(scene.shown().contains("otel/shop/i-1/postgres"));
}

TEST_CASE("a template is the whole name") {
  OtlpOptions options;
  options.mapping.pool = "{service.name}-{db.client.connection.pool.name}";
  OtlpScene scene(options);
  scene.push(otlp_fixture("otel-js-cumulative.pb"));
  CHECK(scene.shown().contains("otel/shop-postgres"));
}

TEST_CASE("the limit of a source is that of its pools") {
  OtlpScene scene({}, 1);
  scene.push(otlp_fixture("otel-js-cumulative.pb"));
  const ProbeResult result = scene.pools->pools(scene.clock->now());
  CHECK(result.pools.size() == 1);
  CHECK(result.dropped == 3U);
}

TEST_CASE("gauges go when their sender was silent for too long, counters stay") {
  using namespace std::chrono_literals;
  OtlpOptions options;
  options.stale_after = 10s;
  OtlpScene scene(options);
  scene.push(otlp_fixture("otel-js-cumulative.pb"));
  REQUIRE(scene.shown().at("otel/shop//var/run/postgresql/a:15432/postgres").active == 3);
  CHECK(scene.pools->changes_at() <= scene.clock->now() + 10s);
  scene.clock->advance(11s);
  const auto shown = scene.shown();
  CHECK_FALSE(shown.at("otel/shop//var/run/postgresql/a:15432/postgres").active);
  CHECK(shown.at("otel/shop/postgres").acquisition_duration->count() == 3);
  CHECK(scene.pools->counts(scene.clock->now()).senders == 0);
  scene.clock->advance(2h);
  scene.pools->forget(scene.clock->now());
  CHECK(scene.shown().empty());
}
