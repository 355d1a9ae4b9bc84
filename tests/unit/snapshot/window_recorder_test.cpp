#include "snapshot/window_recorder.hpp"

#include <doctest/doctest.h>

#include <memory>

#include "dbpool/model/histogram.hpp"
#include "support/fakes/pool_named.hpp"
#include "support/live_bytes.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

std::shared_ptr<const Histogram> durations(double seconds, std::uint64_t count) {
  static const auto bounds = std::make_shared<const std::vector<double>>(std::vector{1.0});
  return std::make_shared<const Histogram>(bounds, Histogram::Counts{count, 0}, seconds);
}

/// A pool that ticks once a second.
struct Watch {
  PoolSnapshot pool = pool_named("orders");
  WindowRecorder recorder;
  TimePoint now{1h};
  double used = 0, waited = 0;
  std::uint64_t uses = 0;

  void tick() {
    recorder.record(pool, now);
    now += 1s;
  }
  /// Ticks with so many uses of `each` seconds, and seconds of waiting, between two ticks.
  void tick_for(std::chrono::seconds seconds, std::uint64_t count, double each, double waits = 0) {
    for (auto i = 0s; i < seconds; ++i) {
      uses += count, used += each * static_cast<double>(count), waited += waits;
      pool.usage_duration = durations(used, uses);
      pool.acquisition_duration = durations(waited, uses);
      tick();
    }
  }
  Windows windows() const { return recorder.windows(); }
};

}  // namespace

TEST_CASE("nothing is known before the first tick, and no time has passed at it") {
  Watch watch;
  CHECK(watch.windows().hour.seconds == 0);
  watch.pool.active = watch.pool.waiting = 1;
  watch.tick();
  CHECK(watch.windows().hour.seconds == 0);
  CHECK_FALSE(demand(watch.windows()).has_value());
}

TEST_CASE("a window begins at the first tick while that is less long ago, and has its length from then on") {
  Watch watch;
  const auto seconds_after = [&](std::chrono::seconds time) {
    while (watch.now < TimePoint(1h) + time + 1s) watch.tick();
    const Windows windows = watch.windows();
    return std::vector{windows.recent.seconds, windows.five_minutes.seconds, windows.hour.seconds};
  };
  CHECK(seconds_after(20s) == std::vector{20.0, 20.0, 20.0});
  CHECK(seconds_after(200s) == std::vector{30.0, 200.0, 200.0});
  CHECK(seconds_after(205s) == std::vector{35.0, 205.0, 205.0});
  CHECK(seconds_after(3000s) == std::vector{30.0, 300.0, 3000.0});
  CHECK(seconds_after(8000s) == std::vector{30.0, 300.0, 3800.0});
}

