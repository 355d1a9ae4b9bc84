#include "sources/synthetic/synthetic.hpp"

#include <doctest/doctest.h>

#include "support/fakes/fake_driver.hpp"
#include "support/fakes/fake_source.hpp"
#include "support/fakes/manual_scheduler.hpp"
#include "support/fakes/pool_named.hpp"
#include "support/text/find_pool.hpp"

using namespace std::chrono_literals;
using namespace dbpool;

namespace {

/// A pooler that reports one pool, and its client, with a fake clock.
struct Trial {
  explicit Trial(const std::string& mode = "transaction") {
    set_mode(mode);
    pooler->succeed();
    database->answers.access()->emplace("SELECT session_user", QueryResult{{"session_user"}, {{"owner"}}, 1});
  }
  ~Trial() { scheduler->stop(); }

  void set_mode(const std::string& mode, std::uint64_t waiting = 1) const {
    PoolSnapshot pool = pool_named("pgb/db/owner");
    pool.active = 3;
    pool.clients_waiting = waiting;
    pool.pool_mode = mode;
    pooler->set_pool(pool);
  }
  void start(const LedgerOptions& ledger = {}) {
    synthetic = std::make_unique<Synthetic>(
        pooler, std::make_shared<test::FakeDriver>(database), SyntheticPace{.interval = 5s, .timeout = 2s},
        runtime,
        SyntheticRecords{ledger, [this](const PoolKey& pool) { probe_only.push_back(pool.label()); }});
    scheduler->run();
  }
  /// Reports the pool as paused, as disabled, or as neither.
  void hold_back(bool paused, bool disabled) const {
    PoolSnapshot pool = pool_named("pgb/db/owner");
    pool.pool_mode = "transaction";
    pool.paused = paused;
    pool.disabled = disabled;
    pooler->set_pool(pool);
  }
  /// Advances time while the pooler is read every second.
  void pooler_reads_on(Duration d) const {
    for (Duration passed{0}; passed < d; passed += 1s) {
      pooler->read_again();
      scheduler->advance(1s);
    }
  }
  /// Advances time while the pooler and the measured pool are read every second.
  void is_watched_for(Duration d) const {
    for (Duration passed{0}; passed < d; passed += 1s) {
      pooler_reads_on(1s);
      synthetic->read();
    }
  }
  PoolSnapshot pool(const std::string& name = "pgb/db/owner") const {
    return test::pool_of(*synthetic->read(), name);
  }

  std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
  std::shared_ptr<test::ManualScheduler> scheduler = std::make_shared<test::ManualScheduler>(clock);
  std::shared_ptr<test::FakeDatabase> database = std::make_shared<test::FakeDatabase>(clock);
  std::shared_ptr<FakeSource> pooler = std::make_shared<FakeSource>("pgb", SourceKind::pgbouncer);
  Runtime runtime{scheduler, clock};
  std::vector<std::string> probe_only;  ///< the pools that were reported as such
  std::unique_ptr<Synthetic> synthetic;
};

/// Pauses the pool for a minute while the client waits for a server.
void pause_while_waiting(Trial& trial) {
  trial.start();
  trial.database->silent = true;
  trial.scheduler->advance(6s);
  trial.hold_back(true, false);
  trial.scheduler->advance(1min);
}

}  // namespace

TEST_CASE("an acquisition is timed every interval and stands with the pool it lands in") {
  Trial trial;
  trial.database->ping_takes = Duration(30ms);
  trial.start();
  trial.scheduler->advance(14s);
  const PoolSnapshot pool = trial.pool();
  CHECK(pool.active == 3);
  CHECK(pool.acquisitions == 3);
  CHECK(pool.releases == 3);
  CHECK(pool.acquisition_timeouts == 0);
  CHECK(pool.acquisition_duration->count() == 3);
  CHECK(pool.acquisition_duration->sum_seconds() == doctest::Approx(0.09));
  CHECK(pool.wait_recent_peak == doctest::Approx(0.03));
  CHECK_FALSE(pool.created.has_value());
  CHECK(pool.usage_duration == nullptr);
}

