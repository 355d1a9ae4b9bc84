#include "dbpool/model/pool_key.hpp"

#include <doctest/doctest.h>

#include <map>

#include "model/utf8.hpp"

using namespace dbpool;

namespace {

std::string label_of(const PoolKey::Parts& parts) {
  return PoolKey(parts).label();
}

/// Returns the key's name for a name of a target.
std::string name_of(const std::string& name) {
  return PoolKey({.source = "app", .name = name}).name();
}

}  // namespace

TEST_CASE("the label joins the names that the key has") {
  CHECK(label_of({.source = "orders"}) == "orders");
  CHECK(label_of({.source = "app", .name = "main"}) == "app/main");
  CHECK(label_of({.source = "pgb", .database = "app", .scope = PoolScope::database}) == "pgb/app");
  CHECK(label_of({.source = "pgb", .database = "app", .user = "alice"}) == "pgb/app/alice");
  CHECK(label_of({.source = "pgb", .database = "app", .user = "alice", .application = "web"}) ==
        "pgb/app/alice/web");
  CHECK(label_of({.source = "otel", .application = "shop", .name = "main"}) == "otel/shop/main");
}

TEST_CASE("an empty name has its place in the label, an absent one has none") {
  CHECK(label_of({.source = "pgp", .database = "", .user = "alice"}) == "pgp//alice");
  CHECK(label_of({.source = "pgp", .user = "alice"}) == "pgp/alice");
  CHECK(PoolKey().label().empty());
}

TEST_CASE("names that are not UTF-8 are made so") {
  const PoolKey key({.source = "s\xFF", .database = "\xC3", .user = "a\xFEz"});
  CHECK(key.source() == "s\xEF\xBF\xBD");
  CHECK(key.database() == "\xEF\xBF\xBD");
  CHECK(key.label() == "s\xEF\xBF\xBD/\xEF\xBF\xBD/a\xEF\xBF\xBDz");
}

TEST_CASE("a name of the longest length stays, and a longer one is cut and stays different") {
  const std::string longest(PoolKey::longest_name, 'x');
  CHECK(name_of(longest) == longest);
  std::map<std::string, std::string> shown;
  for (const char* const end : {"a", "b", "ab"}) {
    const std::string name = name_of(longest + end);
    CHECK(name.size() <= PoolKey::longest_name);
    CHECK(name.starts_with(std::string(180, 'x')));
    CHECK(name == name_of(longest + end));
    shown[name] = end;
  }
  CHECK(shown.size() == 3);
  CHECK_FALSE(shown.contains(longest));
}

TEST_CASE("the hash in a cut name is the same in every version, so that its history goes on") {
  CHECK(name_of(std::string(300, 'x')) == std::string(183, 'x') + "~e78ddf9f1ba85555");
}

TEST_CASE("a name is not cut inside a character") {
  for (std::size_t before = 0; before < 4; ++before) {
    std::string name(before, 'x');
    while (name.size() < 300) name += "\xF0\x9F\x90\x98";
    CHECK(valid_utf8(name_of(name)) == name_of(name));
    CHECK(name_of(name).size() > PoolKey::longest_name - 4);
    CHECK(name_of(name).size() <= PoolKey::longest_name);
  }
}

TEST_CASE("the name of a source is as configured, however long it is") {
  const std::string source(1000, 's');
  CHECK(label_of({.source = source, .name = "a"}) == source + "/a");
}

TEST_CASE("keys with one label differ where their names or scopes do") {
  const PoolKey pool({.source = "pgb", .database = "app", .user = "alice"});
  const PoolKey database({.source = "pgb", .database = "app/alice", .scope = PoolScope::database});
  CHECK(pool.label() == database.label());
  CHECK(pool != database);
  CHECK(pool == PoolKey({.source = "pgb", .database = "app", .user = "alice"}));
}
