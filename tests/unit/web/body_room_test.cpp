#include "web/body_room.hpp"

#include <doctest/doctest.h>

#include "web/body.hpp"

namespace dbpool {
namespace {

constexpr std::size_t free_bytes = RoomShare::free_bytes;

TEST_CASE("a room gives what is free, and again what comes back") {
  BodyRoom room(100);
  CHECK(room.take(60));
  CHECK_FALSE(room.take(41));
  CHECK(room.take(40));
  room.give_back(60);
  CHECK_FALSE(room.take(SIZE_MAX));
  CHECK(room.take(60));
}

TEST_CASE("a share counts beyond its free bytes, and gives back at its end") {
  const auto room = std::make_shared<BodyRoom>(100);
  RoomShare small(room);
  CHECK(small.grow_to(free_bytes));
  {
    RoomShare large(room);
    CHECK(large.grow_to(free_bytes + 100));
    CHECK(large.grow_to(free_bytes + 50));
    CHECK_FALSE(large.grow_to(free_bytes + 101));
    const RoomShare moved = std::move(large);
    CHECK_FALSE(small.grow_to(free_bytes + 1));
  }
  CHECK(small.grow_to(free_bytes + 100));
  CHECK(RoomShare().grow_to(SIZE_MAX));
}

TEST_CASE("a body grows as long as there is room, and holds it until it is destroyed") {
  const BodyRules rules{.limit = 10 * free_bytes, .room = std::make_shared<BodyRoom>(4 * free_bytes)};
  const std::string part(free_bytes, 'x');
  BodyBuffer first(rules);
  for (int i = 0; i < 4; ++i) REQUIRE(first.append(part));
  BodyBuffer second(rules);
  CHECK(second.append(part));
  CHECK_FALSE(second.append(part + part));
  CHECK_FALSE(second.append("x"));
  CHECK(second.take(BodyEnd::complete).end == BodyEnd::no_room);
  {
    const Body whole = first.take(BodyEnd::complete);
    CHECK(whole.end == BodyEnd::complete);
    CHECK(whole.text.size() == 4 * free_bytes);
    CHECK_FALSE(rules.room->take(4 * free_bytes));
  }
  CHECK(rules.room->take(4 * free_bytes));
}

TEST_CASE("a body with a length takes no more room than its length") {
  const BodyRules rules{.limit = 10 * free_bytes, .room = std::make_shared<BodyRoom>(free_bytes)};
  BodyBuffer body(rules, 2 * free_bytes);
  for (std::size_t i = 0; i < 2 * free_bytes; i += 1024) REQUIRE(body.append(std::string(1024, 'x')));
  CHECK_FALSE(body.append("x"));
  CHECK(body.take(BodyEnd::complete).end == BodyEnd::too_large);
}

}  // namespace
}  // namespace dbpool
