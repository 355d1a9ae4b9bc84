#include "snapshot/diagnoses.hpp"

#include <doctest/doctest.h>

#include "support/fakes/fake_source.hpp"
#include "support/fakes/pool_named.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

struct Ward {
  PoolSource::Reading reading;
  SourceKind kind = SourceKind::pgbouncer;
  LeaksByPool leaks;
  Diagnoses diagnoses;
  TimePoint now{1h};

  PoolSnapshot& add(const char* label, PoolScope scope = PoolScope::pool) {
    return reading.pools.emplace_back(pool_named(label, scope));
  }
  /// Adds a pool of 3 whose clients wait.
  PoolSnapshot& add_full(const char* label) {
    PoolSnapshot& pool = add(label);
    pool.active = pool.max = 3;
    pool.idle = 0;
    pool.waiting = 2;
    return pool;
  }
  void tick(int times = 1) {
    for (int i = 0; i < times; ++i) {
      diagnoses.update(kind, reading, leaks, now);
      now += 1s;
    }
  }
  Diagnosis of(std::size_t pool) const { return *diagnoses.find(reading.pools.at(pool), reading.last_error); }
};

}  // namespace

TEST_CASE("a pool is diagnosed by its figures, and a new one is not diagnosed yet") {
  Ward ward;
  ward.add_full("pgb/app/alice");
  CHECK(ward.of(0) == Diagnosis{});
  ward.tick();
  CHECK(ward.of(0).verdict == Verdict::too_small);
  CHECK(ward.of(0).known_seconds == 0);
  ward.tick(10);
  CHECK(ward.of(0).known_seconds == 10);
  CHECK(ward.of(0).demand == 5.0);
  CHECK(ward.of(0).needed_size == 7U);
}

TEST_CASE("an entry that only counts has no diagnosis, but its transactions count for its database's pools") {
  Ward ward;
  ward.add_full("pgb/app/alice");
  ward.add_full("pgb/other/alice");
  ward.add("pgb/app", PoolScope::database);
  const auto transact = [&](int times, double each) {
    for (int i = 0; i < times; ++i) {
      PoolSnapshot& database = ward.reading.pools[2];
      database.transactions = database.transactions.value_or(0) + 10;
      database.transaction_seconds = database.transaction_seconds.value_or(0) + 10 * each;
      ward.tick();
    }
  };
  transact(600, 0.01);
  CHECK(ward.of(0).verdict == Verdict::too_small);
  transact(30, 5);
  CHECK(ward.of(0).verdict == Verdict::slow_use);
  CHECK(ward.of(1).verdict == Verdict::too_small);
  CHECK(ward.diagnoses.find(ward.reading.pools[2], "") == nullptr);
}

TEST_CASE("a login that fails for one client of a database is the trouble of all its pools without servers") {
  Ward ward;
  const auto add_empty = [&](const char* label) -> PoolSnapshot& {
    PoolSnapshot& pool = ward.add(label);
    pool.active = pool.idle = pool.waiting = pool.clients_active = pool.clients_waiting = 0;
    return pool;
  };
  add_empty("pgb/app/alice");
  PoolSnapshot& probe = add_empty("pgb/app/probe");
  probe.errors_recent = 1;
  probe.last_error = "FATAL:  08P01: server login has been failing, try again later (server_login_retry)";
  add_empty("pgb/other/alice");
  ward.tick();
  CHECK(ward.of(0).verdict == Verdict::database_down);
  CHECK(ward.of(1).verdict == Verdict::database_down);
  CHECK(ward.of(2).ground == Ground::no_clients);
  ward.reading.pools[1].idle = 1;
  ward.tick();
  CHECK(ward.of(0).ground == Ground::no_clients);
  ward.reading.pools[1].idle = 0;
  ward.reading.pools[1].last_error = "PostgreSQL statement failed: syntax error (42601)";
  ward.tick();
  CHECK(ward.of(0).ground == Ground::no_clients);
}

TEST_CASE("a leak is diagnosed with its sites, which are read for the pools with leaks") {
  Ward ward;
  ward.kind = SourceKind::pg_stat_activity;
  ward.add("srv/billing").leaked = 2;
  ward.add("srv/web").leaked = 0;
  LeakReport lease;
  lease.site = "billing";
  FakeSource source("srv", ward.kind);
  source.set_details({}, {lease, lease});
  for (const PoolSnapshot& pool : ward.reading.pools) source.set_pool(pool);
  ward.leaks = read_with_leaks(source).leaks;
  CHECK(ward.leaks.size() == 1);
  ward.tick();
  CHECK(ward.of(0).figures.sites == std::vector<LeakSite>{{"billing", 2, 0}});
  CHECK(ward.of(1).verdict == Verdict::ok);
}

TEST_CASE("a pool that cannot be read is unknown with the error of its source, and keeps its past") {
  Ward ward;
  ward.add_full("pgb/app/alice");
  ward.tick(101);
  const PoolSnapshot read = ward.reading.pools[0];
  ward.reading.pools[0] = pool_named("pgb/app/alice");
  ward.reading.pools[0].unread = true;
  ward.reading.last_error = "connection refused";
  CHECK(ward.of(0).figures.error == "connection refused");
  ward.tick(10);
  CHECK(ward.of(0).ground == Ground::not_read);
  ward.reading.pools[0] = read;
  CHECK(ward.of(0) == Diagnosis{});
  ward.tick();
  CHECK(ward.of(0).verdict == Verdict::too_small);
  CHECK(ward.of(0).known_seconds == 111);
}

TEST_CASE("a pool whose senders fall silent loses its verdict with its figures, however busy it was") {
  Ward ward;
  ward.kind = SourceKind::otlp;
  ward.add_full("otel/shop/main");
  ward.tick(60);
  CHECK(ward.of(0).verdict == Verdict::too_small);
  ward.reading.pools[0] = pool_named("otel/shop/main");
  ward.tick();
  CHECK(ward.of(0).verdict == Verdict::unknown);
  CHECK(ward.of(0).ground == Ground::no_figures);
}

TEST_CASE("a pool that leaves is forgotten, and knows nothing when it is back") {
  Ward ward;
  ward.add_full("pgb/app/alice");
  ward.tick(101);
  const PoolSource::Reading read = ward.reading;
  ward.reading.pools.clear();
  ward.tick();
  ward.reading = read;
  CHECK(ward.of(0) == Diagnosis{});
  ward.tick();
  CHECK(ward.of(0).known_seconds == 0);
}

TEST_CASE("a source that takes another's place is diagnosed afresh, with the past of its pools") {
  Ward ward;
  ward.add_full("pgb/app/alice");
  ward.tick(101);
  ward.diagnoses.begin_anew();
  CHECK(ward.of(0) == Diagnosis{});
  ward.tick();
  CHECK(ward.of(0).known_seconds == 101);
}
