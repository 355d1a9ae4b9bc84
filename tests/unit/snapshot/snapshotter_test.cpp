#include "snapshot/snapshotter.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "dbpool/model/histogram_recorder.hpp"
#include "support/fakes/fake_clock.hpp"
#include "support/fakes/fake_source.hpp"
#include "support/fakes/outline.hpp"
#include "support/fakes/pool_named.hpp"

using namespace dbpool;
using namespace std::chrono_literals;
using enum HealthStatus;

namespace {

struct Scene {
  std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
  std::vector<HealthChange> changes;
  HistoryOptions history;
  HealthPolicy policy = health_preset("capacity").value();
  Snapshotter snapshotter{clock, [this](const HealthChange& change) { changes.push_back(change); }};

  std::shared_ptr<FakeSource> owned(const std::string& name) {
    auto source = std::make_shared<FakeSource>(name, SourceKind::owned);
    source->set_pool(serving(name));
    return source;
  }
  static PoolSnapshot serving(const std::string& name, std::uint64_t errors = 0) {
    PoolSnapshot pool = pool_named(name);
    pool.phase = PoolPhase::serving;
    pool.idle = 2;
    pool.active = 0;
    pool.errors_recent = errors;
    return pool;
  }
  void watch(const std::vector<std::shared_ptr<FakeSource>>& sources) {
    std::vector<WatchedSource> watched;
    for (const auto& source : sources) watched.push_back({source, policy});
    snapshotter.watch(std::move(watched), history);
  }
  void tick_for(std::chrono::seconds seconds) {
    for (auto i = 0s; i < seconds; ++i) {
      clock->advance(1s);
      snapshotter.tick();
    }
  }
  HealthStatus status(std::size_t source = 0) {
    return snapshotter.snapshot().sources.at(source).pools.at(0).health.status;
  }
};

/// Returns a leak of the session 4711, whose client connects from `port`.
LeakReport leak_behind_port(std::uint64_t port) {
  LeakReport leak{"4711", 4711, 90s, "billing", {}};
  leak.session = ServerSession{};
  leak.session->pid = 4711;
  leak.session->client_port = port;
  return leak;
}

}  // namespace

TEST_CASE("a snapshot shows every source and pool in the order they are watched in") {
  Scene scene;
  auto probed = std::make_shared<FakeSource>("pgb", SourceKind::pgbouncer);
  probed->set_pool(Scene::serving("pgb/b/x"));
  probed->set_pool(Scene::serving("pgb/a/x"));
  scene.watch({scene.owned("orders"), probed});
  const FleetSnapshot fleet = scene.snapshotter.snapshot();
  REQUIRE(fleet.sources.size() == 2);
  CHECK(fleet.sources[0].name == "orders");
  CHECK(fleet.sources[0].kind == SourceKind::owned);
  REQUIRE(fleet.sources[1].pools.size() == 2);
  CHECK(fleet.sources[1].pools[0].figures.label() == "pgb/b/x");
  CHECK(fleet.sources[1].pools[1].figures.label() == "pgb/a/x");
  CHECK(fleet.sources[1].pools[1].figures.key.source() == "pgb");
  CHECK(fleet.sources[1].pools[1].kind == SourceKind::pgbouncer);
}

TEST_CASE("a snapshot tells the wall clock's time and how long the process has run") {
  Scene scene;
  scene.clock->advance(90s);
  scene.clock->advance_wall(24h);
  CHECK(scene.snapshotter.snapshot().uptime_seconds == 90);
  CHECK(scene.snapshotter.snapshot().time == scene.clock->wall());
}

TEST_CASE("a snapshot shows the figures of its own moment and the judgement of the last tick") {
  Scene scene;
  const auto orders = scene.owned("orders");
  scene.watch({orders});
  CHECK(scene.status() == unknown);
  scene.snapshotter.tick();
  CHECK(scene.status() == healthy);
  orders->set_pool(Scene::serving("orders", 10));
  CHECK(scene.snapshotter.snapshot().sources[0].pools[0].figures.errors_recent == 10U);
  CHECK(scene.status() == healthy);
  scene.snapshotter.tick();
  CHECK(scene.status() == unhealthy);
}

