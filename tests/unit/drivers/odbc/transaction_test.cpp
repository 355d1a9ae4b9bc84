#include "drivers/odbc/transaction.hpp"

#include <doctest/doctest.h>

using dbpool::in_transaction_after;

TEST_CASE("the first words of a statement tell whether it leaves the session inside a transaction") {
  for (const char* begins : {"BEGIN", "begin transaction", " BEGIN TRAN;", "START TRANSACTION",
                             "BEGIN IMMEDIATE", "SAVEPOINT a", "SELECT 1; BEGIN", "BEGIN; ROLLBACK TO a"}) {
    CAPTURE(begins);
    CHECK(in_transaction_after(begins, false));
  }
  for (const char* ends : {"COMMIT", "ROLLBACK;", "end", "ABORT", "COMMIT WORK", "BEGIN; UPDATE t; COMMIT"}) {
    CAPTURE(ends);
    CHECK_FALSE(in_transaction_after(ends, true));
  }
  for (const char* stays : {"", "SELECT 1", "ROLLBACK TO SAVEPOINT a", "ROLLBACK TRANSACTION TO a",
                            "COMMIT AND CHAIN", "BEGIN SELECT 1; END", "-- BEGIN"}) {
    CAPTURE(stays);
    CHECK(in_transaction_after(stays, true));
  }
  for (const char* stays : {"", "SELECT 1", "BEGIN TRY SELECT 1", "COMMIT AND CHAIN", "beginning"}) {
    CAPTURE(stays);
    CHECK_FALSE(in_transaction_after(stays, false));
  }
}

TEST_CASE("comments before a statement do not hide that it begins a transaction") {
  for (const char* begins :
       {"/* orders:42 */ BEGIN", "-- x\nBEGIN", "/* it's */ BEGIN", "/**/BEGIN/* ; COMMIT */",
        "-- ;\n--\nBEGIN", "BEGIN DISTRIBUTED TRANSACTION", "/*!50000 BEGIN */", "BEGIN -- ; COMMIT"}) {
    CAPTURE(begins);
    CHECK(in_transaction_after(begins, false));
  }
  for (const char* ends : {"/* orders:42 */ COMMIT", "-- x\nROLLBACK", "COMMIT -- ; BEGIN"}) {
    CAPTURE(ends);
    CHECK_FALSE(in_transaction_after(ends, true));
  }
}

TEST_CASE("what comments and quotes hold is no statement") {
  for (const char* stays :
       {"INSERT INTO t VALUES ('first; commit later')", "UPDATE t SET x = 1 -- so far; end of story",
        "UPDATE t SET x = 1 /* ; COMMIT */", "SELECT \"a; ROLLBACK\" FROM t", "SELECT `a; ROLLBACK` FROM t",
        "SELECT [a; ROLLBACK] FROM t", "SELECT 'it''s; commit'", "SELECT $$; COMMIT$$",
        "DO $do$ $$; COMMIT$$ $do$", "SELECT '-- ', 1; SELECT '; COMMIT'"}) {
    CAPTURE(stays);
    CHECK(in_transaction_after(stays, true));
    CHECK_FALSE(in_transaction_after(stays, false));
  }
  CHECK_FALSE(in_transaction_after("INSERT INTO t VALUES ('a'); COMMIT", true));
  CHECK_FALSE(in_transaction_after("SELECT 'BEGIN'; COMMIT", true));
  CHECK_FALSE(in_transaction_after("SELECT '; BEGIN'", false));
  CHECK_FALSE(in_transaction_after("SELECT a$b$c; COMMIT", true));
  CHECK_FALSE(in_transaction_after("UPDATE t SET price = $1; COMMIT", true));
}

TEST_CASE("what databases read differently ends no transaction, and may begin one") {
  // A backslash before a quote, a comment in a comment, unterminated text, and # as a comment.
  for (const char* unclear : {"SELECT 'a\\'; COMMIT; -- '", "/* /* */ COMMIT */", "SELECT 'a; COMMIT",
                              "SELECT 1 # ; COMMIT", "SELECT $x$; COMMIT", "/* ; COMMIT"}) {
    CAPTURE(unclear);
    CHECK(in_transaction_after(unclear, true));
    CHECK_FALSE(in_transaction_after(unclear, false));
  }
  for (const char* unclear : {"SELECT 'a\\'; BEGIN; -- '", "/* /* */ BEGIN */", "# x\nBEGIN"}) {
    CAPTURE(unclear);
    CHECK(in_transaction_after(unclear, false));
  }
}