TEST_CASE("of its acquisitions those beyond the objective are slow") {
  LedgerOptions ledger;
  ledger.latency_objective = 20ms;
  Trial trial;
  trial.database->ping_takes = Duration(20ms);
  trial.start(ledger);
  trial.scheduler->advance(1s);
  CHECK(trial.pool().acquisitions_slow == 0);
  CHECK(trial.pool().acquisition_objective == 0.02);
  trial.database->ping_takes = Duration(30ms);
  trial.scheduler->advance(10s);
  CHECK(trial.pool().acquisitions == 3);
  CHECK(trial.pool().acquisitions_slow == 2);
  trial.database->silent = true;
  trial.scheduler->advance(20s);
  const PoolSnapshot pool = trial.pool();
  CHECK(*pool.acquisition_timeouts >= 3);
  CHECK(*pool.acquisitions_slow == 2 + *pool.acquisition_timeouts);
}

TEST_CASE("without an objective a measured pool has no slow acquisitions") {
  LedgerOptions ledger;
  ledger.latency_objective = 0ms;
  Trial trial;
  trial.database->ping_takes = Duration(30ms);
  trial.start(ledger);
  trial.scheduler->advance(10s);
  CHECK(*trial.pool().acquisitions > 0);
  CHECK_FALSE(trial.pool().acquisitions_slow);
  CHECK_FALSE(trial.pool().acquisition_objective);
}

TEST_CASE("a user whose name is not UTF-8 is found under the name that the pool is shown by") {
  Trial trial;
  (*trial.database->answers.access())["SELECT session_user"] =
      QueryResult{{"session_user"}, {{"ow\xFFner"}}, 1};
  PoolSnapshot pool = pool_named("pgb/db/ow\xEF\xBF\xBDner");
  pool.active = 4;
  trial.pooler->set_pool(pool);
  trial.start();
  CHECK(trial.synthetic->read()->pools.size() == 2);
  CHECK(trial.pool(pool.label()).active == 4);
  CHECK(trial.pool(pool.label()).acquisitions == 1);
}

TEST_CASE("the client stays connected, and its connects are timed apart") {
  Trial trial;
  trial.database->connect_takes = Duration(70ms);
  trial.start();
  trial.scheduler->advance(20s);
  CHECK(trial.database->connects == 1);
  const PoolSnapshot pool = trial.pool();
  CHECK(pool.connect_duration->count() == 1);
  CHECK(pool.connect_duration->sum_seconds() == doctest::Approx(0.07));
  CHECK(pool.acquisition_duration->sum_seconds() == 0);
}

TEST_CASE("in session mode, or an unknown one, the client connects each time and keeps nothing meanwhile") {
  for (const char* mode : {"session", ""}) {
    CAPTURE(mode);
    Trial trial(mode);
    trial.start();
    for (int turns = 1; turns < 4; ++turns) {
      CHECK(trial.database->connects == turns);
      CHECK(trial.database->open == 0);
      trial.scheduler->advance(5s);
    }
    CHECK(trial.database->most_open == 1);
    CHECK(trial.database->orphans == 0);
    trial.set_mode("transaction");
    trial.scheduler->advance(5s);
    CHECK(trial.database->open == 1);
  }
}

TEST_CASE("an acquisition that times out is counted with the time it waited") {
  Trial trial;
  trial.start();
  trial.database->silent = true;
  trial.scheduler->advance(5500ms);
  CHECK(trial.pool().wait_recent_peak == doctest::Approx(0.5));  // still waiting
  CHECK(trial.pool().acquisition_timeouts == 0);
  trial.scheduler->advance(2s);
  const PoolSnapshot pool = trial.pool();
  CHECK(pool.acquisitions == 1);
  CHECK(pool.acquisition_timeouts == 1);
  CHECK(pool.acquisition_duration->count() == 2);
  CHECK(pool.acquisition_duration->sum_seconds() == doctest::Approx(2));
  CHECK(pool.wait_peak == doctest::Approx(2.5));
  CHECK(pool.connect_failures == 0);
  CHECK(pool.errors[index_of(ErrorKind::timeout)] == 0);
  trial.database->silent = false;
  trial.scheduler->advance(5s);
  CHECK(trial.pool().acquisitions == 2);
}