TEST_CASE("a pool that is recovering is shown unhealthy before any tick") {
  Scene scene;
  const auto orders = scene.owned("orders");
  scene.watch({orders});
  scene.snapshotter.tick();
  PoolSnapshot lost = Scene::serving("orders");
  lost.phase = PoolPhase::recovering;
  orders->set_pool(lost);
  const Judgement health = scene.snapshotter.snapshot().sources[0].pools[0].health;
  CHECK(outline(health) == Judgement{unhealthy, {{HealthReason::no_connections, unhealthy}}});
  CHECK(scene.snapshotter.history("orders", 0s)->items.back().status == unhealthy);
}

TEST_CASE("health improves after the hold on the steady clock, whatever the wall clock does") {
  Scene scene;
  const auto orders = scene.owned("orders");
  scene.watch({orders});
  orders->set_pool(Scene::serving("orders", 1));
  scene.tick_for(1s);
  orders->set_pool(Scene::serving("orders"));
  scene.tick_for(1s);
  scene.clock->advance_wall(24h);
  scene.tick_for(9s);
  CHECK(scene.status() == degraded);
  scene.tick_for(1s);
  CHECK(scene.status() == healthy);
}

TEST_CASE("every change of status is told once, with its reasons") {
  Scene scene;
  const auto orders = scene.owned("orders");
  scene.watch({orders});
  scene.tick_for(5s);
  REQUIRE(scene.changes.size() == 1);
  CHECK(scene.changes[0].from == unknown);
  CHECK(scene.changes[0].to.status == healthy);
  orders->set_pool(Scene::serving("orders", 1));
  scene.tick_for(5s);
  REQUIRE(scene.changes.size() == 2);
  CHECK(scene.changes[1].source == "orders");
  CHECK(scene.changes[1].pool == "orders");
  CHECK(scene.changes[1].from == healthy);
  CHECK(outline(scene.changes[1].to) == Judgement{degraded, {{HealthReason::errors, degraded}}});
}

TEST_CASE("a change is told outside the locks, so that a snapshot can be taken then") {
  const auto clock = std::make_shared<FakeClock>();
  std::vector<HealthStatus> seen;
  Snapshotter* snapshotter = nullptr;
  Snapshotter owner(clock, [&](const HealthChange&) {
    seen.push_back(snapshotter->snapshot().sources[0].pools[0].health.status);
    snapshotter->tick();
  });
  snapshotter = &owner;
  const auto source = std::make_shared<FakeSource>("orders", SourceKind::owned);
  source->set_pool(Scene::serving("orders"));
  owner.watch({{source, health_preset("capacity").value()}}, {});
  owner.tick();
  CHECK(seen == std::vector{healthy});
}

TEST_CASE("one source can be judged at once, without the others") {
  Scene scene;
  scene.watch({scene.owned("orders"), scene.owned("users")});
  scene.snapshotter.tick("users");
  CHECK(scene.status(0) == unknown);
  CHECK(scene.status(1) == healthy);
  scene.snapshotter.tick("nobody");
  CHECK(scene.status(0) == unknown);
}

TEST_CASE("to judge one source costs the same among a thousand others") {
  Scene scene;
  const auto orders = scene.owned("orders");
  const auto users = scene.owned("users");
  scene.watch({orders, users});
  scene.snapshotter.tick("users");
  CHECK(orders->times_read() == 0);
  CHECK(users->times_read() == 1);
}

TEST_CASE("a source that stays keeps its health, also under a new policy") {
  Scene scene;
  const auto orders = scene.owned("orders");
  scene.watch({orders});
  orders->set_pool(Scene::serving("orders", 1));
  scene.tick_for(1s);
  scene.policy[HealthReason::errors] = {.degraded = Bound{100, false}, .unhealthy = {}};
  scene.watch({scene.owned("users"), orders});
  CHECK(scene.status(1) == degraded);
  scene.tick_for(10s);
  CHECK(scene.status(1) == degraded);
  scene.tick_for(1s);
  CHECK(scene.status(1) == healthy);
}

