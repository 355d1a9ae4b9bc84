#include "sources/pgpool/pgpool.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "dbpool/model/error.hpp"
#include "support/fakes/fake_driver.hpp"
#include "support/text/captured_answers.hpp"
#include "support/text/find_pool.hpp"

using namespace dbpool;
using namespace dbpool::test;
using namespace std::chrono_literals;

namespace {

Captured version(const std::string& number) {
  return read_captured(DBPOOL_TESTDATA "/pgpool_" + number + ".txt");
}

ProbeResult parse(const Captured& captured) {
  return parse_pgpool("pgp", answers_to(pgpool_statements(), captured));
}

/// A Pgpool-II whose connects have outcomes set by the test.
class Front : public Driver {
 public:
  explicit Front(std::shared_ptr<FakeDatabase> database) : inner_(database) {}

  std::unique_ptr<ConnectOperation> start_connect(Deadline deadline) override {
    struct Failing : ConnectOperation {
      explicit Failing(const std::function<void()>& fail) : fail_(fail) {}
      std::optional<IoWait> advance(TimePoint /*now*/) override {
        fail_();
        return std::nullopt;
      }
      std::unique_ptr<Connection> take() override { return nullptr; }
      std::function<void()> fail_;
    };
    if (fail) return std::make_unique<Failing>(fail);
    return inner_.start_connect(deadline);
  }
  PoolInfo info() const override { return inner_.info(); }

  std::function<void()> fail;

 private:
  FakeDriver inner_;
};

struct Pgpool {
  Pgpool() { *database->answers.access() = version("4.1"); }

  ProbeResult read() {
    const auto reading = probe->start_read(Deadline(clock->now() + 2s));
    run_here(*reading);
    return reading->take();
  }

  std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
  std::shared_ptr<FakeDatabase> database = std::make_shared<FakeDatabase>(clock);
  std::shared_ptr<Front> driver = std::make_shared<Front>(database);
  std::unique_ptr<Probe> probe = pgpool_probe("pgp", driver);
};

}  // namespace

TEST_CASE("4.3: a busy child is an active connection, and the session that asked is not") {
  const ProbeResult all = parse(version("4.3"));
  const PoolSnapshot& pool = pool_of(all, "pgp/postgres/alice");
  CHECK(pool.info.driver == "pgpool");
  CHECK(pool.info.database == "postgres");
  CHECK(pool.info.user == "alice");
  CHECK(pool.active == 1);
  CHECK(pool.idle == 0);
  CHECK_FALSE(pool.max.has_value());  // all pools share the children
  CHECK_FALSE(pool.waiting.has_value());
  CHECK_FALSE(pool.saturated);
  const PoolSnapshot& ours = pool_of(all, "pgp/postgres/postgres");
  CHECK(ours.active == 0);
  CHECK(ours.idle == 1);
}

TEST_CASE("4.3: what is counted for the whole pooler stands under the source") {
  const ProbeResult all = parse(version("4.3"));
  const PoolSnapshot& front = pool_of(all, "pgp");
  CHECK(front.clients_active == 1);
  CHECK(front.queries == 16);
  CHECK(front.health_checks == 0);
  CHECK(front.health_check_failures == 0);
  CHECK(front.active == 1);
  CHECK(front.idle == 2);
  CHECK(front.max == 3);
  CHECK(all.pools.size() == 3);
  CHECK(front.key.scope() == PoolScope::target);
  CHECK(pool_of(all, "pgp/postgres/alice").key.scope() == PoolScope::pool);
}

TEST_CASE("4.1: a place in a child's cache is one connection, however many backends it has") {
  const ProbeResult all = parse(version("4.1"));
  const PoolSnapshot& alice = pool_of(all, "pgp/shop/alice");
  CHECK(alice.active == 1);
  CHECK(alice.idle == 1);
  const PoolSnapshot& bob = pool_of(all, "pgp/shop/bob");
  CHECK(bob.active == 0);
  CHECK(bob.idle == 2);
  CHECK_FALSE(pool_of(all, "pgp").queries.has_value());
  CHECK(pool_of(all, "pgp").max == 2);  // the existing children
}

