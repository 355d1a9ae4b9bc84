#include "daemon/fleet.hpp"

#include <doctest/doctest.h>

#include <thread>

#include "config/source_kinds.hpp"
#include "model/seconds.hpp"

using namespace std::chrono_literals;
using namespace dbpool;

namespace {

PoolConfig pool(const std::string& name, unsigned max_size = 2) {
  PoolConfig config;
  config.options.name = name;
  config.options.min_size = 1;
  config.options.max_size = max_size;
  config.dsn = DsnSource(Dsn(":memory:"));
  config.canary.interval = 0s;
  return config;
}

Config config_of(std::vector<PoolConfig> pools) {
  return {.history = {}, .pools = std::move(pools), .sources = {}};
}

class QuietLogger : public Logger {
 public:
  void log(LogLevel, std::string_view, std::string_view, const std::vector<LogField>&) noexcept override {}
};

struct Scene {
  Runtime runtime = Runtime::start(2);
  QuietLogger log;
  Fleet fleet{runtime,
              [](const PoolOptions&) { return nullptr; },
              nullptr,
              {log, std::make_shared<ChangingRoutes>()}};

  /// Returns after every pool has been initialized.
  std::vector<WatchedSource> apply(std::vector<PoolConfig> pools) {
    auto watched = fleet.apply(config_of(std::move(pools)));
    for (const auto& w : watched) {
      while (!w.source->read()->settled) std::this_thread::yield();
    }
    return watched;
  }
};

std::vector<std::string> names(const std::vector<WatchedSource>& watched) {
  std::vector<std::string> all;
  for (const auto& w : watched) all.push_back(w.source->name());
  return all;
}

}  // namespace

TEST_CASE("sources come in the order of the configuration") {
  Scene scene;
  CHECK(names(scene.apply({pool("b"), pool("a")})) == std::vector<std::string>{"b", "a"});
}

TEST_CASE(
    "a pool that is configured as before stays, one that is changed is made anew, one that is gone stops") {
  Scene scene;
  const auto before = scene.apply({pool("same"), pool("changed"), pool("gone")});
  const auto after = scene.apply({pool("new"), pool("changed", 5), pool("same")});
  CHECK(names(after) == std::vector<std::string>{"new", "changed", "same"});
  CHECK(after[2].source == before[0].source);
  CHECK(after[1].source != before[1].source);
  CHECK(before[1].source->read()->pools[0].phase == PoolPhase::shutting_down);
  CHECK(before[2].source->read()->pools[0].phase == PoolPhase::shutting_down);
  scene.fleet.finish_stopped();
  CHECK(before[2].source->read()->pools[0].phase == PoolPhase::terminated);
  CHECK(after[2].source->read()->pools[0].idle == 1);
}

TEST_CASE("a pool that may do something else to its SQLite file is made anew") {
  Scene scene;
  const auto before = scene.apply({pool("created"), pool("journal")});
  auto created = pool("created"), journal = pool("journal");
  created.sqlite.create = true;
  journal.sqlite.journal_mode = JournalMode::truncate;
  const auto after = scene.apply({created, journal});
  CHECK(after[0].source != before[0].source);
  CHECK(after[1].source != before[1].source);
}

TEST_CASE("a change of the health policy alone keeps the pool and its counters") {
  Scene scene;
  const auto before = scene.apply({pool("orders")});
  auto stricter = pool("orders");
  stricter.health = *health_preset("eros");
  const auto after = scene.apply({stricter});
  CHECK(after[0].source == before[0].source);
  CHECK(after[0].policy == stricter.health);
}

TEST_CASE("a change of labels and canary keeps the pool, its connections and its counters") {
  Scene scene;
  const auto before = scene.apply({pool("orders")});
  const auto created = before[0].source->read()->pools[0].created_at;
  auto busier = pool("orders");
  busier.labels = {{"team", "payments"}};
  busier.canary.interval = 1ms;
  const auto after = scene.apply({busier});
  scene.fleet.finish_stopped();
  const auto read = [&] { return after[0].source->read()->pools[0]; };
  CHECK(after[0].source == before[0].source);  // so its health and history continue as well
  CHECK(read().info.labels == busier.labels);
  CHECK(read().created_at == created);
  CHECK(read().created == 1);
  CHECK(read().phase == PoolPhase::serving);
  while (read().acquisitions == 0U) std::this_thread::yield();
}

TEST_CASE("a change of the latency objective keeps the pool and its counters, and applies from then on") {
  Scene scene;
  const auto before = scene.apply({pool("orders")});
  const auto created = before[0].source->read()->pools[0].created_at;
  for (const Duration objective : {Duration(250ms), Duration(0), Duration(20ms)}) {
    auto changed = pool("orders");
    changed.options.latency_objective = objective;
    const auto after = scene.apply({changed});
    CHECK(after[0].source == before[0].source);
    const PoolSnapshot now = after[0].source->read()->pools[0];
    CHECK(now.created_at == created);
    CHECK(now.acquisition_objective.has_value() == (objective > Duration::zero()));
    CHECK(now.acquisitions_slow.has_value() == (objective > Duration::zero()));
    if (now.acquisition_objective) CHECK(*now.acquisition_objective == seconds_of(objective));
  }
}