TEST_CASE("a source that is replaced keeps its pool's history, but is judged afresh") {
  Scene scene;
  const auto orders = scene.owned("orders");
  scene.watch({orders});
  orders->set_pool(Scene::serving("orders", 1));
  scene.tick_for(300s);
  scene.watch({scene.owned("orders")});
  CHECK(scene.status() == unknown);
  CHECK(scene.snapshotter.history("orders", 1h)->items.size() == 6);
  scene.tick_for(1s);
  CHECK(scene.status() == healthy);
}

TEST_CASE("a source that is not watched any more is gone with its history") {
  Scene scene;
  scene.watch({scene.owned("orders")});
  scene.tick_for(300s);
  scene.watch({});
  CHECK(scene.snapshotter.snapshot().sources.empty());
  CHECK_FALSE(scene.snapshotter.history("orders", 1h));
  scene.watch({scene.owned("orders")});
  CHECK(scene.snapshotter.history("orders", 1h)->items.size() == 1);
}

TEST_CASE("a pool that vanishes has no health when it comes back, but still its history") {
  Scene scene;
  auto probed = std::make_shared<FakeSource>("pgb", SourceKind::pgbouncer);
  probed->set_pool(Scene::serving("pgb/a/x", 10));
  scene.watch({probed});
  scene.tick_for(60s);
  probed->fail();
  scene.tick_for(60s);
  CHECK(scene.snapshotter.snapshot().sources[0].pools.empty());
  REQUIRE(scene.changes.size() == 2);
  CHECK(scene.changes[1].from == unhealthy);
  CHECK(scene.changes[1].to == Judgement{});
  CHECK(scene.changes[1].kind == SourceKind::pgbouncer);
  CHECK(scene.snapshotter.history("pgb/a/x", 1h)->items.size() == 1);

  probed->set_pool(Scene::serving("pgb/a/x"));
  CHECK(scene.status() == unknown);
  scene.tick_for(1s);
  CHECK(scene.status() == healthy);
  CHECK(scene.snapshotter.history("pgb/a/x", 1h)->items.size() == 3);
}

TEST_CASE("a replaced pool's health checks do not count against those of the one before") {
  Scene scene;
  const auto pool_with = [](int checks, std::uint64_t failures) {
    PoolSnapshot pool = Scene::serving("orders");
    pool.health_check_failures = failures;
    HistogramRecorder took(duration_buckets());
    for (int i = 0; i < checks; ++i) took.record(checks == 1 ? 100ms : 2ms);
    pool.health_check_duration = took.value();
    return pool;
  };
  const auto old = scene.owned("orders"), successor = scene.owned("orders");
  old->set_pool(pool_with(1, 3));
  successor->set_pool(pool_with(60, 4));
  scene.watch({old});
  scene.tick_for(1s);
  scene.watch({successor});
  const HistoryItem item = scene.snapshotter.history("orders", 0s)->items.back();
  CHECK(item.failed_health_checks == 4U);
  CHECK(item.average_response_ms == doctest::Approx(2));
}

TEST_CASE("names that come and go are forgotten beyond a bound, the one seen longest ago first") {
  Scene scene;
  auto probed = std::make_shared<FakeSource>("srv", SourceKind::pg_stat_activity);
  scene.snapshotter.watch({{probed, scene.policy}}, scene.history);
  const auto name = [](int i) { return "srv/" + std::to_string(i); };
  const auto is_known = [&](int i) { return scene.snapshotter.history(name(i), 1h).has_value(); };
  for (int i = 0; i <= 600; ++i) {
    probed->fail();
    probed->set_pool(Scene::serving(name(i)));
    scene.tick_for(1s);
  }
  CHECK_FALSE(is_known(99));
  CHECK(is_known(100));
  CHECK(is_known(599));

  // A pool that returns no longer counts as absent.
  probed->fail();
  probed->set_pool(Scene::serving(name(100)));
  scene.tick_for(1s);
  CHECK(is_known(101));
  probed->fail();
  scene.tick_for(1s);
  CHECK_FALSE(is_known(101));
  CHECK(is_known(100));
}

