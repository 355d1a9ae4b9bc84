#include "sources/pgbouncer/limits.hpp"

#include <doctest/doctest.h>

#include "sources/pgbouncer/pgbouncer.hpp"
#include "support/text/captured_answers.hpp"
#include "support/text/find_pool.hpp"

using namespace dbpool;
using namespace dbpool::test;

namespace {

using Fields = std::vector<std::optional<std::string>>;

/// A console whose answers are built row by row, with the columns under test.
struct Console {
  Captured answers{
      {"SHOW POOLS",
       {{"database", "user", "cl_active", "cl_waiting", "sv_active", "sv_idle", "sv_used", "sv_login"}, {}}},
      {"SHOW DATABASES",
       {{"name", "force_user", "pool_size", "reserve_pool", "max_connections", "current_connections",
         "paused"},
        {}}},
      {"SHOW CONFIG", {{"key", "value"}, {}}},
      {"SHOW LISTS", {{"list", "items"}, {}}},
      {"SHOW USERS", {{"name", "pool_mode"}, {}}},
  };

  Console& row(const std::string& sql, Fields fields) {
    answers.at(sql).rows.push_back(std::move(fields));
    return *this;
  }
  /// Adds a pool with `active` and `waiting` clients, and one server per active client.
  Console& pool(const char* database, const char* user, const char* active, const char* waiting) {
    return row("SHOW POOLS", {database, user, active, waiting, active, "0", "0", "0"});
  }
  Console& database(const char* name, const char* max, const char* current) {
    return row("SHOW DATABASES", {name, std::nullopt, "20", "0", max, current, "0"});
  }
  Console& config(const char* key, const char* value) { return row("SHOW CONFIG", {key, value}); }
  /// Sets SHOW USERS as 1.24 and later answer.
  Console& users(std::vector<Fields> rows) {
    answers["SHOW USERS"] = {
        {"name", "pool_size", "reserve_pool_size", "max_user_connections", "current_connections"},
        std::move(rows)};
    return *this;
  }
  PoolSnapshot read(const std::string& name) const {
    return pool_of(parse_pgbouncer("pgb", answers_to(pgbouncer_statements({}), answers)), name);
  }
};

}  // namespace

TEST_CASE("a user's limit bounds each of its pools, and they share it") {
  Console console;
  console.config("max_user_connections", "2").database("app", "0", "2").database("other", "0", "1");
  console.pool("app", "alice", "2", "6");
  const PoolSnapshot alone = console.read("pgb/app/alice");
  CHECK(alone.max == 2);
  CHECK(alone.configured == 2);
  CHECK(alone.limited_by == "max_user_connections");
  CHECK(alone.saturated);

  Console shared;
  shared.config("max_user_connections", "3").database("app", "0", "2").database("other", "0", "1");
  shared.pool("app", "alice", "2", "6").pool("other", "alice", "1", "0").pool("app", "bob", "0", "0");
  CHECK(shared.read("pgb/app/alice").max == 3);
  CHECK(shared.read("pgb/app/alice").saturated);
  CHECK_FALSE(shared.read("pgb/other/alice").saturated);  // without a waiter
  CHECK_FALSE(shared.read("pgb/app/bob").saturated);
}

TEST_CASE("a user's limit that is not used up saturates no pool") {
  Console console;
  console.config("max_user_connections", "3").database("app", "0", "2").pool("app", "alice", "2", "6");
  const PoolSnapshot pool = console.read("pgb/app/alice");
  CHECK(pool.limited_by.empty());
  CHECK_FALSE(pool.saturated);
}

TEST_CASE("a connection that is being opened uses up a limit as well") {
  Console console;
  console.config("max_user_connections", "3").database("app", "0", "3");
  console.row("SHOW POOLS", {"app", "alice", "2", "6", "2", "0", "0", "1"});
  CHECK(console.read("pgb/app/alice").saturated);
}

TEST_CASE("users that share a database's limit are saturated when it is used up and they wait") {
  Console console;
  console.database("app", "4", "4").pool("app", "alice", "3", "2").pool("app", "bob", "1", "1");
  for (const char* name : {"pgb/app/alice", "pgb/app/bob"}) {
    CAPTURE(name);
    const PoolSnapshot pool = console.read(name);
    CHECK(pool.max == 4);
    CHECK(pool.limited_by == "max_db_connections");
    CHECK(pool.saturated);
  }
  Console free;
  free.database("app", "4", "3").pool("app", "alice", "3", "2");
  CHECK_FALSE(free.read("pgb/app/alice").saturated);
}

TEST_CASE("a pool that is full by its own size names no other limit") {
  Console console;
  console.config("max_user_connections", "20").database("app", "20", "20").pool("app", "alice", "20", "2");
  const PoolSnapshot pool = console.read("pgb/app/alice");
  CHECK(pool.limited_by.empty());
  CHECK(pool.active == pool.max);  // which already shows the limit
}

TEST_CASE("a user that a database names has a count of its own there, before the console counts by user") {
  Console console;
  console.config("max_user_connections", "3");
  for (const char* name : {"app", "other"})
    console.row("SHOW DATABASES", {name, "owner", "20", "0", "0", "2", "0"}).pool(name, "owner", "2", "1");
  CHECK(console.read("pgb/app/owner").max == 3);
  CHECK_FALSE(console.read("pgb/app/owner").saturated);
}

TEST_CASE("before 1.23 a user that has more than the limit of all has one of its own, which is not known") {
  Console console;
  console.config("max_user_connections", "2").database("app", "0", "5").pool("app", "alice", "5", "1");
  const PoolSnapshot pool = console.read("pgb/app/alice");
  CHECK(pool.max == 20);
  CHECK_FALSE(pool.saturated);
}

TEST_CASE("1.24: what a user has of its own replaces what its database has, 0 and NULL included") {
  Console console;
  console.config("max_user_connections", "2").database("app", "0", "3").pool("app", "alice", "3", "1");
  console.users({{"alice", std::nullopt, std::nullopt, "5", "5"}});  // two of them with another database
  CHECK(console.read("pgb/app/alice").max == 5);
  CHECK(console.read("pgb/app/alice").saturated);
  console.users({{"alice", "3", "1", "0", "3"}});
  CHECK(console.read("pgb/app/alice").max == 4);
  CHECK(console.read("pgb/app/alice").configured == 3);
  CHECK_FALSE(console.read("pgb/app/alice").saturated);
  console.users({{"alice", "0", std::nullopt, "0", "3"}});
  CHECK_FALSE(console.read("pgb/app/alice").max.has_value());
}

TEST_CASE("a pool that is paused is not saturated, though clients wait") {
  Console console;
  console.row("SHOW DATABASES", {"app", std::nullopt, "20", "0", "4", "4", "1"});
  console.pool("app", "alice", "4", "2");
  const PoolSnapshot pool = console.read("pgb/app/alice");
  CHECK(pool.limited_by.empty());
  CHECK_FALSE(pool.saturated);
}
