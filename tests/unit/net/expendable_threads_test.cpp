#include "net/expendable_threads.hpp"

#include <doctest/doctest.h>

#include "support/fakes/gate.hpp"

using namespace dbpool;

TEST_CASE("tasks beyond the cap wait for a thread, and all of them run") {
  ExpendableThreads threads(2, 10);
  const auto gate = std::make_shared<Gate>();
  for (int i = 0; i < 6; ++i) REQUIRE(threads.run([gate] { gate->pass(); }));
  gate->await_arrivals(2);
  CHECK(threads.count() == 2);
  CHECK(gate->arrived() == 2);
  gate->open();
  gate->await_passed(6);
}

TEST_CASE("a task that finds no thread and no place in the queue is dropped") {
  ExpendableThreads threads(1, 0);
  const auto gate = std::make_shared<Gate>();
  REQUIRE(threads.run([gate] { gate->pass(); }));
  CHECK_FALSE(threads.run([gate] { gate->pass(); }));
  gate->open();
  gate->await_passed(1);
  CHECK(gate->arrived() == 1);
}

TEST_CASE("a thread that hangs does not hold up the destructor, and queued tasks never begin") {
  const auto gate = std::make_shared<Gate>();
  const auto never = std::make_shared<int>(0);
  {
    ExpendableThreads threads(1, 10);
    threads.run([gate] { gate->pass(); });
    gate->await_arrivals(1);
    threads.run([never] { ++*never; });
    CHECK(never.use_count() == 2);
  }
  CHECK(never.use_count() == 1);
  gate->open();
  gate->await_passed(1);
  CHECK(*never == 0);
}
