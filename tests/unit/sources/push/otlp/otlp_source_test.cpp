#include "sources/push/otlp/otlp_source.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>

#include "sources/push/otlp/receiver.hpp"
#include "support/fakes/fake_clock.hpp"
#include "support/otlp_payload.hpp"

using namespace dbpool;
using namespace dbpool::test;

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
  PushedReading read() { return pools->read(clock->now(), std::nullopt).value(); }
  std::map<std::string, PoolSnapshot> shown() {
    std::map<std::string, PoolSnapshot> by_label;
    const PushedReading reading = read();
    for (const PoolSnapshot& pool : reading.result.pools) by_label.emplace(pool.label(), pool);
    return by_label;
  }

  std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
  std::shared_ptr<PushedState> state;
  OtlpReceiver receiver;
  std::shared_ptr<PushedPools> pools;
};

constexpr std::uint64_t started = 1'000'000'000, exported = 61'000'000'000;

/// Returns a request of one service, whose metrics all have one scope.
std::string request_of(std::vector<OtlpMetric> metrics, const std::string& scope = "") {
  return otlp_protobuf({{{{"service.name", "shop"}}, scope, std::move(metrics)}});
}

OtlpMetric pushed_number(const std::string& name, const OtlpAttributeList& attributes, double value,
                         PointKind kind = PointKind::gauge) {
  return {.name = name,
          .unit = "",
          .kind = kind,
          .is_monotonic = kind == PointKind::sum,
          .points = {{.attributes = attributes, .start = started, .time = exported, .value = value}}};
}

OtlpMetric durations(const std::string& name, const std::string& unit, OtlpPoint point) {
  point.start = started;
  point.time = exported;
  return {.name = name, .unit = unit, .kind = PointKind::histogram, .points = {std::move(point)}};
}

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
  CHECK(scene.read().counts.senders == 1);
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
  const ProbeResult result = scene.read().result;
  CHECK(result.pools.size() == 1);
  CHECK(result.dropped == 3U);
}

TEST_CASE("a reading is made anew after a push and when a value gets too old, and only then") {
  using namespace std::chrono_literals;
  OtlpOptions options;
  options.stale_after = 10s;
  OtlpScene scene(options);
  const auto read = [&](const PushCounts& known) { return scene.pools->read(scene.clock->now(), known); };
  scene.push(otlp_fixture("otel-js-cumulative.pb"));
  const PushCounts first = scene.read().counts;
  CHECK_FALSE(read(first));
  scene.push(otlp_fixture("otel-js-cumulative.pb"));  // stale, which is counted
  const auto next = read(first);
  REQUIRE(next);
  CHECK(next->counts.rejected != first.rejected);
  scene.clock->advance(9s);
  CHECK_FALSE(read(next->counts));
  scene.clock->advance(2s);
  const auto silent = read(next->counts);
  REQUIRE(silent);
  CHECK(silent->silent.contains("otel/shop/postgres"));
}

TEST_CASE("gauges go when their sender was silent for too long, counters stay") {
  using namespace std::chrono_literals;
  OtlpOptions options;
  options.stale_after = 10s;
  OtlpScene scene(options);
  scene.push(otlp_fixture("otel-js-cumulative.pb"));
  REQUIRE(scene.shown().at("otel/shop//var/run/postgresql/a:15432/postgres").active == 3);
  CHECK(scene.state->senders.access()->changes_at() <= scene.clock->now() + 10s);
  scene.clock->advance(11s);
  const auto shown = scene.shown();
  CHECK_FALSE(shown.at("otel/shop//var/run/postgresql/a:15432/postgres").active);
  CHECK(shown.at("otel/shop/postgres").acquisition_duration->count() == 3);
  CHECK(scene.read().counts.senders == 0);
  scene.clock->advance(2h);
  scene.pools->forget(scene.clock->now());
  CHECK(scene.shown().empty());
}

TEST_CASE("Micrometer's timers are in milliseconds, and its timeouts are no acquisitions") {
  OtlpScene scene;
  const OtlpAttributeList pool{{"pool", "HikariPool-1"}};
  OtlpMetric most = pushed_number("hikaricp.connections.acquire.max", pool, 250);
  most.unit = "milliseconds";
  scene.push(request_of(
      {pushed_number("hikaricp.connections.active", pool, 3),
       pushed_number("hikaricp.connections.timeout", pool, 2, PointKind::sum),
       durations("hikaricp.connections.acquire", "milliseconds",
                 {.attributes = pool, .count = 10, .sum = 1500, .bounds = {1, 10}, .counts = {6, 1, 3}}),
       most}));
  const PoolSnapshot shown = scene.shown().at("otel/shop/HikariPool-1");
  CHECK(shown.active == 3);
  CHECK(shown.acquisition_timeouts == 2);
  CHECK(shown.acquisitions == 8);
  CHECK(shown.wait_recent_peak == 0.25);
  REQUIRE(shown.acquisition_duration);
  CHECK(shown.acquisition_duration->bounds() == std::vector<double>{0.001, 0.01});
  CHECK(shown.acquisition_duration->sum_seconds() == 1.5);
  CHECK_FALSE(shown.wait_seconds);
}

