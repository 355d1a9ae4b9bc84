#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>

#include "sources/push/senders.hpp"
#include "support/pushes.hpp"

using namespace dbpool;
using namespace dbpool::test;
using namespace std::chrono_literals;

TEST_CASE("a sender that left keeps its counters in the pool, which others keep alive") {
  PushScene scene = scene_with();
  const auto push = [&](const Attributes& who, double timeouts) {
    scene.push(who,
               {pushed_counter("db.timeouts", timeouts, 1), pushed_histogram("db.wait", {0.1}, {1, 1}, 1)});
  };
  push(shop, 5);
  push(shop_2, 7);
  for (int i = 0; i < 70; ++i) {
    scene.clock.advance(60s);
    push(shop_2, 7);
    scene.senders.forget(scene.clock.now());
  }
  const auto pool = scene.pool("otel/shop/main");
  CHECK(pool->acquisition_timeouts == 12U);
  CHECK(pool->acquisition_duration->count() == 4U);
  push(shop_2, 8);
  scene.clock.advance(60s);
  push(shop_2, 8);
  CHECK(scene.pool("otel/shop/main")->acquisition_timeouts == 13U);
}

TEST_CASE("a sender that returns after hours counts on from where it was, while others kept its pool alive") {
  PushScene scene = scene_with();
  const auto push = [&](const Attributes& who, double timeouts) {
    scene.push(who, {pushed_counter("db.timeouts", timeouts, 0)});
  };
  push(shop, 50);
  for (int i = 0; i < 180; ++i) {
    scene.clock.advance(60s);
    push(shop_2, 7);
    scene.senders.forget(scene.clock.now());
  }
  push(shop, 53);
  CHECK(scene.pool("otel/shop/main")->acquisition_timeouts == 60U);
}

TEST_CASE("a sender that left for another one and returns does not count again what was counted") {
  PushScene scene = scene_with({}, {.senders = 1});
  const auto push = [&](const Attributes& who, double timeouts, std::int64_t start) {
    scene.clock.advance(200s);
    scene.push(who, {pushed_counter("db.timeouts", timeouts, start),
                     pushed_histogram("db.wait", {0.1}, {static_cast<std::uint64_t>(timeouts), 0}, start)});
    const auto pool = scene.pool("otel/shop/main");
    CHECK(pool->acquisition_duration->count() == pool->acquisition_timeouts);
    return pool->acquisition_timeouts;
  };
  CHECK(push(shop, 50, 1) == 50U);
  CHECK(push(shop_2, 7, 1) == 57U);
  CHECK(push(shop, 53, 1) == 57U);
  CHECK(push(shop, 55, 1) == 59U);
  CHECK(push(shop_2, 8, 1) == 59U);
  const auto restarted =
      std::chrono::floor<std::chrono::seconds>(scene.clock.now().time_since_epoch()).count() + 100;
  CHECK(push(shop, 4, restarted) == 63U);
}

