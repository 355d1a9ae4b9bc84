#include "log/repeat_limiter.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace dbpool {
namespace {

using namespace std::chrono_literals;

const RepeatLimiter::TimePoint start{1h};

TEST_CASE("a failure is logged at once") {
  RepeatLimiter limiter;
  CHECK(limiter.admit("refused", start) == 0);
}

TEST_CASE("a failure that repeats every second is logged at growing intervals with what was left out") {
  RepeatLimiter limiter({10s, 60s});
  std::vector<int> seconds;
  std::uint64_t accounted_for = 0;
  for (int second = 0; second <= 250; ++second) {
    if (const auto suppressed = limiter.admit("refused", start + std::chrono::seconds(second))) {
      seconds.push_back(second);
      accounted_for += 1 + *suppressed;
    }
  }
  CHECK(seconds == std::vector{0, 10, 30, 70, 130, 190, 250});
  CHECK(accounted_for == 251);
}

TEST_CASE("different failures do not silence each other") {
  RepeatLimiter limiter;
  limiter.admit("refused", start);
  CHECK(limiter.admit("timed out", start) == 0);
  CHECK(limiter.admit("refused", start) == std::nullopt);
}

TEST_CASE("a failure that has long been away is new again") {
  RepeatLimiter limiter({10s, 60s});
  limiter.admit("refused", start);
  limiter.admit("refused", start + 1s);
  CHECK(limiter.admit("refused", start + 61s) == 0);
  CHECK(limiter.admit("refused", start + 71s) == 0);
}

TEST_CASE("beyond its bound the limiter forgets the failure that was seen longest ago") {
  RepeatLimiter limiter;
  limiter.admit("old", start);
  limiter.admit("recent", start + 1ns);
  for (std::size_t i = 0; i < RepeatLimiter::max_keys - 1; ++i) limiter.admit(std::to_string(i), start + 1s);
  CHECK(limiter.admit("recent", start + 2s) == std::nullopt);
  CHECK(limiter.admit("old", start + 2s) == 0);
}

}  // namespace
}  // namespace dbpool