TEST_CASE("when one pool cannot be made nothing changes") {
  Scene scene;
  const auto before = scene.apply({pool("orders")});
  auto impossible = pool("users");
  impossible.options.max_size = 0;
  CHECK_THROWS_AS(scene.apply({pool("orders", 7), impossible}), std::invalid_argument);
  CHECK(before[0].source->read()->pools[0].phase == PoolPhase::serving);
}

TEST_CASE("a pool in service is closed by its name, and no other") {
  Scene scene;
  const auto watched = scene.apply({pool("a"), pool("b")});
  CHECK(scene.fleet.pools() == std::vector<std::string>{"a", "b"});
  CHECK_FALSE(scene.fleet.close("c"));
  const auto closed = scene.fleet.close("b").value();
  CHECK(closed.closed_idle == 1);
  CHECK(closed.closing_active == 0);
  CHECK(watched[0].source->read()->pools[0].idle == 1);
  CHECK(watched[1].source->read()->pools[0].idle == 0);
  scene.apply({pool("a")});
  CHECK_FALSE(scene.fleet.close("b"));
}

TEST_CASE("a fleet that is stopped has no leases out and all its pools end") {
  Scene scene;
  const auto watched = scene.apply({pool("a"), pool("b")});
  scene.fleet.stop();
  CHECK(scene.fleet.leases_out() == 0);
  scene.fleet.finish_stopped();
  for (const auto& w : watched) CHECK(w.source->read()->pools[0].phase == PoolPhase::terminated);
}

TEST_CASE("a source that is configured as before stays as it is, also under another policy") {
  Scene scene;
  SourceConfig source;
  source.probe.name = "pgb";
  std::get<PgBouncerOptions>(source.options).dsn = DsnSource(Dsn("host=127.0.0.1 port=1"));
  Config config{.history = {}, .pools = {}, .sources = {source}};
  const auto first = scene.fleet.apply(config);
  config.sources[0].health = *health_preset("ombudsman");
  const auto second = scene.fleet.apply(config);
  CHECK(second.at(0).source == first.at(0).source);
  CHECK(second.at(0).policy == *health_preset("ombudsman"));
  config.sources[0].probe.interval = 7s;
  const auto third = scene.fleet.apply(config);
  CHECK(third.at(0).source != first.at(0).source);
  config.sources[0].probe.latency_objective = 7s;
  CHECK(scene.fleet.apply(config).at(0).source != third.at(0).source);
}

TEST_CASE("every kind of source that can be configured can be made") {
  Scene scene;
  Config config;
  for (const auto& kind : source_kinds()) {
    config.sources.push_back(kind.defaults());
    config.sources.back().probe.name = to_string(kind.kind);
    std::visit(
        [](auto& options) {
          if constexpr (requires { options.http; }) options.http.url = "http://127.0.0.1:1";
        },
        config.sources.back().options);
  }
  const auto watched = scene.fleet.apply(config);
  REQUIRE(watched.size() == source_kinds().size());
  for (const auto& w : watched) CHECK(to_string(w.source->kind()) == w.source->name());
}

TEST_CASE("pools come before sources, and only pools can be closed") {
  Scene scene;
  SourceConfig source;
  source.probe.name = "pgb";
  std::get<PgBouncerOptions>(source.options).dsn = DsnSource(Dsn("host=127.0.0.1 port=1"));
  CHECK(names(scene.fleet.apply({.history = {}, .pools = {pool("a")}, .sources = {source}})) ==
        std::vector<std::string>{"a", "pgb"});
  CHECK(scene.fleet.pools() == std::vector<std::string>{"a"});
  CHECK_FALSE(scene.fleet.close("pgb").has_value());
}

TEST_CASE("sources come and go beside others, which stay the same objects") {
  Scene scene;
  Config config = config_of({pool("owned")});
  const auto add_sources = [&](const std::string& prefix, int count) {
    for (int i = 0; i < count; ++i) {
      SourceConfig source;
      source.probe.name = prefix + std::to_string(i);
      source.options = OtlpOptions{.listen = PushAddress{"127.0.0.1", 0}};
      source.probe.kind = SourceKind::otlp;
      config.sources.push_back(source);
    }
  };
  add_sources("kept", 3);
  const auto before = scene.fleet.apply(config);
  const Config without = config;
  add_sources("extra", 20);
  const auto during = scene.fleet.apply(config);
  const auto after = scene.fleet.apply(without);
  CHECK(during.size() == 24);
  REQUIRE(after.size() == 4);
  for (std::size_t i = 0; i < after.size(); ++i) {
    CHECK(during[i].source == before[i].source);
    CHECK(after[i].source == before[i].source);
  }
}