TEST_CASE("a pool that stays away is forgotten when all of its history is too old") {
  Scene scene;
  auto probed = std::make_shared<FakeSource>("pgb", SourceKind::pgbouncer);
  probed->set_pool(Scene::serving("pgb/a/x"));
  scene.watch({probed});
  scene.tick_for(1s);
  probed->fail();
  scene.clock->advance(24h);
  scene.snapshotter.tick();
  CHECK(scene.snapshotter.history("pgb/a/x", 24h).has_value());
  scene.tick_for(1s);
  CHECK_FALSE(scene.snapshotter.history("pgb/a/x", 24h).has_value());
}

TEST_CASE(
    "a pool that cannot be read is unknown at once, which is told, and judged afresh when it can again") {
  Scene scene;
  auto probed = std::make_shared<FakeSource>("pgb", SourceKind::pgbouncer);
  probed->set_pool(Scene::serving("pgb/a/x", 100));
  scene.watch({probed});
  scene.snapshotter.tick();
  CHECK(scene.status() == unhealthy);
  PoolSnapshot unread = pool_named("pgb/a/x");
  unread.unread = true;
  probed->set_pool(unread);
  CHECK(scene.status() == unknown);
  scene.tick_for(1s);
  REQUIRE(scene.changes.size() == 2);
  CHECK(scene.changes[1].from == unhealthy);
  CHECK(scene.changes[1].to == Judgement{});
  probed->set_pool(Scene::serving("pgb/a/x"));
  scene.tick_for(1s);
  CHECK(scene.status() == healthy);
}

TEST_CASE("history ends with the present moment") {
  Scene scene;
  const auto orders = scene.owned("orders");
  scene.watch({orders});
  scene.tick_for(90s);
  PoolSnapshot busy = Scene::serving("orders");
  busy.active = 7;
  orders->set_pool(busy);
  const auto items = scene.snapshotter.history("orders", 1h).value().items;
  REQUIRE(items.size() == 3);
  CHECK(items[1].active == 0U);
  CHECK(items[2].active == 7U);
  CHECK(items[2].time == scene.clock->wall());
  CHECK(items[2].status == healthy);
}

TEST_CASE("a history of no length is the present moment alone, and any tells how far its items are apart") {
  Scene scene;
  scene.watch({scene.owned("orders")});
  scene.tick_for(61s);
  const auto now = scene.snapshotter.history("orders", 0s);
  REQUIRE(now->items.size() == 1);
  CHECK(now->items[0].time == scene.clock->wall());
  CHECK(now->interval == scene.history.interval);
}

TEST_CASE("an owned pool's connections are known, no other's") {
  Scene scene;
  const auto orders = scene.owned("orders");
  orders->set_details({{"conn_1", "idle", {}, {}, 0, 1s}}, {});
  scene.watch({std::make_shared<FakeSource>("pgb", SourceKind::pgbouncer), orders});
  CHECK(scene.snapshotter.connections("orders").value().at(0).id == "conn_1");
  CHECK_FALSE(scene.snapshotter.connections("pgb"));
  CHECK_FALSE(scene.snapshotter.connections("users"));
}

TEST_CASE("leaks of every pool are told together, each with its pool") {
  Scene scene;
  const auto orders = scene.owned("orders"), users = scene.owned("users"), quiet = scene.owned("quiet");
  orders->set_details({}, {{"conn_1", 7, 45s, "a.cpp:1 f", {}}, {"conn_2", 8, 31s, "a.cpp:2 g", {}}});
  users->set_details({}, {{"conn_1", 3, 60s, "b.cpp:1 h", {}}});
  scene.watch({orders, quiet, users});
  const auto leaks = scene.snapshotter.leaks();
  REQUIRE(leaks.size() == 3);
  CHECK(leaks[0].pool == "orders");
  CHECK(leaks[1].lease.lease == 8);
  CHECK(leaks[2].pool == "users");
  CHECK(leaks[2].lease.site == "b.cpp:1 h");
}

