#include <doctest/doctest.h>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include "dbpool/drivers/postgres.hpp"
#include "postgres_calls.hpp"
#include "support/driver_contract.hpp"
#include "support/servers/postgres_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

/// The server that most tests share.
PostgresServer& server() {
  static PostgresServer one;
  return one;
}

std::string sessions_running(const std::string& what) {
  return server().query("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '" + what +
                        "%' AND state = 'active' AND application_name <> 'fixture'");
}

/// A database for the contract of all drivers.
struct PostgresDatabase {
  static std::unique_ptr<Connection> open() { return dbpool::open(server().dsn()); }
  static std::string numbers(int count) { return fmt::format("SELECT generate_series(1, {})", count); }
  static std::string endless() { return "SELECT pg_sleep(60)"; }
};

}  // namespace

TYPE_TO_STRING(PostgresDatabase);
DRIVER_CONTRACT(PostgresDatabase);
TEST_CASE_TEMPLATE_INVOKE(driver_runaway, PostgresDatabase);

TEST_CASE("a statement that changes rows and returns them reports both") {
  const auto connection = open(server().dsn());
  connection->execute("CREATE TEMP TABLE t AS SELECT generate_series(1, 7) AS x", in(5s));
  const QueryResult returned = connection->execute("DELETE FROM t WHERE x > 4 RETURNING x", in(5s));
  CHECK(returned.affected_rows == 3);
  CHECK(returned.rows.size() == 3);
}

TEST_CASE("of several results the last one counts") {
  const auto connection = open(server().dsn());
  const QueryResult result = connection->execute("SELECT 1 AS a; SELECT 2 AS b, 3 AS c", in(5s));
  CHECK(result.columns == std::vector<std::string>{"b", "c"});
  REQUIRE(result.rows.size() == 1);
  CHECK(result.rows.front().front() == "2");
}

TEST_CASE("more rows than the cap break the connection") {
  const auto connection = open(server().dsn());
  failure_of(*connection, "SELECT generate_series(1, 100001)", 20s);
  CHECK(connection->is_broken());
}

TEST_CASE("a statement larger than the socket's buffer is sent whole") {
  const auto connection = open(server().dsn());
  const std::string text(8'000'000, 'x');
  CHECK(value(*connection, "SELECT length('" + text + "')") == "8000000");
}

TEST_CASE("a failed statement reports its SQLSTATE, and an empty one does not fail") {
  const auto connection = open(server().dsn());
  const DriverError error = failure_of(*connection, "SELECT 'hunter2' FROM nowhere");
  CHECK(error.sqlstate() == "42P01");
  CHECK(std::string(error.what()) ==
        "PostgreSQL statement failed: relation \"nowhere\" does not exist (42P01)");
  CHECK(connection->execute("", in(5s)).rows.empty());
}

TEST_CASE("the server's own statement timeout is a timeout and leaves the connection whole") {
  const auto connection = open(server().dsn() + " options='-c statement_timeout=50'");
  const DriverError error = failure_of(*connection, "SELECT pg_sleep(5)");
  CHECK(error.kind() == ErrorKind::timeout);
  CHECK(error.sqlstate() == "57014");
  CHECK_FALSE(connection->is_broken());
}

TEST_CASE("COPY through the client is refused and breaks the connection") {
  for (const char* sql : {"COPY (SELECT 1) TO STDOUT", "COPY pg_class FROM STDIN"}) {
    const auto connection = open(server().dsn() + " options='-c allow_system_table_mods=on'");
    CHECK(failure_of(*connection, sql).kind() == ErrorKind::query);
    CHECK(connection->is_broken());
  }
}

TEST_CASE("a connection is broken in a transaction that failed") {
  const auto connection = open(server().dsn());
  connection->execute("BEGIN", in(5s));
  CHECK(failure_of(*connection, "SELECT nonsense").kind() == ErrorKind::query);
  CHECK(connection->is_broken());
  connection->execute("ROLLBACK", in(5s));
  CHECK_FALSE(connection->is_broken());
}

TEST_CASE("a runaway statement ends at the server, too") {
  const auto connection = open(server().dsn());
  failure_of(*connection, "SELECT pg_sleep(60)", 300ms);
  CHECK(eventually([] { return sessions_running("SELECT pg_sleep(60)") == "0"; }));
}

TEST_CASE("a ping that is abandoned breaks the connection and is cancelled at the server") {
  const auto connection = open(server().dsn());
  {
    const auto operation = connection->start_query("SELECT pg_sleep(61)", in(60s));
    CHECK(operation->advance(now()).has_value());
    CHECK(eventually([] { return sessions_running("SELECT pg_sleep(61)") == "1"; }));
  }
  CHECK(connection->is_broken());
  CHECK(eventually([] { return sessions_running("SELECT pg_sleep(61)") == "0"; }));
}

TEST_CASE("what is not to be cancelled is left to the server, and the connection is broken all the same") {
  const auto driver =
      postgres_driver(DsnSource(Dsn(server().dsn())), postgres_threads(), PostgresCancel::leave);
  const auto connection = connect(*driver, in(10s));
  CHECK(failure_of(*connection, "SELECT pg_sleep(20)", 300ms).kind() == ErrorKind::timeout);
  CHECK(connection->is_broken());
  std::this_thread::sleep_for(500ms);  // time in which a cancel request would have arrived
  CHECK(sessions_running("SELECT pg_sleep(20)") == "1");
}

