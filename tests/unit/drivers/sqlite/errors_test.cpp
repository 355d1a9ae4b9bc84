#include "drivers/sqlite/errors.hpp"

#include <doctest/doctest.h>

using namespace dbpool;

TEST_CASE("a code is shown by its extended name, and an unknown one by its primary name") {
  CHECK(sqlite_code_name(SQLITE_FULL) == "SQLITE_FULL");
  CHECK(sqlite_code_name(SQLITE_BUSY_SNAPSHOT) == "SQLITE_BUSY_SNAPSHOT");
  CHECK(sqlite_code_name(SQLITE_IOERR | (99 << 8)) == "SQLITE_IOERR 25354");
}

TEST_CASE("a full disk is the statement's failure and an unusable file breaks the connection") {
  CHECK(sqlite_statement_kind(SQLITE_FULL) == ErrorKind::query);
  CHECK(sqlite_statement_kind(SQLITE_IOERR_READ) == ErrorKind::network);
  CHECK(sqlite_statement_kind(SQLITE_CORRUPT) == ErrorKind::network);
}

TEST_CASE(
    "a lock that waiting could have given is a timeout, one that it could not is the statement's failure") {
  CHECK(sqlite_statement_kind(SQLITE_BUSY) == ErrorKind::timeout);
  CHECK(sqlite_statement_kind(SQLITE_BUSY_SNAPSHOT) == ErrorKind::query);
  CHECK(sqlite_statement_kind(SQLITE_LOCKED) == ErrorKind::query);
}