TEST_CASE("a client that is not answered stays in the pooler's line, and no second one joins it") {
  for (const char* mode : {"transaction", "session"}) {
    CAPTURE(mode);
    Trial trial(mode);
    trial.start();
    trial.database->ping_takes = Duration(296s);
    trial.scheduler->advance(5s);
    const int connects = trial.database->connects;
    trial.database->ping_takes = Duration::zero();
    trial.pooler_reads_on(295s);
    CHECK(trial.database->connects == connects);
    CHECK(trial.database->open == 1);
    // After 2 s, and once for each turn that falls due meanwhile.
    CHECK(trial.pool().acquisition_timeouts == 59);
    CHECK(trial.pool().acquisition_duration->sum_seconds() == doctest::Approx(59 * 2));
    CHECK(trial.pool().wait_recent_peak == doctest::Approx(295));

    trial.scheduler->advance(1s);
    // The answer had been counted as a timeout, and the next turn was due.
    CHECK(trial.pool().acquisitions == 2);
    CHECK(trial.pool().acquisition_duration->count() == 61);
    trial.scheduler->advance(10s);
    CHECK(trial.pool().acquisitions == 4);
    CHECK(trial.database->most_open == 1);
    CHECK(trial.pool().wait_recent_peak == doctest::Approx(296));
    CHECK(trial.pool().wait_judged_peak == doctest::Approx(296));
    trial.scheduler->advance(62s);
    CHECK(trial.pool().wait_judged_peak == 0);
    CHECK(trial.pool().wait_peak == doctest::Approx(296));
  }
}

TEST_CASE("a client whose wait ends with its connection begins anew") {
  Trial trial;
  trial.start();
  trial.database->silent = true;
  trial.pooler_reads_on(20s);
  trial.database->restart();
  trial.database->silent = false;
  trial.scheduler->advance(2s);
  const PoolSnapshot pool = trial.pool();
  CHECK(pool.acquisition_timeouts == 3);
  CHECK(pool.errors[index_of(ErrorKind::network)] == 1);
  CHECK(trial.database->connects == 2);
  CHECK(pool.acquisitions == 2);
}

TEST_CASE("a client that was idle and has been sent away connects again, and that is no news") {
  Trial trial;
  for (int turns = 1; turns <= 4; ++turns) {
    turns == 1 ? trial.start() : trial.scheduler->advance(5s);
    CHECK(trial.pool().acquisitions == static_cast<std::uint64_t>(turns));
    CHECK(trial.database->connects == turns);
    trial.database->restart();
  }
  CHECK(trial.pool().acquisition_timeouts == 0);
  CHECK(trial.pool().errors_recent.value_or(0) == 0);
  CHECK(trial.pool().connect_failures == 0);
}

TEST_CASE("a client whose wait the pooler ends has timed out, and does not join the line again") {
  Trial trial;
  trial.start();
  *trial.database->farewell.access() = "PostgreSQL statement failed: query_wait_timeout (08P01)";
  trial.database->ping_takes = Duration(1s);
  trial.database->restart();
  trial.scheduler->advance(6s);
  CHECK(trial.pool().acquisition_timeouts == 1);
  CHECK(trial.pool().acquisitions == 1);
  CHECK(trial.database->connects == 1);
}

TEST_CASE("a client that waits for its login stays in the pooler's line, too") {
  Trial trial;
  trial.database->silent = true;
  trial.start();
  trial.pooler_reads_on(5min);
  CHECK(trial.database->connects == 1);
  const PoolSnapshot refused = trial.pool("pgb/db/user");
  CHECK(refused.connect_failures == 1);
  CHECK(refused.errors[index_of(ErrorKind::timeout)] == 1);
  trial.database->silent = false;
  trial.scheduler->advance(6s);
  CHECK(trial.database->connects == 1);
  const PoolSnapshot pool = trial.pool();
  CHECK(pool.connect_failures == 1);
  CHECK(pool.connect_duration->count() == 0);  // it counts only connects that succeeded in time
  CHECK(pool.acquisitions >= 1);
}