TEST_CASE("a pool that no tick has seen yet has a history of one moment, and an unknown pool none") {
  Scene scene;
  scene.watch({scene.owned("orders")});
  CHECK(scene.snapshotter.history("orders", 1h)->items.size() == 1);
  CHECK_FALSE(scene.snapshotter.history("users", 1h));
}

TEST_CASE("it is ready when every source has been read or has failed once") {
  Scene scene;
  CHECK(scene.snapshotter.ready());
  const auto orders = scene.owned("orders");
  const auto users = scene.owned("users");
  scene.watch({orders, users});
  CHECK_FALSE(scene.snapshotter.ready());
  orders->settle();
  CHECK_FALSE(scene.snapshotter.ready());
  users->fail();
  CHECK(scene.snapshotter.ready());
}

TEST_CASE("ticks, snapshots, histories and changes of the list may happen at the same time") {
  const auto clock = std::make_shared<FakeClock>();
  std::atomic<int> changes = 0;
  Snapshotter snapshotter(clock, [&](const HealthChange&) { ++changes; });
  const auto source = std::make_shared<FakeSource>("orders", SourceKind::owned);
  source->set_pool(Scene::serving("orders"));
  const auto repeat = [](auto work) {
    return std::jthread([work] {
      for (int i = 0; i < 300; ++i) work();
    });
  };
  {
    const auto ticks = repeat([&] { snapshotter.tick(); });
    const auto judgements = repeat([&] { snapshotter.tick("orders"); });
    const auto reads = repeat([&] { snapshotter.snapshot(); });
    const auto histories = repeat([&] { snapshotter.history("orders", 1h); });
    const auto time = repeat([&] { clock->advance(1s); });
    const auto reloads = repeat([&] {
      snapshotter.watch({{source, health_preset("capacity").value()}}, {});
    });
  }
  snapshotter.tick();
  CHECK(changes == 1);
  CHECK(snapshotter.snapshot().sources.at(0).pools.at(0).health.status == healthy);
}

TEST_CASE("a reload changes how densely history is kept, and what there is stays") {
  Scene scene;
  const auto orders = scene.owned("orders");
  scene.watch({orders});
  scene.tick_for(121s);
  const auto sparse = scene.snapshotter.history("orders", 1h)->items.size();
  scene.history.interval = 1s;
  scene.watch({orders});
  scene.tick_for(70s);
  const auto dense = scene.snapshotter.history("orders", 1h)->items.size();
  CHECK(dense > sparse + 5);
}

TEST_CASE("a snapshot shows the diagnosis of the last tick, and none before") {
  Scene scene;
  const auto orders = scene.owned("orders");
  scene.watch({orders});
  const auto diagnosis = [&] { return *scene.snapshotter.snapshot().sources[0].pools[0].diagnosis; };
  CHECK(diagnosis().ground == Ground::not_judged_yet);
  scene.snapshotter.tick();
  CHECK(diagnosis().verdict == Verdict::ok);
  PoolSnapshot leaking = Scene::serving("orders");
  leaking.leaked = 1;
  LeakReport lease;
  lease.site = "checkout.cpp:88";
  orders->set_details({}, {lease});
  orders->set_pool(leaking);
  CHECK(diagnosis().verdict == Verdict::ok);
  scene.snapshotter.tick();
  CHECK(diagnosis().verdict == Verdict::leak);
  CHECK(diagnosis().figures.sites.at(0).site == "checkout.cpp:88");
}

TEST_CASE("a source that takes another's place keeps the past of its pools for their diagnosis") {
  Scene scene;
  scene.watch({scene.owned("orders")});
  scene.tick_for(61s);
  scene.watch({scene.owned("orders")});
  const auto diagnosis = [&] { return *scene.snapshotter.snapshot().sources[0].pools[0].diagnosis; };
  CHECK(diagnosis().ground == Ground::not_judged_yet);
  scene.tick_for(1s);
  CHECK(diagnosis().known_seconds == 61);
}

