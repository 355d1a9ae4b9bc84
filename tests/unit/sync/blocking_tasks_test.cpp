#include "sync/blocking_tasks.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

using dbpool::BlockingTasks;

namespace {

/// Tasks on things named by letters.
class Queue {
 public:
  explicit Queue(unsigned places) : tasks_(places) {}

  /// Returns whether the task gets a place at once.
  bool post(char thing) {
    if (tasks_.begin(on(thing))) return true;
    tasks_.hold({[this, thing] { last_ = thing; }, on(thing)});
    return false;
  }
  /// Ends a task. Returns the thing whose task begins next, or '-'.
  char end(char thing) {
    last_ = '-';
    if (const auto next = tasks_.end(on(thing))) next->task();
    return last_;
  }

 private:
  const void* on(char thing) const { return &things_.at(static_cast<std::size_t>(thing - 'A')); }

  std::array<char, 26> things_{};
  BlockingTasks tasks_;
  char last_ = '-';
};

int taken(Queue& queue, const std::string& things) {
  return static_cast<int>(std::ranges::count_if(things, [&](char thing) { return queue.post(thing); }));
}

}  // namespace

TEST_CASE("of eight places one thing gets three, and five others still get one each") {
  Queue queue(8);
  CHECK(taken(queue, "AAAAAAAA") == 3);
  CHECK(taken(queue, "BBCCDDEEFF") == 5);
  CHECK_FALSE(queue.post('G'));
}

TEST_CASE("a thing that holds no place waits only while six others hold one") {
  // Earlier tasks do not count: the places are full only with six things.
  Queue queue(8);
  CHECK(taken(queue, "ABCDEFGH") == 8);
  for (const char thing : {'B', 'C', 'D', 'E', 'F', 'G', 'H'}) CHECK(queue.end(thing) == '-');
  CHECK(taken(queue, "AAAA") == 2);
  CHECK(taken(queue, "BBCCDDEE") == 4);
  CHECK(queue.post('F'));
  CHECK_FALSE(queue.post('G'));
}

TEST_CASE("what holds a place waits behind what holds none, and otherwise it is first come, first served") {
  Queue queue(8);
  CHECK(taken(queue, "AAABCDEF") == 8);
  CHECK(taken(queue, "ABGHG") == 0);
  CHECK(queue.end('C') == 'G');
  CHECK(queue.end('D') == 'H');
  CHECK(queue.end('B') == 'B');
  CHECK(queue.end('E') == '-');
  CHECK(queue.end('F') == '-');
  CHECK(queue.end('G') == 'G');
}

TEST_CASE("of two places each goes to another thing") {
  Queue queue(2);
  CHECK(taken(queue, "AAA") == 1);
  CHECK(taken(queue, "BB") == 1);
  CHECK(queue.end('A') == 'A');
  CHECK(queue.end('B') == 'B');
}

TEST_CASE("a single place is given to all in turn") {
  Queue queue(1);
  CHECK(taken(queue, "AAB") == 1);
  CHECK(queue.end('A') == 'A');
  CHECK(queue.end('A') == 'B');
  CHECK(queue.end('B') == '-');
}