TEST_CASE("a client that hears nothing, though the pooler lets nobody wait, is given up") {
  Trial trial;
  trial.set_mode("transaction", 0);
  trial.start();
  trial.database->silent = true;
  trial.scheduler->advance(64s);
  CHECK(trial.database->connects == 1);
  trial.scheduler->advance(2min);  // the pooler has not been read since
  CHECK(trial.database->connects == 1);
  trial.pooler_reads_on(10s);
  CHECK(trial.database->connects == 2);
  CHECK(trial.database->most_open == 1);
}

TEST_CASE("while the pool is paused or disabled nothing is tried, and no wait counts") {
  for (const bool paused : {true, false}) {
    CAPTURE(paused);
    Trial trial;
    trial.start();
    trial.hold_back(paused, !paused);
    trial.scheduler->advance(1min);
    CHECK(trial.database->pings == 1);
    CHECK_FALSE(trial.pool().wait_judged_peak.has_value());
    trial.hold_back(false, false);
    trial.scheduler->advance(5s);
    CHECK(trial.pool().acquisitions == 2);
  }
}

TEST_CASE("who waits when the pause begins is served after it, and that tells nothing") {
  Trial trial;
  pause_while_waiting(trial);
  CHECK(trial.pool().acquisition_timeouts == 0);
  CHECK(trial.pool().wait_recent_peak == 0);
  trial.hold_back(false, false);
  trial.scheduler->advance(1s);  // the server arrives a little later
  CHECK(trial.pool().acquisition_timeouts == 0);
  trial.database->silent = false;
  trial.scheduler->advance(1s);
  const PoolSnapshot pool = trial.pool();
  CHECK(pool.acquisitions == 2);
  CHECK(pool.acquisition_duration->count() == 2);
  CHECK(pool.acquisitions_slow == 0);
  CHECK(pool.wait_peak == 0);
  CHECK(pool.wait_judged_peak == 0);
  CHECK(trial.database->connects == 1);
}

TEST_CASE("of those who wait for a paused pool, our own client is known not to be a caller") {
  Trial trial;
  pause_while_waiting(trial);
  PoolSnapshot pool = pool_named("pgb/db/owner");
  pool.paused = true;
  pool.waiting = 2;
  trial.pooler->set_pool(pool);
  CHECK(trial.pool().probing_waiters == 1);
  pool.waiting = 0;
  trial.pooler->set_pool(pool);
  CHECK_FALSE(trial.pool().probing_waiters.has_value());
  pool.waiting = 2;
  pool.paused = false;
  trial.pooler->set_pool(pool);
  trial.database->silent = false;
  trial.scheduler->advance(1s);
  CHECK_FALSE(trial.pool().probing_waiters.has_value());
}

TEST_CASE("a server that stays away after the pause is an outage like any other") {
  Trial trial;
  pause_while_waiting(trial);
  REQUIRE(trial.pool().acquisition_timeouts == 0);
  trial.hold_back(false, false);
  trial.scheduler->advance(1min);
  CHECK(trial.pool().acquisition_timeouts >= 10);
  CHECK(*trial.pool().wait_judged_peak >= 2);
  CHECK(*trial.pool().wait_recent_peak > 30);
}

TEST_CASE("a pause that no reading had told yet costs a timeout, which is not judged") {
  Trial trial;
  trial.start();
  trial.database->silent = true;
  trial.scheduler->advance(8s);
  CHECK(trial.pool().acquisition_timeouts == 1);
  CHECK(trial.pool().wait_judged_peak == doctest::Approx(2));
  trial.hold_back(true, false);
  trial.scheduler->advance(5s);
  trial.hold_back(false, false);
  trial.database->silent = false;
  trial.scheduler->advance(2s);
  CHECK(trial.pool().wait_judged_peak == 0);
  CHECK(trial.pool().acquisition_timeouts == 1);
}

TEST_CASE("a login that waits in a paused pool is no failure") {
  Trial trial;
  trial.database->silent = true;
  PoolSnapshot database = pool_named("pgb/db", PoolScope::database);
  database.paused = true;
  trial.pooler->set_pool(database);
  trial.start();
  trial.scheduler->advance(1min);
  CHECK(trial.synthetic->read()->pools.size() == 2);  // nothing was counted, so no pool was added
}