TEST_CASE("a report has the acquisitions of the last five minutes, as long as its source is read") {
  Scene scene;
  const auto source = scene.owned("orders");
  scene.watch({source});
  const auto recent = [&] { return scene.snapshotter.snapshot().sources[0].pools[0].recent_acquisitions; };
  scene.tick_for(1s);
  CHECK(recent() == nullptr);
  PoolSnapshot pool = Scene::serving("orders");
  HistogramRecorder waits(acquisition_buckets());
  for (const auto duration : {1ms, 2ms, 3ms}) {
    waits.record(duration);
    pool.acquisition_duration = waits.value();
    source->set_pool(pool);
    scene.tick_for(1s);
  }
  REQUIRE(recent() != nullptr);
  CHECK(recent()->count() == 2);
  pool.unread = true;
  source->set_pool(pool);
  CHECK(recent() == nullptr);
}

TEST_CASE("where a pooler cannot log in to a database, each pool of that entry is unhealthy and no other") {
  Scene scene;
  auto pgb = std::make_shared<FakeSource>("pgb", SourceKind::pgbouncer);
  PoolSnapshot probe = pool_named("pgb/app/probe"), alice = pool_named("pgb/app/alice"),
               other = pool_named("pgb/other/alice");
  for (PoolSnapshot* const pool : {&probe, &alice, &other}) {
    pool->idle = 0, pool->active = 0;
    pool->clients_active = 0, pool->clients_waiting = 0;
  }
  probe.errors_recent = 1;
  probe.last_error = "FATAL: server login has been failing";
  for (const PoolSnapshot& pool : {alice, other, probe}) pgb->set_pool(pool);
  scene.watch({pgb});
  scene.snapshotter.tick();
  const auto pools = scene.snapshotter.snapshot().sources.at(0).pools;
  CHECK(pools[0].health.status == unhealthy);
  CHECK(pools[0].health.figures.failed_login == probe.last_error);
  CHECK(pools[1].health.status == unknown);
  CHECK(pools[2].health.status == unhealthy);
}

TEST_CASE("a status that is held is shown with the wall clock's time until which it was so") {
  Scene scene;
  const auto orders = scene.owned("orders");
  orders->set_pool(Scene::serving("orders", 10));
  scene.watch({orders});
  scene.snapshotter.tick();
  const auto pool = [&] { return scene.snapshotter.snapshot().sources.at(0).pools.at(0); };
  CHECK_FALSE(pool().held_since);
  orders->set_pool(Scene::serving("orders"));
  scene.tick_for(1s);
  const WallTime ended = scene.clock->wall();
  scene.tick_for(4s);
  CHECK(pool().health.status == unhealthy);
  CHECK(pool().held_since == ended);
  scene.tick_for(10s);
  CHECK_FALSE(pool().held_since);
}

TEST_CASE("the labels of a source are also those of its pools, and follow a reload") {
  Scene scene;
  const auto orders = scene.owned("orders");
  const auto watch = [&](const std::string& team) {
    scene.snapshotter.watch({{orders, scene.policy, 500, {"db1:5432", {{"team", team}}}}}, {});
    return scene.snapshotter.snapshot().sources.at(0);
  };
  watch("payments");
  const SourceReport source = watch("billing");
  CHECK(source.info.server == "db1:5432");
  CHECK(source.info.labels.at("team") == "billing");
  CHECK(source.pools.at(0).figures.info.labels.at("team") == "billing");
}

TEST_CASE(
    "a leak that a server sees behind a pooler names the pooler's client, whatever the source of each") {
  Scene scene;
  auto server = std::make_shared<FakeSource>("srv", SourceKind::pg_stat_activity);
  server->set_pool(pool_named("srv/app/alice/billing"));
  server->set_details({}, {leak_behind_port(51234)});
  auto pgb = std::make_shared<FakeSource>("pgb", SourceKind::pgbouncer);
  const PooledClient billing{"pgb", "billing-worker", "alice", "app", "10.0.0.9:40022"};
  pgb->lend({{4711, 51234U, billing}});
  scene.watch({server, pgb});
  const auto leaks = scene.snapshotter.leaks();
  REQUIRE(leaks.size() == 1);
  CHECK(leaks[0].lease.session->behind == billing);
}