TEST_CASE("silent senders make room where the bytes of all series are used up, and live ones do not") {
  PushScene scene = scene_with({}, {.bytes = 100'000});
  const auto push = [&](const std::string& instance) {
    std::vector<Pushed> points;
    for (int i = 0; i < 20; ++i) {
      points.push_back(pushed_counter("db.timeouts", 1, 1));
      points.back().attributes["n"] = std::to_string(i);
    }
    const auto outcomes = scene.push({{"service.name", "shop"}, {"service.instance.id", instance}}, points);
    return std::ranges::count_if(outcomes, [](const auto& rejected) { return !rejected; });
  };
  int live = 0;
  while (push("first" + std::to_string(live)) == 20) REQUIRE(++live < 100);
  REQUIRE(live > 1);
  scene.clock.advance(2s);
  CHECK(push("next") < 20);
  scene.clock.advance(10min);
  CHECK(push("last") == 20);
  CHECK(scene.pool("otel/shop/main")->acquisition_timeouts >= static_cast<std::uint64_t>(live));
}

TEST_CASE("a pool without senders is forgotten after an hour of silence") {
  PushScene scene = scene_with();
  scene.push(shop, {pushed_counter("db.timeouts", 5, 1)});
  scene.clock.advance(59min);
  scene.senders.forget(scene.clock.now());
  CHECK(scene.pool("otel/shop/main")->acquisition_timeouts == 5U);
  scene.clock.advance(1min);
  scene.senders.forget(scene.clock.now());
  CHECK(scene.labels().empty());
  scene.push(shop, {pushed_counter("db.timeouts", 1, 1)});
  CHECK(scene.pool("otel/shop/main")->acquisition_timeouts == 1U);
}

TEST_CASE("a pool that a live sender no longer sends is forgotten too") {
  PushScene scene = scene_with();
  scene.push(shop, {in_pool(pushed_counter("db.timeouts", 5, 1), "old")});
  for (int i = 0; i < 61; ++i) {
    scene.push(shop, {pushed_gauge("db.active", 3)});
    scene.clock.advance(1min);
    scene.senders.forget(scene.clock.now());
  }
  CHECK(scene.labels() == std::vector<std::string>{"otel/shop/main"});
}

TEST_CASE("of 1,000 names only as many pools are kept as the limit, and the rest are counted") {
  PushScene scene = scene_with({}, {.pools = 10});
  std::vector<Pushed> points;
  for (int i = 0; i < 1000; ++i)
    points.push_back(in_pool(pushed_gauge("db.active", 1), "pool" + std::to_string(i)));
  scene.push(shop, points);
  CHECK(scene.labels().size() == 10);
  CHECK(scene.senders.pools(scene.clock.now()).dropped == 990U);
  CHECK(scene.rejected(RejectReason::limit) == 990);
  scene.clock.advance(1s);
  scene.push(shop, points);
  CHECK(scene.labels().size() == 10);
  CHECK(scene.senders.pools(scene.clock.now()).dropped == 990U);
}

TEST_CASE("a pool whose senders are silent makes room for a new one") {
  PushScene scene = scene_with({}, {.pools = 2});
  scene.push(shop, {in_pool(pushed_gauge("db.active", 1), "a")});
  scene.push(shop_2, {in_pool(pushed_gauge("db.active", 1), "b")});
  scene.push(shop_2, {in_pool(pushed_gauge("db.active", 1), "c")});
  CHECK(scene.labels() == std::vector<std::string>{"otel/shop/a", "otel/shop/b"});
  for (int i = 0; i < 4; ++i) {
    scene.clock.advance(60s);
    scene.push(shop_2, {in_pool(pushed_gauge("db.active", 1), "b")});
  }
  scene.push(shop_2, {in_pool(pushed_gauge("db.active", 1), "c")});
  CHECK(scene.labels() == std::vector<std::string>{"otel/shop/b", "otel/shop/c"});
  CHECK(scene.senders.pools(scene.clock.now()).dropped == 0U);
}

TEST_CASE("a series whose uses have several pools does not take the room of one for another") {
  MappingOptions options;
  options.presets = {"custom", "hikari"};
  options.fields = {{"active", {{"db.active"}}}};
  PushScene scene = scene_with({}, {.pools = 1}, options);
  scene.push(shop, {pushed_counter("db.timeouts", 5, 1)});
  scene.clock.advance(10min);
  scene.push(shop, {pushed_gauge("db.active", 1)});
  CHECK(scene.labels() == std::vector<std::string>{"otel/shop"});
  CHECK(scene.pool("otel/shop")->active == 1U);
}

TEST_CASE("a sender beyond the limit replaces a silent one, whose counters stay, and else is refused") {
  PushScene scene = scene_with({}, {.senders = 1});
  scene.push(shop, {pushed_counter("db.timeouts", 5, 1)});
  CHECK(scene.push(shop_2, {pushed_counter("db.timeouts", 7, 1)}) ==
        std::vector{std::optional(RejectReason::limit)});
  CHECK(scene.senders.pools(scene.clock.now()).hints ==
        std::vector<std::string>{"points are rejected because there are more than 1 senders"});
  scene.clock.advance(200s);
  scene.push(shop_2, {pushed_counter("db.timeouts", 7, 1)});
  CHECK(scene.pool("otel/shop/main")->acquisition_timeouts == 12U);
}

TEST_CASE("series of one pool and bytes of all series are bounded") {
  const auto pushed = [](const PushLimits& limits) {
    PushScene scene = scene_with({}, limits);
    for (int i = 0; i < 1000; ++i) {
      Pushed point = pushed_gauge("db.active", 1);
      point.attributes["n"] = std::to_string(i);
      scene.push(shop, {point});
    }
    return scene.counts();
  };
  CHECK(pushed({.series_of_pool = 30}).used == 30);
  const PushCounts counts = pushed({.series_of_pool = 1000, .bytes = 100'000});
  // A series costs some 700 bytes.
  CHECK(counts.used > 80);
  CHECK(counts.used < 200);
  CHECK(counts.used + counts.rejected[index_of(RejectReason::limit)] == 1000);
}

TEST_CASE("a sender that was forgotten between two points of its export is known again") {
  PushScene scene = scene_with();
  scene.push(shop, {pushed_counter("db.timeouts", 5, 1)});
  Senders::Export exported = scene.senders.begin(labels_of(shop), scene.clock.now());
  scene.clock.advance(2h);
  scene.senders.forget(scene.clock.now());
  const Attributes attributes{{"pool", "main"}};
  const std::vector<SampleLabel> labels = labels_of(attributes);
  PushedPoint point;
  point.attributes = labels;
  point.time = 5;
  point.value = 3;
  CHECK(exported.add({.name = "db.active", .unit = {}, .scope = {}}, point) == std::nullopt);
  CHECK(scene.labels() == std::vector<std::string>{"otel/shop/main"});
}
