#include "sources/push/senders.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "sources/push/rebin.hpp"
#include "support/pushes.hpp"

using namespace dbpool;
using namespace dbpool::test;
using namespace std::chrono_literals;

TEST_CASE("a sender's pool is named by its source, its service and its own name") {
  PushScene scene = scene_with();
  scene.push(shop, {pushed_gauge("db.active", 3)});
  scene.push(shop, {in_pool(pushed_gauge("db.active", 1), "/var/run/pg"),
                    in_pool(pushed_gauge("db.active", 1), "")});
  scene.push({{"host.name", "a"}}, {pushed_gauge("db.active", 2)});
  CHECK(scene.labels() ==
        std::vector<std::string>{"otel/main", "otel/shop", "otel/shop//var/run/pg", "otel/shop/main"});
  CHECK(scene.pool("otel/shop/main")->active == 3U);
  CHECK(scene.counts().used == 4);
  CHECK(scene.counts().senders == 2);
}

TEST_CASE("with by_instance each instance has pools of its own") {
  PushScene scene = scene_with({.by_instance = true});
  scene.push(shop, {pushed_gauge("db.active", 3)});
  scene.push(shop_2, {pushed_gauge("db.active", 4)});
  CHECK(scene.labels() == std::vector<std::string>{"otel/shop/1/main", "otel/shop/2/main"});
}

TEST_CASE("a template makes the whole name, from the attributes of the point and of the resource") {
  MappingOptions options;
  options.pool = "{service.name}-{pool}";
  PushScene scene = scene_with({.has_template = true}, {}, options);
  scene.push(shop, {pushed_gauge("db.active", 3)});
  CHECK(scene.labels() == std::vector<std::string>{"otel/shop-main"});
}

TEST_CASE("a name that is too long or not UTF-8 is the name of one pool all the same") {
  PushScene scene = scene_with();
  const std::string longest(5000, 'x');
  scene.push(shop,
             {in_pool(pushed_gauge("db.active", 3), longest), in_pool(pushed_gauge("db.active", 4), "\xff")});
  CHECK(scene.labels().size() == 2);
  CHECK(scene.pool("otel/shop/\xEF\xBF\xBD")->active == 4U);
}

TEST_CASE("a pool of two labels has their parts where no service is in front") {
  PushScene scene = scene_with();
  Pushed point = pushed_gauge("dog.active", 3);
  point.attributes = {{"database", "app"}, {"user", "bob"}, {"shard", "0"}};
  scene.push({{"host.name", "a"}}, {point});
  scene.push({{"service.name", "pgdog"}}, {point});
  CHECK(scene.pool("otel/app/bob")->key.database() == "app");
  CHECK(scene.pool("otel/pgdog/app/bob")->key.database().empty());
}

TEST_CASE("shards of one sender add up where the preset says so") {
  PushScene scene = scene_with();
  std::vector<Pushed> points;
  for (const auto* const shard : {"0", "1"}) {
    Pushed queries = as_delta(pushed_counter("dog.queries", 5, 0));
    queries.attributes = {{"database", "app"}, {"user", "bob"}, {"shard", shard}};
    points.push_back(queries);
  }
  for (int i = 0; i < 2; ++i) {
    scene.push({{"service.name", "pgdog"}}, points);
    scene.clock.advance(60s);
  }
  CHECK(scene.pool("otel/pgdog/app/bob")->queries == 20U);
}

TEST_CASE("instances of a service add up, and limits are known if all know them") {
  PushScene scene = scene_with();
  scene.push(shop, {pushed_gauge("db.active", 3), pushed_gauge("db.max", 10)});
  scene.push(shop_2, {pushed_gauge("db.active", 4)});
  CHECK(scene.pool("otel/shop/main")->active == 7U);
  CHECK(scene.pool("otel/shop/main")->max == std::nullopt);
  scene.push(shop_2, {pushed_gauge("db.max", 5)});
  CHECK(scene.pool("otel/shop/main")->max == 15U);
}

TEST_CASE("a negative number is unknown and does not spoil the other instance's") {
  PushScene scene = scene_with();
  scene.push(shop, {pushed_level("db.active", -1, 1), pushed_level("db.pending", -2, 1)});
  CHECK(scene.pool("otel/shop/main")->active == std::nullopt);
  scene.push(shop_2, {pushed_level("db.active", 4, 1)});
  CHECK(scene.pool("otel/shop/main")->active == 4U);
  CHECK(scene.pool("otel/shop/main")->waiting == std::nullopt);
}