TEST_CASE("a session that leaks is a leak of the pooler's pool that lent it, and of no other pool") {
  Scene scene;
  auto server = std::make_shared<FakeSource>("srv", SourceKind::pg_stat_activity);
  PoolSnapshot sessions = pool_named("srv/postgres/alice/billing");
  sessions.leaked = 1;
  server->set_pool(sessions);
  server->set_details({}, {leak_behind_port(51234)});
  auto pgb = std::make_shared<FakeSource>("pgb", SourceKind::pgbouncer);
  // The pooler may give the server's database another name.
  pgb->lend({{4711, 51234U, {"pgb", "billing-worker", "alice", "app", "10.0.0.9:40022"}}});
  for (const char* name : {"pgb/app/alice", "pgb/app/bob"}) {
    PoolSnapshot pool = pool_named(name);
    pool.active = pool.max = 1;
    pool.idle = 0;
    pool.waiting = 2;
    pgb->set_pool(pool);
  }
  scene.watch({server, pgb});
  const auto verdicts = [&] {
    std::vector<Verdict> all;
    const FleetSnapshot fleet = scene.snapshotter.snapshot();
    for (const PoolReport& pool : fleet.sources.at(1).pools) all.push_back(pool.diagnosis->verdict);
    return all;
  };
  scene.snapshotter.tick();
  CHECK(verdicts() == std::vector{Verdict::leak, Verdict::too_small});
  scene.snapshotter.tick("pgb");
  CHECK(verdicts() == std::vector{Verdict::leak, Verdict::too_small});
  pgb->lend({});
  scene.snapshotter.tick();
  CHECK(verdicts() == std::vector{Verdict::too_small, Verdict::too_small});
}

TEST_CASE("an added source is watched like the others, over each new list of them, until it is removed") {
  Scene scene;
  scene.watch({scene.owned("orders")});
  const auto added = std::make_shared<FakeSource>("pgb/db:6432", SourceKind::pgbouncer);
  added->set_pool(Scene::serving("pgb/db:6432/app/alice"));
  scene.snapshotter.add({added, scene.policy});
  scene.snapshotter.tick();
  scene.watch({scene.owned("other")});
  const FleetSnapshot fleet = scene.snapshotter.snapshot();
  REQUIRE(fleet.sources.size() == 2);
  CHECK_FALSE(fleet.sources[0].info.is_on_demand);
  CHECK(fleet.sources[1].name == "pgb/db:6432");
  CHECK(fleet.sources[1].info.is_on_demand);
  CHECK(scene.status(1) == healthy);
  CHECK(scene.snapshotter.history("pgb/db:6432/app/alice", 1h));
  scene.snapshotter.remove("pgb/db:6432");
  CHECK(scene.snapshotter.snapshot().sources.size() == 1);
}

TEST_CASE("a snapshot of an added source has that source alone") {
  Scene scene;
  scene.watch({scene.owned("orders")});
  for (const auto* const name : {"pgb/a:1", "pgb/b:1"})
    scene.snapshotter.add({std::make_shared<FakeSource>(name, SourceKind::pgbouncer), scene.policy});
  const FleetSnapshot one = scene.snapshotter.snapshot_of("pgb/b:1");
  REQUIRE(one.sources.size() == 1);
  CHECK(one.sources[0].name == "pgb/b:1");
  CHECK(scene.snapshotter.snapshot_of("orders").sources.empty());
}

TEST_CASE("readiness does not wait for a source that was added") {
  Scene scene;
  const auto orders = scene.owned("orders");
  scene.watch({orders});
  orders->settle();
  scene.snapshotter.add({std::make_shared<FakeSource>("pgb/a:1", SourceKind::pgbouncer), scene.policy});
  CHECK(scene.snapshotter.ready());
}
