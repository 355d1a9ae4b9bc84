#include "web/request_rate.hpp"

#include <doctest/doctest.h>

namespace dbpool {

using namespace std::chrono_literals;

TEST_CASE("a burst is admitted at once, and then a request for each interval") {
  RequestRate rate;
  const RateLimit limit{10ms, 3};
  const RequestRate::TimePoint start{1h};
  for (int i = 0; i < 3; ++i) CHECK(rate.admits(limit, start));
  CHECK_FALSE(rate.admits(limit, start));
  CHECK_FALSE(rate.admits(limit, start + 9ms));
  CHECK(rate.admits(limit, start + 10ms));
  CHECK_FALSE(rate.admits(limit, start + 11ms));
  for (int i = 0; i < 3; ++i) CHECK(rate.admits(limit, start + 1h));
  CHECK_FALSE(rate.admits(limit, start + 1h));
}

TEST_CASE("refused requests cost nothing") {
  RequestRate rate;
  const RequestRate::TimePoint start{1h};
  CHECK(rate.admits({1s, 1}, start));
  for (int i = 0; i < 100; ++i) CHECK_FALSE(rate.admits({1s, 1}, start + 500ms));
  CHECK(rate.admits({1s, 1}, start + 1s));
}

TEST_CASE("another limit begins anew, and an interval of 0 limits nothing") {
  RequestRate rate;
  const RequestRate::TimePoint start{1h};
  CHECK(rate.admits({1h, 1}, start));
  CHECK_FALSE(rate.admits({1h, 1}, start));
  CHECK(rate.admits({1h, 2}, start));
  for (int i = 0; i < 10; ++i) CHECK(rate.admits({0s, 0}, start));
}

}  // namespace dbpool