TEST_CASE("what is no pool's is neither used nor rejected, and makes no sender") {
  PushScene scene = scene_with();
  CHECK(scene.push(shop, {pushed_gauge("db.count", 3)}) ==
        std::vector<std::optional<RejectReason>>{std::nullopt});
  CHECK(scene.counts() == PushCounts());
  CHECK(scene.labels().empty());
}

TEST_CASE("what fills a counter adds up, whatever its kind, and what fills a gauge keeps its last value") {
  PushScene scene = scene_with();
  for (const double value : {5.0, 7.0, 2.0}) {
    scene.clock.advance(60s);
    scene.push(shop, {pushed_gauge("db.created", value), pushed_counter("db.pending", value, 1)});
  }
  CHECK(scene.pool("otel/shop/main")->created == 9U);
  CHECK(scene.pool("otel/shop/main")->waiting == 2U);
}

TEST_CASE("a retry of an export counts nothing twice") {
  PushScene scene = scene_with();
  const std::vector<Pushed> points{as_delta(pushed_counter("db.timeouts", 5, 1)),
                                   pushed_gauge("db.active", 3)};
  scene.push(shop, points);
  CHECK(scene.push(shop, points) ==
        std::vector<std::optional<RejectReason>>{RejectReason::stale, RejectReason::stale});
  CHECK(scene.pool("otel/shop/main")->acquisition_timeouts == 5U);
  CHECK(scene.rejected(RejectReason::stale) == 2);
}

TEST_CASE("differences of an up-down counter are refused, because their beginning is not known") {
  PushScene scene = scene_with();
  CHECK(scene.push(shop, {as_delta(pushed_level("db.active", 3, 1))}) ==
        std::vector{std::optional(RejectReason::contradiction)});
  const ProbeResult result = scene.senders.pools(scene.clock.now());
  REQUIRE(result.hints.size() == 1);
  CHECK(result.hints[0].starts_with("db.active is not known: it arrives as differences"));
}

TEST_CASE("a hint ends when its cause has ended, although its sender goes on") {
  PushScene scene = scene_with();
  const auto hints = [&] { return scene.senders.pools(scene.clock.now()).hints.size(); };
  Pushed waits = pushed_histogram("db.wait", {0.1}, {1, 1}, 1);
  waits.unit = "By";
  for (int i = 0; i < 10; ++i) {
    scene.clock.advance(60s);
    scene.push(shop, {as_delta(pushed_level("db.active", 3, 1)), waits});
    CHECK(hints() == 2);
  }
  for (int i = 0; i < 4; ++i) {
    scene.clock.advance(60s);
    scene.push(shop, {pushed_gauge("db.pending", 3)});
  }
  CHECK(hints() == 0);
}

TEST_CASE("processes that cannot be told apart give a hint that names the cure") {
  PushScene scene = scene_with();
  for (int i = 1; i <= 3; ++i) {
    for (const int value : {100 + i, i}) {
      scene.clock.advance(30s);
      scene.push(shop, {pushed_gauge("db.created", value)});
    }
  }
  const ProbeResult result = scene.senders.pools(scene.clock.now());
  REQUIRE(result.pools.size() == 1);
  CHECK(result.pools[0].created == 106U);
  REQUIRE(result.hints.size() == 1);
  CHECK(result.hints[0] ==
        "db.created comes from several processes that cannot be told apart, so it may count "
        "too little; set a service.instance.id for each process");
}

TEST_CASE("a sum or a histogram without a temporality, and a point without a time, are malformed") {
  PushScene scene = scene_with();
  Pushed sum = pushed_counter("db.timeouts", 5, 1), waits = pushed_histogram("db.wait", {1}, {1, 1}, 1);
  sum.temporality = waits.temporality = Temporality::unspecified;
  CHECK(scene.push(shop, {sum, waits}) == std::vector(2, std::optional(RejectReason::malformed)));
  CHECK_FALSE(scene.pool("otel/shop/main")->acquisition_timeouts);
  PushedPoint timeless;
  timeless.start = 1;
  CHECK(scene.senders.begin(labels_of(shop), scene.clock.now())
            .add({.name = "db.active", .unit = {}, .scope = {}}, timeless) == RejectReason::malformed);
}

