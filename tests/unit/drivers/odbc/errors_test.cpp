#include "drivers/odbc/errors.hpp"

#include <doctest/doctest.h>

using namespace dbpool;

TEST_CASE("a state tells what a failed statement means") {
  const std::pair<const char*, ErrorKind> cases[] = {
      {"42S02", ErrorKind::query},          {"23000", ErrorKind::query},
      {"HY000", ErrorKind::query},          {"08S01", ErrorKind::network},
      {"08003", ErrorKind::network},        {"57P01", ErrorKind::network},
      {"HYT00", ErrorKind::timeout},        {"HYT01", ErrorKind::timeout},
      {"57014", ErrorKind::timeout},        {"HY008", ErrorKind::timeout},
      {"28000", ErrorKind::authentication}, {"HY001", ErrorKind::other},
      {"IM001", ErrorKind::other},          {"", ErrorKind::query},
  };
  for (const auto& [sqlstate, kind] : cases) {
    CAPTURE(sqlstate);
    CHECK(odbc_statement_kind(sqlstate, false) == kind);
  }
}

TEST_CASE("whatever the state, a statement that ended on a dead connection failed by the network") {
  CHECK(odbc_statement_kind("42S02", true) == ErrorKind::network);
  CHECK(odbc_statement_kind("HYT00", true) == ErrorKind::network);
}

TEST_CASE("the words of a driver that gives a general state tell that the session is lost") {
  CHECK(odbc_says_lost({"HY000", "[ma-3.1][10.11]Server has gone away; server has gone away"}));
  CHECK(odbc_says_lost({"HY000", "Lost connection to MySQL server during query"}));
  CHECK(odbc_says_lost({"HY000", "The client was disconnected by the server because of inactivity."}));
  CHECK(odbc_says_lost({"25P03", "FATAL: terminating connection due to idle-in-transaction timeout"}));
  CHECK(odbc_says_lost({"S1000", "server closed\nthe connection unexpectedly"}));
  CHECK_FALSE(odbc_says_lost({"HY000", "Unknown column"}));
  CHECK_FALSE(odbc_says_lost({"42000", "near 'server has gone away'"}));
}

TEST_CASE("a state, or the words of a driver that gives the wrong one, tell why a connect failed") {
  CHECK(odbc_connect_kind({"28000", "Login failed for user 'sa'."}) == ErrorKind::authentication);
  CHECK(odbc_connect_kind({"28P01", ""}) == ErrorKind::authentication);
  CHECK(odbc_connect_kind({"HYT00", "Login timeout expired"}) == ErrorKind::timeout);
  CHECK(odbc_connect_kind({"HYT01", ""}) == ErrorKind::timeout);
  CHECK(odbc_connect_kind({"08001", "Connection refused"}) == ErrorKind::connect);
  CHECK(odbc_connect_kind({"08001", "database \"role\" does not exist"}) == ErrorKind::connect);
  CHECK(odbc_connect_kind({"01000", "Can't open lib 'x' : file not found"}) == ErrorKind::connect);
  CHECK(odbc_connect_kind({"08001", "FATAL:  password authentication failed for user \"u\"\n"}) ==
        ErrorKind::authentication);
  CHECK(odbc_connect_kind({"08001", "fe_sendauth: no password supplied"}) == ErrorKind::authentication);
  CHECK(odbc_connect_kind({"08001", "failed: FATAL:  role \"u\" does not exist"}) ==
        ErrorKind::authentication);
}

TEST_CASE("a handle without a diagnostic record still gives a reason") {
  SQLHENV environment = SQL_NULL_HENV;
  REQUIRE(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &environment)));
  const OdbcDiagnosis diagnosis = diagnose(SQL_HANDLE_ENV, environment);
  SQLFreeHandle(SQL_HANDLE_ENV, environment);
  CHECK(diagnosis.sqlstate.empty());
  CHECK(diagnosis.text == "the driver gave no reason");
}
