#include <doctest/doctest.h>

#include "driver_calls.hpp"
#include "support/postgres_server.hpp"

using namespace dbpool;

TEST_CASE("a stopped server holds nobody longer than the deadline, and not when the connection closes") {
  PostgresServer stopped;
  auto connection = open(stopped.dsn());
  auto idle = open(stopped.dsn());
  stopped.freeze();
  const TimePoint begin = now();
  CHECK(failure([&] { ping(*connection, "SELECT 1", 300ms); }).kind() == ErrorKind::timeout);
  CHECK(now() - begin < stretched(1300ms));
  CHECK(connection->is_broken());
  CHECK(failure([&] { open(stopped.dsn(), 300ms); }).kind() == ErrorKind::timeout);
  CHECK(now() - begin < stretched(2600ms));
  const TimePoint closing = now();
  connection.reset();
  idle.reset();
  CHECK(now() - closing < stretched(500ms));
  stopped.thaw();
  CHECK(value(*open(stopped.dsn()), "SELECT 1") == "1");
}

TEST_CASE("closing a connection waits for nobody while a statement is half sent") {
  PostgresServer stopped;
  auto connection = open(stopped.dsn());
  stopped.freeze();
  const std::string text(16'000'000, 'x');
  CHECK(failure_of(*connection, "SELECT length('" + text + "')", 200ms).kind() == ErrorKind::timeout);
  const TimePoint closing = now();
  connection.reset();
  CHECK(now() - closing < stretched(500ms));
  stopped.thaw();
}

TEST_CASE("a killed server breaks its connections and takes new ones when it is back") {
  PostgresServer killed;
  const auto connection = open(killed.dsn());
  killed.kill();
  CHECK(failure([&] { ping(*connection, "SELECT 1"); }).kind() == ErrorKind::network);
  CHECK(connection->is_broken());
  CHECK(failure([&] { open(killed.dsn()); }).kind() == ErrorKind::connect);
  killed.start();
  CHECK(value(*open(killed.dsn()), "SELECT 1") == "1");
  killed.stop();
  CHECK(failure([&] { open(killed.dsn()); }).kind() == ErrorKind::connect);
}
