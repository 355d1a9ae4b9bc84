#include "web/io_deadline.hpp"

#include <doctest/doctest.h>
#include <poll.h>

#include <cerrno>
#include <future>

namespace dbpool {
namespace {

using namespace std::chrono_literals;

/// Waits for `timeout` in a system call; returns its error, 0 = it waited to the end.
int wait_for(std::chrono::milliseconds timeout) {
  return ::poll(nullptr, 0, static_cast<int>(timeout.count())) == 0 ? 0 : errno;
}

TEST_CASE("a system call that blocks beyond the deadline is interrupted") {
  const IoDeadline deadline(20ms);
  CHECK(wait_for(60s) == EINTR);
  CHECK(deadline.has_passed());
}

TEST_CASE("after the deadline each further call is interrupted as well") {
  const IoDeadline deadline(1ms);
  for (int i = 0; i < 5; ++i) CHECK(wait_for(60s) == EINTR);
}

TEST_CASE("before the deadline and after its destruction nothing is interrupted") {
  const IoDeadline far(1h);
  CHECK(wait_for(5ms) == 0);
  CHECK_FALSE(far.has_passed());
  {
    const IoDeadline passed(1ms);
    CHECK(wait_for(60s) == EINTR);
  }
  CHECK(wait_for(30ms) == 0);
}

TEST_CASE("a deadline interrupts only the thread that made it") {
  const IoDeadline deadline(1ms);
  auto other = std::async(std::launch::async, [] { return wait_for(50ms); });
  CHECK(wait_for(60s) == EINTR);
  CHECK(other.get() == 0);
}

}  // namespace
}  // namespace dbpool