TEST_CASE("a point without a value ends a gauge and not a counter") {
  PushScene scene = scene_with();
  scene.push(shop, {pushed_gauge("db.active", 3), pushed_counter("db.timeouts", 5, 1)});
  scene.clock.advance(10s);
  Pushed active = pushed_gauge("db.active", 0), timeouts = pushed_counter("db.timeouts", 0, 1);
  active.has_value = timeouts.has_value = false;
  scene.push(shop, {active, timeouts});
  CHECK(scene.pool("otel/shop/main")->active == std::nullopt);
  CHECK(scene.pool("otel/shop/main")->acquisition_timeouts == 5U);
}

TEST_CASE("a histogram whose unit is not one of time is unknown, with a hint, and its count is known") {
  PushScene scene = scene_with();
  Pushed waits = pushed_histogram("db.wait", {0.1}, {1, 1}, 1);
  waits.unit = "By";
  scene.push(shop, {waits});
  const ProbeResult result = scene.senders.pools(scene.clock.now());
  REQUIRE(result.pools.size() == 1);
  CHECK_FALSE(result.pools[0].acquisition_duration);
  CHECK(result.pools[0].acquisitions == 2U);
  CHECK(std::ranges::count(result.hints, "db.wait is not known: its unit is not one of time") == 1);
}

TEST_CASE("a histogram that contradicts itself makes its figures unknown until the next good one") {
  PushScene scene = scene_with();
  Pushed waits = pushed_histogram("db.wait", {0.1}, {1, 1}, 1);
  scene.push(shop, {waits});
  scene.clock.advance(60s);
  waits.counts = {1, 1, 1};
  CHECK(scene.push(shop, {waits}) == std::vector{std::optional(RejectReason::malformed)});
  CHECK_FALSE(scene.pool("otel/shop/main")->acquisition_duration);
  CHECK_FALSE(scene.pool("otel/shop/main")->acquisitions);
  waits.counts = {2, 1};
  scene.push(shop, {waits});
  CHECK(scene.pool("otel/shop/main")->acquisitions == 3U);
}

TEST_CASE("acquisitions do not fall when the first timeout appears") {
  PushScene scene = scene_with();
  scene.push(shop, {pushed_histogram("db.wait", {0.1}, {9, 1}, 1)});
  CHECK(scene.pool("otel/shop/main")->acquisitions == 10U);
  scene.clock.advance(60s);
  scene.push(shop, {pushed_histogram("db.wait", {0.1}, {9, 2}, 1), pushed_counter("db.timeouts", 3, 1)});
  CHECK(scene.pool("otel/shop/main")->acquisitions == 10U);
  CHECK(scene.pool("otel/shop/main")->acquisition_timeouts == 3U);
}

TEST_CASE("a preferred series that appears late does not make a counter fall") {
  PushScene scene = scene_with();
  const auto created = [&](double opened, std::optional<double> made) {
    scene.clock.advance(60s);
    std::vector<Pushed> points{pushed_counter("db.opened", opened, 1)};
    if (made) points.push_back(pushed_counter("db.created", *made, 1));
    scene.push(shop, points);
    return scene.pool("otel/shop/main")->created;
  };
  CHECK(created(10, std::nullopt) == 10U);
  CHECK(created(11, 3) == 10U);
  CHECK(created(12, 14) == 14U);
}

TEST_CASE("instances with different bounds add up in those of the first, with a hint") {
  PushScene scene = scene_with();
  scene.push(shop, {pushed_histogram("db.wait", {0.01, 0.1}, {3, 1, 1}, 1)});
  scene.pool("");
  scene.push(shop_2, {pushed_histogram("db.wait", {0.05}, {1, 1}, 1)});
  const auto pool = scene.pool("otel/shop/main");
  CHECK(counts_of(*pool->acquisition_duration) == Histogram::Counts{3, 2, 2});
  const ProbeResult result = scene.senders.pools(scene.clock.now());
  CHECK(std::ranges::any_of(result.hints, [](const auto& hint) {
    return hint.starts_with("instances of pool otel/shop/main have histograms with different bounds");
  }));
}

TEST_CASE("slow acquisitions are counted from the summed histogram and never fall") {
  PushScene scene = scene_with({.latency_objective = 10ms});
  scene.push(shop, {pushed_histogram("db.wait", {0.01, 0.1}, {3, 4, 1}, 1)});
  CHECK(scene.pool("otel/shop/main")->acquisitions_slow == 5U);
  CHECK(scene.pool("otel/shop/main")->acquisition_objective == 0.01);
}
