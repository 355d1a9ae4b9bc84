#include "web/http1/open_connections.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <array>
#include <utility>

#include "sync/descriptor.hpp"

namespace dbpool {
namespace {

/// Two connected sockets.
struct Pair {
  Pair() {
    std::array<int, 2> sockets{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets.data()) == 0);
    ours = Descriptor(sockets[0]);
    theirs = Descriptor(sockets[1]);
  }
  /// Returns whether our end was shut down.
  bool is_shut_down() const {
    char byte = 0;
    return ::recv(theirs.get(), &byte, 1, MSG_DONTWAIT) == 0;
  }
  Descriptor ours, theirs;
};

TEST_CASE("a new connection evicts the oldest that waits for its client") {
  const auto all = std::make_shared<OpenConnections>(2);
  std::array<Pair, 5> pairs;
  const auto add = [&](std::size_t i) { return all->add(pairs.at(i).ours.get()); };
  auto first = add(0);
  auto second = add(1);
  REQUIRE(first.has_value());
  first->work();
  const auto third = add(2);
  REQUIRE(third.has_value());
  CHECK(pairs[1].is_shut_down());
  CHECK_FALSE(pairs[0].is_shut_down());
  first->wait();
  const auto fourth = add(3);
  REQUIRE(fourth.has_value());
  CHECK(pairs[0].is_shut_down());
  CHECK_FALSE(pairs[2].is_shut_down());
}

TEST_CASE("while all others are at work there is no place") {
  const auto all = std::make_shared<OpenConnections>(1);
  const Pair one, other;
  auto place = all->add(one.ours.get());
  place->work();
  CHECK_FALSE(all->add(other.ours.get()).has_value());
  CHECK_FALSE(all->evict());
  place.reset();
  CHECK(all->add(other.ours.get()).has_value());
  CHECK_FALSE(one.is_shut_down());
}

TEST_CASE("a place that is given back evicts no one") {
  const auto all = std::make_shared<OpenConnections>(1);
  const Pair one, other;
  { const auto place = all->add(one.ours.get()); }
  const auto place = all->add(other.ours.get());
  CHECK_FALSE(one.is_shut_down());
  CHECK(all->evict());
  CHECK_FALSE(all->evict());
  CHECK(other.is_shut_down());
}

TEST_CASE("after the end all are shut down, and none is added") {
  const auto all = std::make_shared<OpenConnections>(10);
  const Pair waiting, working, late;
  const auto place = all->add(waiting.ours.get());
  auto busy = all->add(working.ours.get());
  busy->work();
  all->shut_down();
  CHECK(waiting.is_shut_down());
  CHECK(working.is_shut_down());
  CHECK_FALSE(all->add(late.ours.get()).has_value());
}

TEST_CASE("a process with few descriptors has few connections") {
  CHECK(connections_allowed(1'000'000) == 128);
  CHECK(connections_allowed(1024) == 128);
  CHECK(connections_allowed(512) == 64);
  CHECK(connections_allowed(0) == 4);
}

}  // namespace
}  // namespace dbpool