TEST_CASE("an answer that came in time counts, however late it is looked at") {
  const auto connection = open(server().dsn());
  QueryResult result;
  const auto operation = connection->start_query("SELECT 42", in(300ms), &result);
  REQUIRE(operation->advance(now()).has_value());
  std::this_thread::sleep_for(600ms);  // as if the process had been stopped
  CHECK_FALSE(operation->advance(now()).has_value());
  CHECK(result.rows.at(0).at(0) == "42");
  CHECK_FALSE(connection->is_broken());
}

TEST_CASE("a terminated session fails its next ping and is broken") {
  const auto connection = open(server().dsn());
  server().query("SELECT pg_terminate_backend(" + value(*connection, "SELECT pg_backend_pid()") + ", 5000)");
  const DriverError error = failure([&] { ping(*connection, "SELECT 1"); });
  CHECK(error.kind() == ErrorKind::network);
  CHECK(connection->is_broken());
}

TEST_CASE("a session that is terminated in the middle of a statement tells why") {
  const auto connection = open(server().dsn());
  std::jthread terminator([] {
    eventually([] { return sessions_running("SELECT pg_sleep(62)") == "1"; });
    server().query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(62)%'");
  });
  const DriverError error = failure_of(*connection, "SELECT pg_sleep(62)");
  CHECK(error.kind() == ErrorKind::network);
  CHECK(error.sqlstate() == "57P01");
  CHECK(connection->is_broken());
}

TEST_CASE("notifications that nobody asks for do not pile up") {
  const auto connection = open(server().dsn());
  auto* const conn = static_cast<PGconn*>(connection->native_handle());
  connection->execute("LISTEN orders", in(5s));
  const std::string notify = "SELECT pg_notify('orders', i::text) FROM generate_series(1, 1000) i";
  // The server notifies its own session before it reports that it is ready.
  CHECK(connection->execute(notify, in(5s)).rows.size() == 1000);
  const std::unique_ptr<PGnotify, decltype(&PQfreemem)> left(PQnotifies(conn), PQfreemem);
  CHECK(left == nullptr);
  CHECK_FALSE(connection->is_broken());
}

TEST_CASE("notices do not reach standard error") {
  const auto connection = open(server().dsn());
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> caught(std::tmpfile(), std::fclose);
  const int usual = ::dup(STDERR_FILENO);
  ::dup2(::fileno(caught.get()), STDERR_FILENO);
  connection->execute("DO $$ BEGIN RAISE WARNING 'hunter2'; END $$", in(5s));
  std::fflush(stderr);
  ::dup2(usual, STDERR_FILENO);
  ::close(usual);
  CHECK(::lseek(::fileno(caught.get()), 0, SEEK_END) == 0);
}

TEST_CASE("the application's name is ours unless the DSN gives one, and info has database and user") {
  CHECK(value(*open(server().dsn()), "SHOW application_name") == "dbpool_exporter");
  CHECK(value(*open(server().dsn() + " application_name=mine"), "SHOW application_name") == "mine");
  const PoolInfo info = postgres_driver(DsnSource(Dsn(server().dsn())))->info();
  CHECK(info.driver == "postgres");
  CHECK(info.database == "postgres");
  CHECK(info.user == "postgres");
}

TEST_CASE("a wrong or missing password is an authentication failure that shows no password") {
  const PostgresServer strict(PostgresServer::Auth::scram);
  CHECK(value(*open(strict.dsn_with_password()), "SELECT 1") == "1");
  const DriverError wrong = failure([&] { open(strict.dsn() + " password=hunter2secret"); });
  CHECK(wrong.kind() == ErrorKind::authentication);
  CHECK(wrong.sqlstate() == "28P01");
  CHECK(contains(wrong.what(), "password authentication failed for user \"postgres\""));
  CHECK_FALSE(contains(wrong.what(), "hunter2secret"));
  CHECK_FALSE(contains(wrong.what(), "LOCATION"));
  const DriverError missing = failure([&] { open(strict.dsn() + " passfile=/nonexistent"); });
  CHECK(missing.kind() == ErrorKind::authentication);
}

TEST_CASE("a rotated secret is picked up by the next connect") {
  const PostgresServer strict(PostgresServer::Auth::scram);
  const auto file =
      std::filesystem::temp_directory_path() / ("dbpool_rotated_" + std::to_string(strict.port()));
  const auto driver = postgres_driver(DsnSource(file));
  std::ofstream(file) << strict.dsn() << " password=old\n";
  CHECK(failure([&] { connect(*driver, in(5s)); }).kind() == ErrorKind::authentication);
  std::ofstream(file) << strict.dsn_with_password() << '\n';
  CHECK(value(*connect(*driver, in(5s)), "SELECT 1") == "1");
  std::filesystem::remove(file);
}

TEST_CASE("a database that does not exist and a server that is full are failed connects") {
  const DriverError absent = failure([] { open(server().dsn() + " dbname=nowhere"); });
  CHECK(absent.kind() == ErrorKind::connect);
  CHECK(absent.sqlstate() == "3D000");
  const PostgresServer small(
      PostgresServer::Auth::trust,
      {"max_connections = 4", "superuser_reserved_connections = 0", "max_wal_senders = 0"});
  std::vector<std::unique_ptr<Connection>> all;
  const DriverError full = failure([&] {
    for (int i = 0; i < 10; ++i) all.push_back(open(small.dsn()));
  });
  CHECK(full.kind() == ErrorKind::connect);
  CHECK(full.sqlstate() == "53300");
}

TEST_CASE("a host name is looked up and its addresses are tried") {
  const std::string port = std::to_string(server().port());
  CHECK(value(*open("host=localhost port=" + port + " user=postgres"), "SELECT 1") == "1");
}
