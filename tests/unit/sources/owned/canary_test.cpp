#include "sources/owned/canary.hpp"

#include <doctest/doctest.h>

#include "support/fakes/fake_pool.hpp"

using namespace std::chrono_literals;
using namespace dbpool;
using dbpool::test::sized;

namespace {

/// A pool on a fake database with a canary and a fake clock.
struct Aviary {
  Aviary(const PoolOptions& options, const CanaryOptions& canary_options)
      : pool(std::make_shared<Pool>(options, std::make_shared<test::FakeDriver>(database), runtime)),
        canary(pool, canary_options, runtime) {
    scheduler->run();
  }

  ~Aviary() { scheduler->stop(); }

  std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
  std::shared_ptr<test::ManualScheduler> scheduler = std::make_shared<test::ManualScheduler>(clock);
  std::shared_ptr<test::FakeDatabase> database = std::make_shared<test::FakeDatabase>(clock);
  Runtime runtime{scheduler, clock};
  std::shared_ptr<Pool> pool;
  Canary canary;
};

}  // namespace

TEST_CASE("a canary takes a turn at once when the pool is there, and then one every interval") {
  Aviary a(sized(1, 2), {.interval = 5s});
  a.scheduler->advance(500ms);
  CHECK(a.pool->snapshot().acquisitions == 1);
  a.scheduler->advance(20s);
  const auto s = a.pool->snapshot();
  CHECK(s.acquisitions == 5);
  CHECK(s.releases == 5);
  CHECK(s.health_checks == 1 + 5);
}

TEST_CASE("several canaries run at once, each of them holding its lease") {
  Aviary a(sized(2, 2), {.interval = 1s, .concurrency = 6, .hold = 2s});
  a.scheduler->advance(1s);
  const auto s = a.pool->snapshot();
  CHECK(s.active == 2);
  CHECK(s.probing == 0);
  CHECK(s.waiting == 4);
}

TEST_CASE("a pool of two with six canaries that hold two seconds has timeouts and leaks that come back") {
  auto options = sized(2, 2);
  options.acquire_timeout = 500ms;
  options.leak_detection_timeout = 1s;
  Aviary a(options, {.interval = 1s, .concurrency = 6, .hold = 2s});
  a.scheduler->advance(60s);
  const auto s = a.pool->snapshot();
  CHECK(*s.acquisition_timeouts > 20);
  CHECK(s.acquisition_duration->count() == *s.acquisitions + *s.acquisition_timeouts);
  CHECK(*s.leaks_detected > 10);
  CHECK(*s.leaks_detected == *s.leaks_recovered + *s.leaked);
  CHECK(*s.acquisitions == *s.releases + *s.active);
}

TEST_CASE("a canary that waits for its connection counts as slow, as any caller does") {
  auto options = sized(1, 1);
  options.latency_objective = 2s;
  // Of two canaries one waits while the other holds, so for 2 s at most.
  Aviary a(options, {.interval = 100ms, .concurrency = 2, .hold = 2s});
  a.scheduler->advance(10s);
  CHECK(*a.pool->snapshot().acquisitions > 3);
  CHECK(a.pool->snapshot().acquisitions_slow == 0);
  a.pool->set_latency_objective(1s);
  a.scheduler->advance(10s);
  const auto s = a.pool->snapshot();
  CHECK(*s.acquisitions_slow > 3);
  CHECK(s.acquisition_objective == 1.0);
}

TEST_CASE("a canary whose connection the server had ended asks over another one in the same turn") {
  Aviary a(sized(1, 2), {.interval = 5s});
  for (std::uint64_t turns = 1; turns <= 5; ++turns) {
    a.scheduler->advance(5s);
    a.database->restart();
    a.scheduler->advance(200ms);
    const auto s = a.pool->snapshot();
    CHECK(s.health_check_failures == 0);
    CHECK(s.errors_last_hour == 0);
    CHECK(s.phase == PoolPhase::serving);
  }
  // The pool checks each new connection once, and the turn that needed it checks it once.
  a.scheduler->advance(5s);
  const auto s = a.pool->snapshot();
  CHECK(s.closed.at(index_of(CloseReason::validation)) == 5);
  CHECK(s.health_checks == s.created.value() + s.acquisitions.value() - 5);
}

TEST_CASE("a canary's query that ends every connection it runs on is an error each turn") {
  Aviary a(sized(1, 2), {.interval = 5s, .query = "SELECT crash()"});
  a.database->deadly.access()->insert("SELECT crash()");
  a.scheduler->advance(21s);
  const auto s = a.pool->snapshot();
  CHECK(s.errors.at(index_of(ErrorKind::validation)) >= 4);
  CHECK(s.health_check_failures >= 4);
}

TEST_CASE("canaries rest while the pool recovers and go on when it has") {
  Aviary a(sized(1, 1), {.interval = 1s});
  a.scheduler->advance(1s);
  a.database->up = false;
  a.scheduler->advance(2s);
  REQUIRE(a.pool->phase() == PoolPhase::recovering);
  const auto during = *a.pool->snapshot().acquisitions;
  a.scheduler->advance(3s);
  CHECK(a.pool->snapshot().acquisitions == during);
  CHECK(a.pool->snapshot().waiting == 0);
  a.database->up = true;
  a.scheduler->advance(10s);
  CHECK(*a.pool->snapshot().acquisitions > during + 3);
}

TEST_CASE("a canary of a pool without a minimum opens the connection it needs") {
  Aviary a(sized(0, 2), {.interval = 1s});
  a.scheduler->advance(1s);
  CHECK(a.pool->snapshot().created == 1);
}

TEST_CASE("an interval of zero means no canary") {
  Aviary a(sized(1, 1), {.interval = 0s});
  a.scheduler->advance(1min);
  CHECK(a.pool->snapshot().acquisitions == 0);
}

TEST_CASE("a canary that is stopped finishes the turn it is in and begins no other") {
  Aviary a(sized(1, 1), {.interval = 1s, .concurrency = 1, .hold = 2s});
  a.scheduler->advance(1s);
  REQUIRE(a.pool->snapshot().active == 1);
  a.canary.stop();
  a.scheduler->advance(1s);
  a.scheduler->advance(1min);
  const auto s = a.pool->snapshot();
  CHECK(s.active == 0);
  CHECK(s.acquisitions == 1);
}

TEST_CASE("a canary that is stopped while its query runs does not go on to hold the lease") {
  Aviary a(sized(1, 1), {.interval = 1s, .concurrency = 1, .hold = 1min});
  a.database->ping_takes = Duration(100ms);
  a.scheduler->advance(1020ms);
  while (a.canary.querying() == 0) a.scheduler->advance(10ms);
  a.canary.stop();
  a.scheduler->advance(100ms);
  CHECK(a.pool->snapshot().active == 0);
}

TEST_CASE("a canary whose query is running says so") {
  Aviary a(sized(1, 1), {.interval = 1s});
  a.database->ping_takes = Duration(100ms);
  a.scheduler->advance(1020ms);
  while (a.canary.querying() == 0) a.scheduler->advance(10ms);
  CHECK(a.pool->snapshot().active == 1);
  a.scheduler->advance(100ms);
  CHECK(a.canary.querying() == 0);
}
