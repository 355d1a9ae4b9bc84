#pragma once

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include "support/driver_calls.hpp"

// The behaviour that every driver has. A test of a driver invokes each case with a `Database`, which is
// default constructible and has
//   std::unique_ptr<Connection> open()         a new connection
//   static std::string numbers(int count)      a statement that returns the rows 1 to `count`
//   static std::string endless()               a statement that does not end

namespace dbpool {

TEST_CASE_TEMPLATE_DEFINE("results are text, with NULL apart from the empty string", Database, driver_text) {
  Database database;
  const auto connection = database.open();
  const QueryResult result = connection->execute("SELECT 1 AS a, NULL AS b, '' AS c, 'é€' AS d", in(10s));
  CHECK(result.columns == std::vector<std::string>{"a", "b", "c", "d"});
  using Row = std::vector<std::optional<std::string>>;
  CHECK(result.rows == std::vector<Row>{Row{"1", std::nullopt, "", "é€"}});
  CHECK(connection->execute("SELECT 1 AS a WHERE 1 = 0", in(10s)).columns == std::vector<std::string>{"a"});
  CHECK(connection->native_handle() != nullptr);
  CHECK_FALSE(connection->is_broken());
}

TEST_CASE_TEMPLATE_DEFINE("only statements that change rows report affected rows", Database,
                          driver_affected_rows) {
  Database database;
  const auto connection = database.open();
  CHECK(connection->execute("CREATE TEMP TABLE t(x int)", in(10s)).affected_rows == 0);
  CHECK(connection->execute("INSERT INTO t VALUES (1), (2), (3)", in(10s)).affected_rows == 3);
  CHECK(connection->execute("SELECT * FROM t", in(10s)).affected_rows == 0);
  CHECK(connection->execute("DELETE FROM t WHERE x > 100", in(10s)).affected_rows == 0);
  CHECK(connection->execute("DELETE FROM t WHERE x > 1", in(10s)).affected_rows == 2);
}

TEST_CASE_TEMPLATE_DEFINE("rows are read up to the cap, and one more fails the statement", Database,
                          driver_row_cap) {
  Database database;
  const auto connection = database.open();
  const auto cap = static_cast<int>(Connection::max_rows);
  CHECK(connection->execute(Database::numbers(cap), in(60s)).rows.size() == Connection::max_rows);
  const DriverError error = failure_of(*connection, Database::numbers(cap + 1), 60s);
  CHECK(error.kind() == ErrorKind::other);
  CHECK(contains(error.what(), "more than 100000 rows"));
}

TEST_CASE_TEMPLATE_DEFINE("a statement without a result drops its rows, however many", Database,
                          driver_dropped_rows) {
  Database database;
  const auto connection = database.open();
  ping(*connection, Database::numbers(static_cast<int>(Connection::max_rows) + 1), 60s);
  CHECK(value(*connection, "SELECT 1") == "1");
}

TEST_CASE_TEMPLATE_DEFINE("a statement that the database refuses leaves the connection whole", Database,
                          driver_refusal) {
  Database database;
  const auto connection = database.open();
  const DriverError error = failure_of(*connection, "SELECT 'hunter2' FROM missing_table");
  CHECK(error.kind() == ErrorKind::query);
  CHECK(contains(error.what(), "missing_table"));
  CHECK_FALSE(contains(error.what(), "hunter2"));
  CHECK(failure_of(*connection, std::string("SELECT 1\0 FROM t", 16)).kind() == ErrorKind::query);
  CHECK_FALSE(connection->is_broken());
  CHECK(value(*connection, "SELECT 1") == "1");
}

TEST_CASE_TEMPLATE_DEFINE("a connection is broken inside a transaction and whole after it", Database,
                          driver_transaction) {
  Database database;
  const auto connection = database.open();
  CHECK_FALSE(connection->is_broken());
  connection->execute("BEGIN", in(10s));
  CHECK(connection->is_broken());
  CHECK(value(*connection, "SELECT 1") == "1");
  CHECK(connection->is_broken());
  connection->execute("ROLLBACK", in(10s));
  CHECK_FALSE(connection->is_broken());
}

TEST_CASE_TEMPLATE_DEFINE("a statement that never began leaves the connection whole", Database,
                          driver_never_began) {
  Database database;
  const auto connection = database.open();
  connection->start_query("SELECT 1", in(10s));
  CHECK_FALSE(connection->is_broken());
  CHECK(value(*connection, "SELECT 1") == "1");
}

TEST_CASE_TEMPLATE_DEFINE("a runaway statement ends at its deadline and breaks the connection", Database,
                          driver_runaway) {
  Database database;
  const auto connection = database.open();
  const TimePoint begin = now();
  const DriverError error = failure_of(*connection, Database::endless(), 300ms);
  CHECK(error.kind() == ErrorKind::timeout);
  CHECK(now() - begin >= 300ms);
  CHECK(now() - begin < stretched(1300ms));
  CHECK(connection->is_broken());
}

}  // namespace dbpool

/// Runs every case of the contract with each `Database` that is named.
#define DRIVER_CONTRACT(...)                                    \
  TEST_CASE_TEMPLATE_INVOKE(driver_text, __VA_ARGS__);          \
  TEST_CASE_TEMPLATE_INVOKE(driver_affected_rows, __VA_ARGS__); \
  TEST_CASE_TEMPLATE_INVOKE(driver_row_cap, __VA_ARGS__);       \
  TEST_CASE_TEMPLATE_INVOKE(driver_dropped_rows, __VA_ARGS__);  \
  TEST_CASE_TEMPLATE_INVOKE(driver_refusal, __VA_ARGS__);       \
  TEST_CASE_TEMPLATE_INVOKE(driver_transaction, __VA_ARGS__);   \
  TEST_CASE_TEMPLATE_INVOKE(driver_never_began, __VA_ARGS__)
