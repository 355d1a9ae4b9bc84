#include <doctest/doctest.h>

#include <set>

#include "sources/push/senders.hpp"
#include "support/pushes.hpp"

using namespace dbpool;
using namespace dbpool::test;
using namespace std::chrono_literals;

TEST_CASE("gauges of a silent sender are gone after three of its intervals, and its counters stay") {
  PushScene scene = scene_with();
  for (int i = 0; i < 2; ++i) {
    scene.push(shop, {pushed_gauge("db.active", 3), pushed_counter("db.timeouts", 5, 1)});
    scene.clock.advance(20s);
  }
  scene.clock.advance(40s);
  CHECK(scene.pool("otel/shop/main")->active == 3U);
  CHECK(scene.senders.changes_at() == scene.clock.now());
  scene.clock.advance(1s);
  CHECK(scene.pool("otel/shop/main")->active == std::nullopt);
  CHECK(scene.pool("otel/shop/main")->acquisition_timeouts == 5U);
  CHECK(scene.counts().senders == 0);
  scene.push(shop, {pushed_gauge("db.active", 4)});
  CHECK(scene.pool("otel/shop/main")->active == 4U);
}

TEST_CASE("a pool is silent while no live sender reports it, and when all are, a hint says so") {
  PushScene scene = scene_with();
  const std::set<std::string> main{"otel/shop/main"}, none;
  scene.push(shop, {pushed_counter("db.timeouts", 5, 1)});
  scene.push(shop_2, {in_pool(pushed_counter("db.timeouts", 5, 1), "other")});
  CHECK(scene.senders.pools(scene.clock.now()).hints.empty());
  CHECK(scene.senders.silent() == none);
  scene.clock.advance(100s);
  scene.push(shop_2, {in_pool(pushed_counter("db.timeouts", 5, 1), "other")});
  scene.clock.advance(100s);
  CHECK(scene.senders.pools(scene.clock.now()).hints.empty());
  CHECK(scene.senders.silent() == main);
  scene.clock.advance(10min);
  const auto hints = scene.senders.pools(scene.clock.now()).hints;
  REQUIRE(hints.size() == 1);
  CHECK(hints[0].starts_with("no sender reports any more, so the pools show counters alone"));
  scene.push(shop, {pushed_counter("db.timeouts", 5, 1)});
  CHECK(scene.senders.pools(scene.clock.now()).hints.empty());
  CHECK(scene.senders.silent() == std::set<std::string>{"otel/shop/other"});
}

TEST_CASE("a sender may be silent for 30 s at least, for 180 s after its first export, or as configured") {
  const auto silence_after = [](int exports, Duration interval, const PushNaming& naming) {
    PushScene scene = scene_with(naming);
    for (int i = 0; i < exports; ++i) {
      scene.clock.advance(interval);
      scene.push(shop, {pushed_gauge("db.active", 3)});
    }
    scene.pool("");
    return scene.senders.changes_at() - scene.clock.now();
  };
  CHECK(silence_after(3, 1s, {}) == 30s);
  CHECK(silence_after(1, 1s, {}) == 180s);
  CHECK(silence_after(3, 1s, {.stale_after = 5s}) == 5s);
}

TEST_CASE("the flush of a sender that stops does not shorten its interval") {
  PushScene scene = scene_with();
  for (const Duration pause : {60s, 60s, 60s, 1s}) {
    scene.clock.advance(pause);
    scene.push(shop, {pushed_gauge("db.active", 3)});
  }
  scene.clock.advance(179s);
  CHECK(scene.pool("otel/shop/main")->active == 3U);
}

TEST_CASE("processes of one resource have the interval of each, however often one of them sends") {
  PushScene scene = scene_with();
  for (int i = 0; i < 40; ++i) {
    scene.push(shop, {pushed_level("db.active", 1, 1 + i % 20)});
    scene.clock.advance(3s);
  }
  CHECK(scene.pool("otel/shop/main")->active == 20U);
}

