#include "sources/push/senders.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

#include "sources/push/rebin.hpp"
#include "support/pushes.hpp"

using namespace dbpool;
using namespace dbpool::test;
using namespace std::chrono_literals;

namespace {

constexpr auto hikari_rows = std::to_array<PresetField>({
    {"idle", R"(db.count{state="idle"})"},
    {"active", "db.active"},
    {"max", "db.max"},
    {"waiting", "db.pending"},
    {"acquisition_timeouts", "db.timeouts"},
    {"acquisitions", "db.wait_count - db.timeouts"},
    {"acquisitions", "db.wait_count"},
    {"acquisition_duration", "db.wait"},
    {"created", "db.created"},
    {"created", "db.opened"},
});
constexpr auto sharded_rows =
    std::to_array<PresetField>({{"active", "dog.active"}, {"queries", "dog.queries"}});
constexpr auto pushed_presets = std::to_array<Preset>({
    {.name = "hikari", .pool = "{pool}", .fields = hikari_rows},
    {.name = "dog", .pool = "{database}/{user}", .sum = true, .fields = sharded_rows},
});

const Attributes shop{{"service.name", "shop"}, {"service.instance.id", "1"}};
const Attributes shop_2{{"service.name", "shop"}, {"service.instance.id", "2"}};

PushScene scene_with(const PushNaming& naming = {}, const PushLimits& limits = {},
                     const MappingOptions& options = {}) {
  return PushScene(options, pushed_presets, naming, limits);
}

Pushed in_pool(Pushed point, const std::string& pool) {
  point.attributes["pool"] = pool;
  return point;
}

Pushed as_delta(Pushed point) {
  point.temporality = Temporality::delta;
  return point;
}

}  // namespace

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

TEST_CASE("a gauge of 0 is an unlimited maximum") {
  PushScene scene = scene_with();
  scene.push(shop, {pushed_gauge("db.active", 3), pushed_gauge("db.max", 10)});
  scene.clock.advance(10s);
  scene.push(shop, {pushed_gauge("db.active", 3), pushed_gauge("db.max", 0)});
  CHECK(scene.pool("otel/shop/main")->active == 3U);
  CHECK(scene.pool("otel/shop/main")->max == std::nullopt);
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
  CHECK(counts.used > 10);
  CHECK(counts.used < 300);
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
