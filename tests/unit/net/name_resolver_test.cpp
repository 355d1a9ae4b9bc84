#include "net/name_resolver.hpp"

#include <doctest/doctest.h>
#include <poll.h>

#include <atomic>
#include <list>

#include "support/fakes/gate.hpp"

using namespace dbpool;

namespace {

Addresses await(const NameLookup& lookup) {
  pollfd waiting{lookup.fd(), POLLIN, 0};
  REQUIRE(::poll(&waiting, 1, 5000) == 1);
  const auto result = lookup.result();
  REQUIRE(result.has_value());
  return *result;
}

}  // namespace

TEST_CASE("a name that many ask for at once is looked up once and answered to all") {
  const auto gate = std::make_shared<Gate>();
  NameResolver resolver([gate](const std::string& host) {
    gate->pass();
    return Addresses{{host + "!"}, ""};
  });
  std::vector<NameLookup> askers;
  for (int i = 0; i < 20; ++i) askers.push_back(resolver.look_up("db"));
  CHECK_FALSE(askers.front().result().has_value());
  gate->open();
  for (const NameLookup& asker : askers) CHECK(await(asker).numeric == std::vector<std::string>{"db!"});
  CHECK(gate->arrived() == 1);
}

TEST_CASE("a name is asked for afresh once its lookup is done") {
  const auto calls = std::make_shared<std::atomic<int>>(0);
  NameResolver resolver([calls](const std::string&) { return Addresses{{std::to_string(++*calls)}, ""}; });
  const NameLookup first = resolver.look_up("db");
  CHECK(await(first).numeric.front() == "1");
  const NameLookup second = resolver.look_up("db");
  CHECK(await(second).numeric.front() == "2");
}

TEST_CASE("a dead resolver ties up four threads at most, and names nobody waits for are skipped") {
  const auto dead = std::make_shared<Gate>();
  const auto asked = std::make_shared<Guarded<std::vector<std::string>>>();
  NameResolver resolver([dead, asked](const std::string& host) {
    asked->access()->push_back(host);
    dead->pass();
    return Addresses{{}, "gone"};
  });
  std::vector<NameLookup> stuck;
  for (int i = 0; i < 4; ++i) stuck.push_back(resolver.look_up("dead" + std::to_string(i)));
  for (int i = 0; i < 100; ++i) resolver.look_up("abandoned" + std::to_string(i));
  const NameLookup last = resolver.look_up("last");
  dead->await_arrivals(4);
  CHECK(dead->arrived() == 4);
  dead->open();
  CHECK(await(last).problem == "gone");
  CHECK(asked->access()->size() == 5);
}

TEST_CASE("resolvers that share threads tie up four together, and each has its own answers") {
  const auto dead = std::make_shared<Gate>();
  const auto lookups = NameResolver::lookup_threads();
  std::list<NameResolver> resolvers;
  for (int i = 0; i < 6; ++i) {
    const auto answer = std::to_string(i);
    resolvers.emplace_back(
        [dead, answer](const std::string&) {
          dead->pass();
          return Addresses{{answer}, ""};
        },
        lookups);
  }
  std::vector<NameLookup> asked;
  for (NameResolver& resolver : resolvers) asked.push_back(resolver.look_up("db"));
  dead->await_arrivals(4);
  CHECK(lookups->count() == 4);
  dead->open();
  for (int i = 0; i < 6; ++i)
    CHECK(await(asked.at(static_cast<std::size_t>(i))).numeric.front() == std::to_string(i));
}

TEST_CASE("numeric addresses need no lookup and take their canonical form") {
  CHECK(numeric_address("127.0.0.1") == "127.0.0.1");
  CHECK(numeric_address("0:0::0001") == "::1");
  CHECK_FALSE(numeric_address("localhost").has_value());
}

TEST_CASE("the system knows localhost and does not know an invalid name") {
  CHECK_FALSE(system_addresses("localhost").numeric.empty());
  const Addresses none = system_addresses("no such host.invalid");
  CHECK(none.numeric.empty());
  CHECK_FALSE(none.problem.empty());
}
