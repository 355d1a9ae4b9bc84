#include "sources/push/events/sequence.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>

using namespace dbpool;

namespace {

/// Returns a sequence after these numbers. The first begins it.
Sequence after(std::uint64_t first, std::initializer_list<std::uint64_t> numbers) {
  Sequence sequence(first);
  for (const std::uint64_t number : numbers) CHECK(sequence.arrive(number));
  return sequence;
}

}  // namespace

TEST_CASE("the first number of a client begins it, whatever it is, and a gap is a loss") {
  CHECK(after(1, {2, 3}).lost() == 0);
  CHECK(after(700, {701, 702}).lost() == 0);
  CHECK(after(1, {2, 5, 6, 8}).lost() == 3);
}

TEST_CASE("a late number takes its loss back, once") {
  Sequence sequence = after(1, {4});
  CHECK(sequence.lost() == 2);
  CHECK(sequence.arrive(3));
  CHECK(sequence.lost() == 1);
  CHECK_FALSE(sequence.arrive(3));
  CHECK(sequence.lost() == 1);
  CHECK(sequence.arrive(2));
  CHECK(sequence.lost() == 0);
}

TEST_CASE("a number before the first one was not missed") {
  Sequence sequence = after(5, {4, 6});
  CHECK(sequence.lost() == 0);
  CHECK_FALSE(sequence.arrive(4));
}

TEST_CASE("a number that has arrived is refused within the window") {
  Sequence sequence = after(100, {101});
  CHECK_FALSE(sequence.arrive(101));
  CHECK_FALSE(sequence.arrive(100));
  for (std::uint64_t number = 102; number < 100 + Sequence::window; ++number)
    REQUIRE(sequence.arrive(number));
  CHECK_FALSE(sequence.arrive(100));
  CHECK(sequence.lost() == 0);
}

TEST_CASE("a gap as wide as the window is a loss, and its last numbers may still come") {
  const std::uint64_t far = 2 + Sequence::window * 3;
  Sequence sequence = after(1, {far});
  CHECK(sequence.lost() == far - 2);
  CHECK(sequence.arrive(far - 1));
  CHECK(sequence.arrive(far - Sequence::window + 1));
  CHECK(sequence.lost() == far - 4);
}

TEST_CASE("a number behind the window, or the 1 again, begins anew and keeps the losses") {
  Sequence fallen = after(5000, {5002, 10, 11, 13});
  CHECK(fallen.lost() == 2);
  Sequence restarted = after(1, {2, 4, 1, 2, 3, 4});
  CHECK(restarted.lost() == 1);
}

TEST_CASE("a number that is too far ahead begins anew, and is no loss") {
  CHECK(after(1, {UINT64_MAX, 1, 2}).lost() == 0);
  CHECK(after(1, {2 + Sequence::longest_gap}).lost() == Sequence::longest_gap);
  CHECK(after(1, {3 + Sequence::longest_gap}).lost() == 0);
}