TEST_CASE("a client that waits leaves when it is no longer wanted") {
  Trial trial;
  trial.start();
  trial.database->silent = true;
  trial.scheduler->advance(20s);
  CHECK(trial.database->open == 1);
  trial.synthetic.reset();
  trial.scheduler->advance(2s);
  CHECK(trial.database->open == 0);
  trial.scheduler->advance(5s);
  CHECK(trial.scheduler->pending() == 0);
}

TEST_CASE("a connect that fails is counted as such, and tried again with growing pauses") {
  Trial trial;
  trial.database->up = false;
  trial.start();
  trial.scheduler->advance(60s);
  const PoolSnapshot pool = trial.pool("pgb/db/user");  // the actual user is not known yet
  CHECK(pool.acquisitions == 0);
  CHECK(pool.connect_failures == trial.database->connects.load());
  CHECK(pool.errors[index_of(ErrorKind::connect)] == pool.connect_failures);
  CHECK(*pool.connect_failures >= 6);
  CHECK(*pool.connect_failures <= 8);
}

TEST_CASE("a connection that was lost while it was idle is replaced without an error") {
  Trial trial;
  trial.start();
  trial.database->restart();
  trial.scheduler->advance(5s);
  const PoolSnapshot pool = trial.pool();
  CHECK(trial.database->connects == 2);
  CHECK(pool.acquisitions == 2);
  CHECK(pool.errors[index_of(ErrorKind::network)] == 0);
}

TEST_CASE("a transaction that fails is an error and no acquisition") {
  Trial trial;
  trial.start();
  trial.database->query_refused = true;
  trial.scheduler->advance(5s);
  const PoolSnapshot pool = trial.pool();
  CHECK(pool.acquisitions == 1);
  CHECK(pool.acquisition_duration->count() == 1);
  CHECK(pool.errors[index_of(ErrorKind::query)] == 1);
  CHECK(pool.errors_recent == 1);
}

TEST_CASE("the last contact of a measured pool is that of its client, also while an error still counts") {
  Trial trial;
  trial.start();
  CHECK(trial.pool().last_contact_ok == true);
  trial.database->query_refused = true;
  trial.scheduler->advance(5s);
  CHECK(trial.pool().last_contact_ok == false);
  trial.database->query_refused = false;
  trial.scheduler->advance(5s);
  CHECK(trial.pool().last_contact_ok == true);
  CHECK(trial.pool().errors_recent == 1);
}

TEST_CASE("errors and waits count for as long as their windows") {
  LedgerOptions ledger;
  ledger.error_window = 10s;
  ledger.wait_window = 20s;
  Trial trial;
  trial.database->query_refused = true;
  trial.database->ping_takes = Duration(3s);
  trial.start(ledger);
  trial.scheduler->advance(4s);  // late, and then rejected
  trial.database->query_refused = false;
  trial.database->ping_takes = Duration::zero();
  CHECK(trial.pool("pgb/db/user").errors_recent == 1);
  trial.scheduler->advance(11s);
  CHECK(trial.pool().errors_recent == 0);
  CHECK(trial.pool().wait_judged_peak == doctest::Approx(3));
  trial.scheduler->advance(10s);
  CHECK(trial.pool().wait_judged_peak == 0);
}

TEST_CASE("a client of the pooler that waits for longer counts for the recent peak") {
  Trial trial;
  PoolSnapshot waited = pool_named("pgb/db/owner");
  waited.oldest_waiter = 1.5;
  trial.pooler->set_pool(waited);
  trial.start();
  CHECK(trial.pool().wait_recent_peak == 1.5);
  CHECK(trial.pool().wait_peak == 1.5);
}

TEST_CASE("a pool that the pooler has not told of is added, but not beyond its limit") {
  Trial trial;
  trial.database->answers.access()->begin()->second.rows[0][0] = "alice";
  trial.start();
  const PoolSnapshot pool = trial.pool("pgb/db/alice");
  CHECK(pool.info.driver == "pgbouncer");
  CHECK(pool.info.database == "db");
  CHECK(pool.info.user == "alice");
  CHECK(pool.acquisitions == 1);
  trial.pooler->drop(7);
  CHECK(trial.synthetic->read()->pools.size() == 1);
}

TEST_CASE("nothing is added to a reading that failed") {
  Trial trial;
  trial.start();
  trial.pooler->fail();
  CHECK(trial.synthetic->read()->pools.empty());
}

