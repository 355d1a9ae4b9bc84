#include "snapshot/recent_distribution.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "support/live_bytes.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

std::shared_ptr<const Histogram> waits(std::uint64_t fast, std::uint64_t slow,
                                       const std::vector<double>& bounds = {0.001, 1}) {
  return std::make_shared<const Histogram>(std::make_shared<const std::vector<double>>(bounds),
                                           Histogram::Counts{fast, slow, 0}, static_cast<double>(slow));
}

/// A distribution that ticks once a second.
struct Wait {
  RecentDistribution recent;
  TimePoint now{1h};
  std::uint64_t fast = 0, slow = 0;

  void tick_for(std::chrono::seconds seconds, std::uint64_t more_fast, std::uint64_t more_slow = 0) {
    for (auto i = 0s; i < seconds; ++i) {
      fast += more_fast, slow += more_slow;
      tick(waits(fast, slow));
    }
  }
  void tick(const std::shared_ptr<const Histogram>& total) {
    recent.record(total, now);
    now += 1s;
  }
  std::vector<std::uint64_t> counts() const {
    const auto gained = recent.last_five_minutes();
    return {gained->count_in(0), gained->count_in(1)};
  }
};

using Counts = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("an outage of the last minutes shows, however long the distribution was fine before") {
  Wait wait;
  wait.tick_for(3600s, 10);
  CHECK(wait.recent.last_five_minutes()->quantile(0.95) <= 0.001);
  wait.tick_for(60s, 0, 5);
  CHECK(wait.recent.last_five_minutes()->quantile(0.95) > 0.1);
  CHECK(waits(wait.fast, wait.slow)->quantile(0.95) <= 0.001);
}

TEST_CASE("what is older than five and a half minutes does not count any more") {
  Wait wait;
  wait.tick_for(10s, 0, 7);
  wait.tick_for(330s, 1);
  CHECK(wait.counts()[1] == 0);
  CHECK(wait.counts()[0] >= 300);
  CHECK(wait.counts()[0] <= 330);
}

TEST_CASE("what was counted before the first tick does not count") {
  Wait wait;
  CHECK(wait.recent.last_five_minutes() == nullptr);
  wait.tick(waits(1000, 1000));
  CHECK(wait.counts() == Counts{0, 0});
  wait.tick(waits(1002, 1001));
  CHECK(wait.counts() == Counts{2, 1});
  CHECK(wait.recent.last_five_minutes()->sum_seconds() == 1);
}

TEST_CASE("counts that start again from 0 add what they have since") {
  Wait wait;
  wait.tick(waits(10, 10));
  wait.tick(waits(13, 10));
  wait.tick(waits(2, 1));
  CHECK(wait.counts() == Counts{3 + 2, 1});
}

TEST_CASE("a source that does not know the distribution for a while disturbs nothing") {
  Wait wait;
  wait.tick(waits(10, 0));
  for (int i = 0; i < 60; ++i) wait.tick(nullptr);
  wait.tick(waits(12, 1));
  CHECK(wait.counts() == Counts{2, 1});
}

TEST_CASE("other bounds, and counts that do not continue, begin anew") {
  Wait wait;
  wait.tick(waits(10, 0));
  wait.tick(waits(12, 0));
  SUBCASE("other bounds") {
    wait.tick(waits(20, 5, {0.002, 2}));
    CHECK(wait.counts() == Counts{0, 0});
    wait.tick(waits(21, 5, {0.002, 2}));
    CHECK(wait.counts() == Counts{1, 0});
    CHECK(wait.recent.last_five_minutes()->bounds() == std::vector{0.002, 2.0});
  }
  SUBCASE("counts that do not continue") {
    wait.recent.forget_total();
    wait.tick(waits(500, 5));
    CHECK(wait.counts() == Counts{2, 0});
  }
}

TEST_CASE("memory stays bounded") {
  Wait wait;
  wait.tick_for(600s, 1);
  const auto after_minutes = test::live_bytes();
  wait.tick_for(3600s, 1, 1);
  CHECK(test::live_bytes() <= after_minutes + 2048);
}