TEST_CASE("two pools that share the children are as full as the children are") {
  Captured captured = version("4.1");
  auto& places = captured.at("SHOW pool_pools");
  const auto column = [&](const std::string& name) {
    return static_cast<std::size_t>(std::ranges::find(places.columns, name) - places.columns.begin());
  };
  std::vector<std::optional<std::string>> row = places.rows.at(0);
  places.rows.clear();
  for (int child = 0; child < 32; ++child) {
    row[column("pool_pid")] = std::to_string(1000 + child);
    row[column("username")] = child < 15 ? "alice" : "bob";
    row[column("pool_connected")] = child < 30 ? "1" : "0";
    places.rows.push_back(row);
  }
  const ProbeResult all = parse(captured);
  CHECK(pool_of(all, "pgp/shop/alice").active == 15);
  CHECK(pool_of(all, "pgp/shop/bob").active == 15);
  CHECK(pool_of(all, "pgp").active == 30);
  CHECK(pool_of(all, "pgp").idle == 2);
  std::uint64_t capacity = 0;
  for (const PoolSnapshot& pool : all.pools) capacity += pool.max.value_or(0);
  CHECK(capacity == 32);
}

TEST_CASE("rows that are cut off or say nothing are left out") {
  Captured captured = version("4.1");
  auto& rows = captured.at("SHOW pool_pools").rows;
  rows[0].clear();
  rows[1].resize(5);
  rows[2][0] = std::nullopt;
  rows[3][11] = "yes";
  const ProbeResult all = parse(captured);
  CHECK(pool_of(all, "pgp/shop/alice").total() == 1);
  CHECK(pool_of(all, "pgp/shop/bob").idle == 2);
}

TEST_CASE("a server that is no Pgpool-II gives no figures") {
  Captured captured = version("4.1");
  captured.erase("SHOW pool_pools");
  CHECK_THROWS_AS(parse(captured), Error);
}

TEST_CASE("every reading has a session of its own, which does not stay") {
  Pgpool pgpool;
  pgpool.read();
  CHECK(pgpool.database->open == 0);
  pgpool.read();
  CHECK(pgpool.database->connects == 2);
  CHECK(pgpool.database->most_open == 1);
}

TEST_CASE("a pooler that takes the connection and says nothing is saturated") {
  Pgpool pgpool;
  pgpool.driver->fail = [] { throw ConnectUnanswered("no answer in time"); };
  const ProbeResult unknown = pgpool.read();
  REQUIRE(unknown.pools.size() == 1);
  CHECK(pool_of(unknown, "pgp").saturated);
  CHECK(pool_of(unknown, "pgp").waiting == 1);
  CHECK_FALSE(pool_of(unknown, "pgp").active.has_value());

  pgpool.driver->fail = nullptr;
  pgpool.read();
  pgpool.driver->fail = [] { throw ConnectUnanswered("no answer in time"); };
  const ProbeResult known = pgpool.read();
  CHECK(pool_of(known, "pgp").active == 2);
  CHECK(pool_of(known, "pgp").idle == 0);
  CHECK(pool_of(known, "pgp").max == 2);
  CHECK(pool_of(known, "pgp").waiting == 1);
  const PoolSnapshot& alice = pool_of(known, "pgp/shop/alice");
  CHECK(alice.saturated);
  CHECK(alice.info.user == "alice");
  CHECK_FALSE(alice.active.has_value());
  CHECK(pgpool.read().pools.size() == 3);  // and again
}

TEST_CASE("a pooler that refuses because it is full is saturated") {
  Pgpool pgpool;
  pgpool.driver->fail = [] {
    throw DriverError(ErrorKind::connect, "sorry, too many clients already", "53300");
  };
  CHECK(pool_of(pgpool.read(), "pgp").saturated);
}

TEST_CASE("any other failure is one") {
  Pgpool pgpool;
  pgpool.driver->fail = [] { throw DriverError(ErrorKind::timeout, "no answer in time"); };
  CHECK_THROWS_AS(pgpool.read(), DriverError);
  pgpool.driver->fail = [] { throw DriverError(ErrorKind::connect, "refused"); };
  CHECK_THROWS_AS(pgpool.read(), DriverError);
}

TEST_CASE("whoever is turned away by a saturated pooler has waited as long as it took") {
  const ProbeResult all = saturated_pgpool("pgp", {}, 2500ms);
  CHECK(all.pools.at(0).oldest_waiter == 2.5);
}