TEST_CASE("nothing happens after the end") {
  Trial trial;
  trial.start();
  trial.synthetic.reset();
  trial.scheduler->advance(1min);
  CHECK(trial.database->pings == 1);
  CHECK(trial.database->open == 0);
}

TEST_CASE("a scheduler that stops in the middle of an acquisition drops it before its connection") {
  Trial trial;
  trial.start();
  trial.database->silent = true;
  trial.scheduler->advance(6s);
  REQUIRE(trial.database->open == 1);
  trial.synthetic.reset();
  trial.scheduler->stop();
  CHECK(trial.database->open == 0);
  CHECK(trial.database->orphans == 0);
}

TEST_CASE("a pool without another client is probe only: it has no objective, and that is reported once") {
  Trial trial;
  trial.start();
  trial.is_watched_for(1s);
  CHECK_FALSE(trial.pool().probe_only);
  CHECK(trial.pool().acquisition_objective);
  trial.is_watched_for(30s);
  CHECK(trial.pool().probe_only);
  CHECK(*trial.pool().acquisitions > 0);
  CHECK_FALSE(trial.pool().acquisitions_slow);
  CHECK_FALSE(trial.pool().acquisition_objective);
  CHECK(trial.probe_only == std::vector<std::string>{"pgb/db/owner"});
}

TEST_CASE("a pool in which another client was seen is not probe only, also while that one is away") {
  Trial trial;
  trial.set_mode("transaction", 2);
  trial.start();
  trial.is_watched_for(10s);
  trial.set_mode("transaction", 1);
  trial.is_watched_for(30s);
  CHECK_FALSE(trial.pool().probe_only);
  CHECK(trial.pool().acquisition_objective);
  CHECK(trial.probe_only.empty());
}

TEST_CASE("a client of ours that one reading counts twice, while it connects anew, is no other client") {
  Trial trial;
  trial.start();
  for (int i = 0; i < 5; ++i) {
    trial.set_mode("transaction", 2);
    trial.is_watched_for(1s);
    trial.set_mode("transaction", 1);
    trial.is_watched_for(3s);
  }
  CHECK(trial.pool().probe_only);
}

TEST_CASE("while the client waits in a pool without servers, a second one learns why") {
  Trial trial;
  trial.start();
  trial.database->ping_takes = Duration(10min);  // the client is in the queue, and is not answered
  trial.scheduler->advance(6s);
  PoolSnapshot pool = pool_named("pgb/db/owner");
  pool.pool_mode = "transaction";
  pool.active = pool.idle = pool.checking = pool.unknown = 0;
  pool.clients_waiting = pool.waiting = 1;
  pool.clients_active = 0;
  const auto connects = [&] { return trial.database->connects.load(); };
  SUBCASE("a server is there: the queue is long") {
    pool.active = 1;
    trial.pooler->set_pool(pool);
    trial.pooler_reads_on(30s);
    CHECK(connects() == 1);
  }
  SUBCASE("the pool is paused") {
    pool.paused = true;
    trial.pooler->set_pool(pool);
    trial.pooler_reads_on(30s);
    CHECK(connects() == 1);
  }
  SUBCASE("the second has to wait too: there is no third, and both are known as ours") {
    trial.pooler->set_pool(pool);
    trial.is_watched_for(5s);
    pool.clients_waiting = pool.waiting = 2;
    trial.pooler->set_pool(pool);
    trial.is_watched_for(60s);
    CHECK(connects() == 2);
    CHECK(trial.database->open == 2);
    CHECK(trial.pool().last_error.empty());
    CHECK(trial.pool().probing_waiters == 2);
    CHECK(trial.pool().probe_only);
  }
  SUBCASE("the pooler has an answer for it") {
    trial.database->up = false;
    trial.pooler->set_pool(pool);
    trial.pooler_reads_on(30s);
    CHECK(connects() > 3);
    CHECK(trial.pool().last_error == "fake database: refused");
    CHECK(*trial.pool().errors_recent > 0);
  }
  trial.synthetic.reset();
  trial.scheduler->advance(20s);
  CHECK(trial.database->open == 0);
  CHECK(trial.scheduler->pending() == 0);
}
