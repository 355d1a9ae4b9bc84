#include "sources/push/pool_shelf.hpp"

#include <doctest/doctest.h>

#include "support/pushes.hpp"

using namespace dbpool;
using namespace dbpool::test;

TEST_CASE("the shelf has room for pools up to its limit, and counts the names beyond it once") {
  PoolShelf shelf(2);
  PoolShelf::Pool* const first = shelf.admit("a", arrival(1));
  REQUIRE(first != nullptr);
  CHECK(shelf.admit("b", arrival(2)) != nullptr);
  CHECK(shelf.admit("a", arrival(3)) == first);
  CHECK(shelf.admit("c", arrival(4)) == nullptr);
  CHECK(shelf.admit("c", arrival(5)) == nullptr);
  CHECK(shelf.admit("d", arrival(5)) == nullptr);
  CHECK(shelf.dropped() == 2);
  shelf.erase("a");
  CHECK(shelf.admit("c", arrival(6)) != nullptr);
  CHECK(shelf.dropped() == 1);
}

TEST_CASE("the pool that makes room is the one that is silent for longest") {
  PoolShelf shelf(3);
  shelf.admit("a", arrival(3));
  shelf.admit("b", arrival(1));
  shelf.admit("c", arrival(2));
  CHECK(shelf.longest_silent({}) == "b");
  CHECK(shelf.longest_silent({"b"}) == "c");
  CHECK(shelf.longest_silent({"a", "b", "c"}) == std::nullopt);
}

TEST_CASE("silent pools and names that were refused long ago are forgotten") {
  PoolShelf shelf(1);
  shelf.admit("a", arrival(1));
  shelf.admit("b", arrival(2));
  shelf.forget(arrival(0));
  CHECK(shelf.pools().size() == 1);
  shelf.forget(arrival(2));
  CHECK(shelf.pools().empty());
  CHECK(shelf.dropped() == 0);
}
