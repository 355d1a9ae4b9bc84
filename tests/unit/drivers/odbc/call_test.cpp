#include "drivers/odbc/call.hpp"

#include <doctest/doctest.h>
#include <poll.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <thread>
#include <vector>

#include "drivers/odbc/connection.hpp"
#include "support/fakes/gate.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

const Deadline never;

Deadline in(Duration time) {
  return Deadline(std::chrono::steady_clock::now() + time);
}

void nothing() {}

auto open_descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

std::shared_ptr<OdbcThreads> threads_of(unsigned threads, unsigned per_driver) {
  return std::make_shared<OdbcThreads>(OdbcLimits{threads, per_driver});
}

/// Waits only for the descriptor that the call names.
void await(OdbcCall& call) {
  while (const auto wait = call.poll(never)) {
    pollfd descriptor{wait->fd, wait->events, 0};
    REQUIRE(::poll(&descriptor, 1, 5000) == 1);
  }
}

}  // namespace

TEST_CASE("a call that has returned makes its descriptor ready and says so") {
  const auto lane = std::make_shared<OdbcLane>(threads_of(1, 1));
  const auto ran = std::make_shared<std::atomic<bool>>(false);
  OdbcCall call(
      *lane, [ran] { *ran = true; }, nothing);
  await(call);
  CHECK(*ran);
  CHECK(call.leave() == OdbcCall::Left::over);
}

TEST_CASE("what a call throws arrives with its kind, text and state") {
  const auto lane = std::make_shared<OdbcLane>(threads_of(1, 1));
  OdbcCall call(
      *lane, [] { throw DriverError(ErrorKind::query, "no such table", "42S02"); }, nothing);
  try {
    await(call);
    FAIL("nothing was thrown");
  } catch (const DriverError& error) {
    CHECK(error.kind() == ErrorKind::query);
    CHECK(std::string(error.what()) == "no such table");
    CHECK(error.sqlstate() == "42S02");
  }
}

TEST_CASE("a call that is left under way is cleaned up after by its own thread, when it returns") {
  const auto lane = std::make_shared<OdbcLane>(threads_of(1, 1));
  const auto hung = std::make_shared<Gate>();
  const auto cleaned = std::make_shared<Gate>();
  cleaned->open();
  OdbcCall call(
      *lane, [hung] { hung->pass(); }, [cleaned] { cleaned->pass(); });
  hung->await_arrivals(1);
  CHECK(call.leave() == OdbcCall::Left::under_way);
  CHECK(cleaned->arrived() == 0);
  hung->open();
  cleaned->await_passed(1);
}

TEST_CASE("a call that is left before its turn neither runs nor is cleaned up after") {
  const auto threads = threads_of(1, 1);
  const auto lane = std::make_shared<OdbcLane>(threads);
  const auto hung = std::make_shared<Gate>();
  const auto ran = std::make_shared<std::atomic<int>>(0);
  OdbcCall first(
      *lane, [hung] { hung->pass(); }, nothing);
  OdbcCall second(
      *lane, [ran] { ++*ran; }, [ran] { ++*ran; });
  CHECK(second.leave() == OdbcCall::Left::never_began);
  hung->open();
  CHECK(threads->await_rest(in(5s)));
  CHECK(*ran == 0);
}

TEST_CASE("calls that are given up leave nothing behind, although the lane hangs") {
  const auto threads = threads_of(1, 1);
  const auto lane = std::make_shared<OdbcLane>(threads);
  const auto hung = std::make_shared<Gate>();
  const auto kept = std::make_shared<int>();
  const auto before = open_descriptors();
  OdbcCall first(
      *lane, [hung] { hung->pass(); }, nothing);
  hung->await_arrivals(1);
  for (std::size_t i = 0; i < 2 * OdbcLane::max_queued; ++i) {
    OdbcCall call(
        *lane, [kept] { ++*kept; }, [kept] { ++*kept; });
    REQUIRE(call.leave() == OdbcCall::Left::never_began);
  }
  CHECK(kept.use_count() == 1);
  CHECK(first.leave() == OdbcCall::Left::under_way);
  CHECK(open_descriptors() == before);
  hung->open();
  CHECK(threads->await_rest(in(5s)));
}

TEST_CASE("a driver whose calls hang has no more threads than its share, and the others have theirs") {
  const auto threads = threads_of(5, 4);
  const auto dead = std::make_shared<OdbcLane>(threads);
  const auto alive = std::make_shared<OdbcLane>(threads);
  const auto hung = std::make_shared<Gate>();
  std::vector<OdbcCall> calls;
  for (int i = 0; i < 100; ++i)
    calls.emplace_back(
        *dead, [hung] { hung->pass(); }, nothing);
  hung->await_arrivals(4);
  for (int i = 0; i < 10; ++i) {
    OdbcCall call(*alive, nothing, nothing);
    await(call);
  }
  CHECK(hung->arrived() == 4);
  CHECK(threads->count() <= 5);
  hung->open();
  for (OdbcCall& call : calls) await(call);
}

TEST_CASE("all drivers together have no more threads than the cap, and all calls get their turn") {
  const auto threads = threads_of(3, 2);
  const auto hung = std::make_shared<Gate>();
  std::vector<std::shared_ptr<OdbcLane>> lanes;
  std::vector<OdbcCall> calls;
  for (int i = 0; i < 50; ++i) {
    lanes.push_back(std::make_shared<OdbcLane>(threads));
    for (int k = 0; k < 3; ++k)
      calls.emplace_back(
          *lanes.back(), [hung] { hung->pass(); }, nothing);
  }
  hung->await_arrivals(3);
  CHECK(hung->arrived() == 3);
  CHECK(threads->count() == 3);
  hung->open();
  for (OdbcCall& call : calls) await(call);
  CHECK(threads->await_rest(in(5s)));
}

TEST_CASE("a queue that is full refuses a call, but not what closes a connection") {
  const auto threads = threads_of(1, 1);
  const auto lane = std::make_shared<OdbcLane>(threads);
  const auto hung = std::make_shared<Gate>();
  const auto closed = std::make_shared<std::atomic<int>>(0);
  lane->run([hung] { hung->pass(); });
  hung->await_arrivals(1);
  for (std::size_t i = 0; i < OdbcLane::max_queued; ++i) REQUIRE(lane->run(nothing).has_value());
  CHECK_FALSE(lane->run(nothing).has_value());
  CHECK_THROWS_AS(OdbcCall(*lane, nothing, nothing), DriverError);
  lane->run_in_any_case([closed] { ++*closed; });
  hung->open();
  CHECK(threads->await_rest(in(20s)));
  CHECK(*closed == 1);
}

TEST_CASE("what is queued is done although nobody holds the lane and the threads any more") {
  const auto hung = std::make_shared<Gate>();
  const auto done = std::make_shared<Gate>();
  done->open();
  {
    const auto lane = std::make_shared<OdbcLane>(threads_of(1, 1));
    lane->run([hung] { hung->pass(); });
    for (int i = 0; i < 3; ++i) lane->run_in_any_case([done] { done->pass(); });
    hung->await_arrivals(1);
  }
  hung->open();
  done->await_passed(3);
}

TEST_CASE("rest is reached when no call is under way, and is waited for no longer than allowed") {
  const auto threads = threads_of(2, 2);
  CHECK(threads->await_rest(in(0s)));
  const auto lane = std::make_shared<OdbcLane>(threads);
  const auto hung = std::make_shared<Gate>();
  lane->run([hung] { hung->pass(); });
  CHECK_FALSE(threads->await_rest(in(10ms)));
  hung->open();
  CHECK(threads->await_rest(in(5s)));
}