TEST_CASE("a series that a live sender no longer sends is gone after the same time") {
  PushScene scene = scene_with();
  scene.push(shop, {pushed_gauge("db.active", 3), pushed_gauge("db.pending", 1)});
  for (int i = 0; i < 4; ++i) {
    CHECK(scene.pool("otel/shop/main")->waiting == 1U);
    scene.clock.advance(20s);
    scene.push(shop, {pushed_gauge("db.active", 3)});
  }
  CHECK(scene.pool("otel/shop/main")->active == 3U);
  CHECK(scene.pool("otel/shop/main")->waiting == std::nullopt);
}

TEST_CASE("of two series of a pool the one that is still sent counts") {
  PushScene scene = scene_with();
  Pushed with_address = pushed_counter("db.timeouts", 7, 100);
  with_address.attributes["server.address"] = "db";
  scene.push(shop, {pushed_counter("db.timeouts", 5, 1)});
  scene.push(shop, {with_address});
  CHECK(scene.pool("otel/shop/main")->acquisition_timeouts == 5U);
  for (int i = 0; i < 4; ++i) {
    scene.clock.advance(60s);
    scene.push(shop, {with_address});
  }
  CHECK(scene.pool("otel/shop/main")->acquisition_timeouts == 7U);
}

TEST_CASE("a new instance of the same process replaces the gauges of the old one at once") {
  PushScene scene = scene_with();
  Attributes old = shop, next = shop_2;
  old.insert({{"host.name", "a"}, {"process.pid", "7"}});
  next.insert({{"host.name", "a"}, {"process.pid", "7"}});
  for (int i = 0; i < 2; ++i) {
    scene.clock.advance(60s);
    scene.push(old, {pushed_gauge("db.active", 3), pushed_counter("db.timeouts", 5, 1)});
  }
  scene.push(next, {pushed_gauge("db.active", 2), pushed_counter("db.timeouts", 1, 1)});
  CHECK(scene.pool("otel/shop/main")->active == 2U);
  CHECK(scene.pool("otel/shop/main")->acquisition_timeouts == 6U);
  scene.clock.advance(60s);
  scene.push(old, {pushed_gauge("db.active", 3)});
  CHECK(scene.pool("otel/shop/main")->active == 5U);
}

TEST_CASE(
    "a process that starts after another fell silent replaces its gauges, but not those of a live one") {
  PushScene scene = scene_with();
  for (int i = 0; i < 2; ++i) {
    scene.clock.advance(60s);
    scene.push(shop, {pushed_level("db.active", 3, 1)});
  }
  scene.clock.advance(30s);
  scene.push(shop_2, {pushed_level("db.active", 2, 145)});
  CHECK(scene.pool("otel/shop/main")->active == 5U);
  scene.clock.advance(46s);
  CHECK(scene.pool("otel/shop/main")->active == 2U);
  scene.push(shop, {pushed_level("db.active", 3, 1)});
  CHECK(scene.pool("otel/shop/main")->active == 5U);
}

TEST_CASE("the restart of a process with equal resources replaces its gauges and continues its counters") {
  PushScene scene = scene_with();
  scene.push(shop, {pushed_level("db.active", 3, 1), pushed_counter("db.timeouts", 5, 1)});
  scene.clock.advance(60s);
  scene.push(shop, {pushed_level("db.active", 1, 50), pushed_counter("db.timeouts", 2, 50)});
  CHECK(scene.pool("otel/shop/main")->active == 1U);
  CHECK(scene.pool("otel/shop/main")->acquisition_timeouts == 7U);
}

TEST_CASE("a maximum that falls to 0 ends the pool of a sender, instead of making it unlimited") {
  PushScene scene = scene_with();
  const auto push = [&](double max) {
    scene.clock.advance(10s);
    scene.push(shop, {pushed_level("db.active", 3, 1), pushed_level("db.max", max, 1),
                      pushed_counter("db.timeouts", 5, 1)});
  };
  push(10);
  push(0);
  CHECK(scene.pool("otel/shop/main")->active == std::nullopt);
  CHECK(scene.pool("otel/shop/main")->acquisition_timeouts == 5U);
  push(10);
  CHECK(scene.pool("otel/shop/main")->active == 3U);
  CHECK(scene.pool("otel/shop/main")->max == 10U);
}

