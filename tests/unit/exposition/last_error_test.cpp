#include "exposition/last_error.hpp"

#include <doctest/doctest.h>

#include "support/fakes/known_fleet.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

const WallTime then = unix_time(5000);

PoolSnapshot pool_with(ErrorKind kind) {
  PoolSnapshot s;
  s.phase = PoolPhase::serving;
  s.created = 3;
  s.last_error = "the database said so";
  s.last_error_kind = kind;
  s.last_error_at = then;
  s.last_connect_ok = true;
  s.errors_recent = 1;
  return s;
}

PoolSnapshot while_connecting(ErrorKind kind) {
  PoolSnapshot s = pool_with(kind);
  s.last_connect_ok = false;
  return s;
}

std::string text(const PoolSnapshot& s) {
  return last_error(s).value().text;
}

}  // namespace

TEST_CASE("an error begins with the document's phrase where one fits, and tells its own text in any case") {
  CHECK(text(pool_with(ErrorKind::validation)) == "Connection validation failed: the database said so");
  CHECK(text(pool_with(ErrorKind::connect)) == "Database connection refused: the database said so");
  for (const auto kind : {ErrorKind::network, ErrorKind::timeout}) {
    CHECK(text(while_connecting(kind)) == "Database connection refused: the database said so");
    CHECK(text(pool_with(kind)) == "the database said so");
  }
  for (const auto kind : {ErrorKind::authentication, ErrorKind::query, ErrorKind::other}) {
    CHECK(text(while_connecting(kind)) == "the database said so");
  }
  CHECK(last_error(pool_with(ErrorKind::query))->time == then);
}

TEST_CASE("a connect that timed out before there ever was a connection is a timeout of the initialization") {
  PoolSnapshot s = while_connecting(ErrorKind::timeout);
  s.created = 0;
  CHECK(text(s) == "Pool initialization timeout: the database said so");
}

TEST_CASE("an acquisition that timed out counts as the last error when nothing went wrong since") {
  PoolSnapshot s;
  CHECK_FALSE(last_error(s));
  s.acquisition_timeouts = 4;
  s.last_timeout_at = then;
  CHECK(text(s) == "Connection acquisition timeout: 4 so far");
  PoolSnapshot both = pool_with(ErrorKind::query);
  both.last_timeout_at = then - 1s;
  CHECK(text(both) == "the database said so");
  both.last_timeout_at = then + 1s;
  CHECK(last_error(both)->time == then + 1s);
}

TEST_CASE("an error is present while it counts for health or the pool is recovering") {
  PoolSnapshot s = pool_with(ErrorKind::connect);
  CHECK(present_error(s, then + 1s));
  s.errors_recent = 0;
  CHECK_FALSE(present_error(s, then + 1s));
  s.phase = PoolPhase::recovering;
  CHECK(present_error(s, then + 1h));
}

TEST_CASE("an acquisition that timed out is present for a minute, and an error behind it is told instead") {
  PoolSnapshot s;
  s.last_timeout_at = then;
  CHECK(present_error(s, then + 60s));
  CHECK_FALSE(present_error(s, then + 61s));
  PoolSnapshot both = pool_with(ErrorKind::connect);
  both.last_timeout_at = then + 1s;
  CHECK(present_error(both, then + 2s)->text.starts_with("Database connection refused"));
}
