#include "sources/push/events/clients.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace std::chrono_literals;
using namespace dbpool;

TEST_CASE("a client is found by its name, and there is room for so many") {
  EventClients clients(2);
  EventClient& web = clients.add("web", TimePoint(1s));
  CHECK(clients.find("web") == &web);
  CHECK(clients.find("job") == nullptr);
  CHECK(clients.has_room());
  clients.add("", TimePoint(2s));
  CHECK_FALSE(clients.has_room());
  CHECK(clients.find("") != nullptr);
  clients.erase(web);
  CHECK(clients.find("web") == nullptr);
  CHECK(clients.size() == 1);
}

TEST_CASE("a client is silent since it was heard last") {
  EventClients clients(10);
  CHECK_FALSE(clients.longest_silent_since());
  clients.add("a", TimePoint(1s));
  clients.add("b", TimePoint(3s)).heard = TimePoint(5s);
  CHECK(clients.longest_silent_since() == TimePoint(1s));
  REQUIRE(clients.silent_since(TimePoint(4s)).size() == 1);
  CHECK(clients.silent_since(TimePoint(4s)).front()->name == "a");
  CHECK(clients.silent_since(TimePoint(5s)).size() == 2);
}

TEST_CASE("losses add up over clients, and stay when a client has left") {
  EventClients clients(10);
  CHECK_FALSE(clients.lost());
  EventClient& a = clients.add("a", TimePoint(1s));
  EventClient& b = clients.add("b", TimePoint(1s));
  for (const std::uint64_t number : {1, 4}) CHECK(clients.arrive(a, number));
  for (const std::uint64_t number : {10, 12, 11}) CHECK(clients.arrive(b, number));
  CHECK_FALSE(clients.arrive(b, 12));
  CHECK(clients.lost() == 2U);
  clients.erase(a);
  CHECK(clients.lost() == 2U);
  CHECK(clients.arrive(clients.add("a", TimePoint(2s)), 50));
  CHECK(clients.lost() == 2U);
}