TEST_CASE(
    "a pool whose first maximum is 0 is unlimited while its sender goes on, and has ended when it is late") {
  PushScene scene = scene_with();
  const auto push = [&] {
    scene.push(shop, {pushed_level("db.active", 3, 1), pushed_level("db.max", 0, 1),
                      pushed_counter("db.timeouts", 5, 1)});
  };
  const auto active = [&] { return scene.pool("otel/shop/main")->active; };
  for (int i = 0; i < 3; ++i) {
    push();
    CHECK(active() == 3U);
    CHECK(scene.senders.changes_at() == scene.clock.now() + 75s);
    scene.clock.advance(60s);
    CHECK(active() == 3U);
  }
  scene.clock.advance(15s);
  CHECK(active() == 3U);
  scene.clock.advance(1s);
  CHECK(active() == std::nullopt);
  CHECK(scene.pool("otel/shop/main")->acquisition_timeouts == 5U);
  CHECK(scene.senders.silent().contains("otel/shop/main"));
  push();
  CHECK(active() == 3U);
}

TEST_CASE("a pool without a maximum is there for three intervals, also beside one that may have ended") {
  PushScene scene = scene_with();
  scene.push(shop, {pushed_level("db.active", 3, 1), pushed_level("db.max", 0, 1),
                    in_pool(pushed_level("db.active", 2, 1), "other")});
  CHECK(scene.pool("otel/shop/main")->active == 3U);
  scene.clock.advance(76s);
  CHECK(scene.pool("otel/shop/main")->active == std::nullopt);
  CHECK(scene.pool("otel/shop/other")->active == 2U);
}

TEST_CASE("a gauge of 0 is an unlimited maximum") {
  PushScene scene = scene_with();
  scene.push(shop, {pushed_gauge("db.active", 3), pushed_gauge("db.max", 10)});
  scene.clock.advance(10s);
  scene.push(shop, {pushed_gauge("db.active", 3), pushed_gauge("db.max", 0)});
  CHECK(scene.pool("otel/shop/main")->active == 3U);
  CHECK(scene.pool("otel/shop/main")->max == std::nullopt);
}

TEST_CASE("a pool that one of its senders no longer sends keeps the limits of the other") {
  PushScene scene = scene_with({.stale_after = 30s});
  const auto pool = [](std::string name) {
    return std::vector{in_pool(pushed_level("db.max", 10, 1), name),
                       in_pool(pushed_counter("db.timeouts", 5, 1), name)};
  };
  scene.push(shop, pool("main"));
  scene.push(shop_2, pool("main"));
  CHECK(scene.pool("otel/shop/main")->max == 20U);
  scene.clock.advance(31s);
  scene.push(shop, pool("main"));
  scene.push(shop_2, pool("other"));
  CHECK(scene.pool("otel/shop/main")->max == 10U);
  CHECK(scene.pool("otel/shop/main")->acquisition_timeouts == 10U);
}

TEST_CASE("an export that began before another one's and ends after it makes no pool older") {
  PushScene scene = scene_with();
  Senders::Export earlier = scene.senders.begin(labels_of(shop), scene.clock.now());
  scene.clock.advance(1s);
  scene.push(shop_2, {pushed_gauge("db.active", 3)});
  const Attributes attributes{{"pool", "main"}};
  const std::vector<SampleLabel> labels = labels_of(attributes);
  PushedPoint point;
  point.attributes = labels;
  point.time = 1;
  earlier.add({.name = "db.active", .unit = {}, .scope = {}}, point);
  earlier.end();
  scene.clock.advance(3599s);
  scene.senders.forget(scene.clock.now());
  CHECK(scene.labels() == std::vector<std::string>{"otel/shop/main"});
}
