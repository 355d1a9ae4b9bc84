#include "sources/reading.hpp"

#include <doctest/doctest.h>

#include "sources/sql/sql_probe.hpp"
#include "support/fakes/fake_driver.hpp"
#include "support/fakes/pool_named.hpp"

using namespace std::chrono_literals;
using namespace dbpool;

namespace {

PoolSnapshot named(const std::string& name) {
  PoolSnapshot pool = pool_named(name);
  pool.active = 1;
  return pool;
}

ReadingTimes times(Duration took = 20ms) {
  const TimePoint began(100s);
  return {began, began + took, WallTime(1h)};
}

/// A target behind a fake server, for one reading.
struct Once {
  PoolSource::Reading read() {
    SqlProbe probe(std::make_shared<test::FakeDriver>(database), {{"SHOW POOLS"}}, [](const Answers&) {
      return ProbeResult{{named("s/a"), named("s/b")}, {}, {}, {"hint"}};
    });
    return read_once(probe, {.name = "s", .timeout = 2s, .limit = 1}, *clock);
  }

  std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
  std::shared_ptr<test::FakeDatabase> database = std::make_shared<test::FakeDatabase>(clock);
};

}  // namespace

TEST_CASE("a result is settled with the first of the pools that have one label") {
  ProbeResult result{{named("s/\xFF"), named("s/\xFE"), named("s/a")}, {}, {}, {}};
  result.pools[1].active = 2;
  settle(result, 500);
  REQUIRE(result.pools.size() == 2);
  CHECK(result.pools[0].label() == "s/\xEF\xBF\xBD");
  CHECK(result.pools[0].active == 1U);
  CHECK(result.dropped == 0U);
}

TEST_CASE("what describes a pool is settled as its names are") {
  ProbeResult result{{named("s/a")}, {}, {}, {}};
  result.pools[0].info = {"d\xFF", "\xC3", std::string(1000, 'x'), {}};
  settle(result, 500);
  const PoolInfo& info = result.pools[0].info;
  CHECK(info.driver == "d\xEF\xBF\xBD");
  CHECK(info.database == "\xEF\xBF\xBD");
  CHECK(info.user == PoolKey({.source = "s", .user = std::string(1000, 'x')}).user());
}

TEST_CASE("pools beyond the limit are dropped and counted, unless the probe has done so") {
  ProbeResult result{{named("a"), named("b"), named("c")}, {}, {}, {}};
  settle(result, 2);
  CHECK(result.pools.size() == 2);
  CHECK(result.dropped == 1U);
  ProbeResult bounded{{named("a"), named("b"), named("c")}, {}, 7, {}};
  settle(bounded, 2);
  CHECK(bounded.pools.size() == 3);
  CHECK(bounded.dropped == 7U);
}

TEST_CASE("a failure keeps the names and the time of the last success, and a success ends the error") {
  ProbeResult result{{named("s/a")}, {}, 3, {"hint"}};
  const auto good = after_success(unread_source(), result, times());
  CHECK(good.settled);
  CHECK(good.up == true);
  CHECK(good.reads == 1U);
  CHECK(good.dropped_pools == 3U);
  CHECK(good.read_seconds == doctest::Approx(0.02));
  const auto bad = after_failure(good, "refused", times(1s));
  CHECK(bad.up == false);
  CHECK(bad.reads == 2U);
  CHECK(bad.read_failures == 1U);
  CHECK(bad.last_error == "refused");
  CHECK(bad.last_success == WallTime(1h));
  CHECK(bad.hints.empty());
  CHECK(bad.pools.at(0).unread);
  CHECK(bad.pools.at(0).key == key_of("s/a"));
  CHECK_FALSE(bad.pools.at(0).active.has_value());
  const auto again = after_success(bad, result, times());
  CHECK(again.last_error.empty());
  CHECK(again.read_failures == 1U);
  CHECK(again.pools.at(0).active == 1U);
}

TEST_CASE("one reading without a loop has the pools up to the limit") {
  Once once;
  const auto reading = once.read();
  CHECK(reading.up == true);
  CHECK(reading.reads == 1U);
  CHECK(reading.pools.size() == 1);
  CHECK(reading.dropped_pools == 1U);
  CHECK(reading.hints == std::vector<std::string>{"hint"});
}

TEST_CASE("one reading without a loop ends at its timeout, and its failure is in it") {
  Once once;
  once.database->silent = true;
  once.database->while_waiting = [&](TimePoint until) { once.clock->advance(until - once.clock->now()); };
  const auto began = once.clock->now();
  const auto reading = once.read();
  CHECK(once.clock->now() - began == 2s);
  CHECK(reading.settled);
  CHECK(reading.up == false);
  CHECK(reading.last_error == "fake database: no answer in time");
  CHECK(reading.pools.empty());
}