TEST_CASE("the mean use of a window is that of the uses that ended in it") {
  Watch watch;
  watch.tick_for(1801s, 10, 0.5);
  watch.tick_for(300s, 2, 8);
  const Windows windows = watch.windows();
  CHECK(windows.use_is_by_callers);
  CHECK(windows.five_minutes.uses == 600);
  CHECK(windows.five_minutes.mean_use() == 8.0);
  CHECK(windows.hour.uses == 18'600);
  CHECK(windows.hour.mean_use().value() == doctest::Approx((9000.0 + 4800) / 18'600));
}

TEST_CASE("what a pool has done before it is seen for the first time is not of any window") {
  Watch watch;
  watch.used = 1000, watch.uses = 10;
  watch.tick_for(1s, 0, 0);
  CHECK(watch.windows().hour.uses == 0);
  CHECK_FALSE(watch.windows().hour.mean_use().has_value());
}

TEST_CASE("demand is use and waiting per second") {
  Watch watch;
  watch.tick_for(301s, 4, 0.5, 1.5);
  CHECK(demand(watch.windows()) == 3.5);
}

TEST_CASE(
    "demand is the mean of those in use and waiting, without canaries and probes, where uses are not "
    "counted") {
  Watch watch;
  watch.pool.active = 5, watch.pool.probing = 1, watch.pool.waiting = 3, watch.pool.probing_waiters = 1;
  for (int i = 0; i < 101; ++i) watch.tick();
  watch.pool.active = 9;
  for (int i = 0; i < 100; ++i) watch.tick();
  CHECK(demand(watch.windows()) == 8.0);
  watch.pool.waiting.reset();
  for (int i = 0; i < 300; ++i) watch.tick();
  CHECK_FALSE(demand(watch.windows()).has_value());
}

TEST_CASE("waits that only a pooler's synthetic client has counted are not those of all callers") {
  Watch watch;
  watch.pool.active = 2, watch.pool.waiting = 0;
  for (int i = 0; i < 100; ++i) {
    watch.pool.acquisition_duration = durations(50 * i, 5);
    watch.tick();
  }
  CHECK(demand(watch.windows()) == 2.0);
}

TEST_CASE("a counter that has fallen has started again from 0") {
  Watch watch;
  watch.tick_for(101s, 10, 0.5, 1);
  watch.used = watch.waited = 0, watch.uses = 0;
  watch.tick_for(100s, 10, 0.5, 1);
  CHECK(watch.windows().five_minutes.uses == 2000);
  CHECK(demand(watch.windows()) == 6.0);
}

TEST_CASE("a reading that failed leaves a gap that its next success fills") {
  Watch watch;
  watch.pool.active = watch.pool.max = 4, watch.pool.waiting = 0;
  watch.tick_for(101s, 2, 0.5);
  const PoolSnapshot read = watch.pool;
  watch.pool = pool_named("orders");
  watch.pool.unread = true;
  for (int i = 0; i < 50; ++i) watch.tick();
  CHECK(watch.windows().five_minutes.seconds == 150);
  CHECK(watch.windows().five_minutes.use.seconds == 100);
  CHECK(watch.windows().five_minutes.busy.seconds == 100);
  watch.pool = read;
  watch.tick_for(1s, 102, 0.5);
  CHECK(watch.windows().five_minutes.use.seconds == 151);
  CHECK(demand(watch.windows()).value() == doctest::Approx(1));
}

TEST_CASE("a source that takes another's place counts anew, and its pools keep their past") {
  Watch watch;
  watch.tick_for(101s, 10, 0.5);
  watch.recorder.forget_totals();
  watch.used = 9000, watch.uses = 9000;
  watch.tick_for(101s, 10, 0.5);
  CHECK(watch.windows().five_minutes.uses == 2000);
  CHECK(watch.windows().five_minutes.mean_use() == 0.5);
}

TEST_CASE("uses of another kind do not mix with those before") {
  Watch watch;
  const auto transact = [&](std::uint64_t count, double seconds) {
    watch.pool.transactions = count;
    watch.pool.transaction_seconds = seconds;
    watch.tick();
  };
  transact(10, 10);
  transact(20, 40);
  CHECK(watch.windows().hour.mean_use() == 3.0);
  CHECK_FALSE(watch.windows().use_is_by_callers);
  watch.tick_for(11s, 10, 0.5);
  CHECK(watch.windows().hour.mean_use() == 0.5);
  CHECK(watch.windows().hour.uses == 100);
  CHECK(watch.windows().use_is_by_callers);
}

TEST_CASE("a window has the share of its seconds in which the pool was busy, and full") {
  Watch watch;
  watch.pool.active = 3, watch.pool.idle = 3, watch.pool.max = 10, watch.pool.waiting = 0;
  for (int i = 0; i < 21; ++i) watch.tick();
  watch.pool.waiting = 2;
  for (int i = 0; i < 5; ++i) watch.tick();
  watch.pool.active = 10, watch.pool.idle = 0;
  for (int i = 0; i < 5; ++i) watch.tick();
  CHECK(watch.windows().recent.busy.rate().value() == doctest::Approx(10.0 / 30));
  CHECK(watch.windows().recent.full.rate().value() == doctest::Approx(5.0 / 30));
}

TEST_CASE("a window has how many more leaks there are than at its begin, where both are known") {
  Watch watch;
  watch.pool.leaked = 1;
  for (int i = 0; i < 101; ++i) watch.tick();
  watch.pool.leaked = 3;
  watch.tick();
  CHECK(watch.windows().hour.leaked == 2.0);
  watch.pool.leaked.reset();
  watch.tick();
  CHECK_FALSE(watch.windows().hour.leaked.has_value());
}

TEST_CASE("a day needs no more memory than an hour and a half") {
  Watch watch;
  watch.pool.active = watch.pool.waiting = 1;
  const auto live = [&](std::chrono::seconds time) {
    while (watch.now < TimePoint(1h) + time) watch.tick();
    return test::live_bytes();
  };
  const auto after_hours = live(90min);
  CHECK(live(24h) <= after_hours + 2048);
}