TEST_CASE("Micrometer's timers without buckets are counts and sums") {
  OtlpScene scene;
  const OtlpAttributeList pool{{"pool", "HikariPool-1"}};
  scene.push(request_of({pushed_number("hikaricp.connections.timeout", pool, 2, PointKind::sum),
                         durations("hikaricp.connections.acquire", "milliseconds",
                                   {.attributes = pool, .count = 10, .sum = 1500, .counts = {10}})}));
  const PoolSnapshot shown = scene.shown().at("otel/shop/HikariPool-1");
  CHECK_FALSE(shown.acquisition_duration);
  CHECK(shown.acquisitions == 8);
  CHECK(shown.wait_seconds == 1.5);
}

TEST_CASE("the unit of the data counts more than that of its name: .NET has the old names in seconds") {
  OtlpScene scene;
  const OtlpAttributeList pool{{"pool.name", "orders"}};
  const OtlpPoint point{.attributes = pool, .count = 2, .sum = 3, .bounds = {0.01}, .counts = {1, 1}};
  scene.push(request_of({durations("db.client.connections.create_time", "s", point)}));
  CHECK(scene.shown().at("otel/shop/orders").connect_duration->bounds() == std::vector<double>{0.01});
  scene.push(request_of({durations("db.client.connections.use_time", "", point)}));
  CHECK(scene.shown().at("otel/shop/orders").usage_duration->bounds() == std::vector<double>{1e-5});
}

TEST_CASE("HikariCP's waits are acquisitions where the scope is that of the Java agent") {
  const OtlpAttributeList pool{{"db.client.connection.pool.name", "orders"}};
  const OtlpMetric waits =
      durations("db.client.connection.wait_time", "s",
                {.attributes = pool, .count = 10, .sum = 3, .bounds = {0.01}, .counts = {7, 3}});
  OtlpScene java, other;
  java.push(request_of({waits}, "io.opentelemetry.hikaricp-3.0"));
  CHECK(java.shown().at("otel/shop/orders").acquisitions == 10);
  other.push(request_of({waits}, "pg"));
  CHECK_FALSE(other.shown().at("otel/shop/orders").acquisitions);
}

TEST_CASE("the shards of PgDog add up, under the name of its service") {
  OtlpScene scene;
  const auto of = [](const std::string& shard) {
    return OtlpAttributeList{{"database", "orders"}, {"shard", shard}, {"user", "app"}};
  };
  OtlpMetric idle = pushed_number("pgdog.sv_idle", of("0"), 2);
  idle.points.push_back(pushed_number("", of("1"), 3).points.front());
  OtlpMetric queries = pushed_number("pgdog.total_query_count", of("0"), 20, PointKind::sum);
  queries.points.push_back(pushed_number("", of("1"), 30).points.front());
  queries.temporality = Temporality::delta;
  scene.push(request_of({idle, queries}));
  const PoolSnapshot shown = scene.shown().at("otel/shop/orders/app");
  CHECK(shown.idle == 5);
  CHECK(shown.queries == 50);
  CHECK(shown.info.database == "orders");
  CHECK(shown.info.user == "app");
}

TEST_CASE("match leaves pools of Redis out, also by an attribute of the resource") {
  OtlpOptions options;
  options.mapping.match = {{"db.system", "~(?!redis).*"}};
  OtlpScene scene(options);
  const std::string name = "db.client.connections.usage";
  scene.push(request_of(
      {pushed_number(name, {{"db.system", "redis"}, {"pool.name", "cache"}, {"state", "idle"}}, 1)}));
  scene.push(request_of({pushed_number(name, {{"pool.name", "orders"}, {"state", "idle"}}, 2)}));
  scene.push(otlp_protobuf({{{{"db.system", "redis"}, {"service.name", "cache"}},
                             "",
                             {pushed_number(name, {{"pool.name", "sessions"}, {"state", "idle"}}, 3)}}}));
  const auto shown = scene.shown();
  CHECK(shown.size() == 1);
  CHECK(shown.contains("otel/shop/orders"));
}
