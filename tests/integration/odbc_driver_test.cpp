#include <doctest/doctest.h>
#include <fmt/format.h>
#include <poll.h>

#include <filesystem>

#include "odbc_calls.hpp"
#include "support/driver_contract.hpp"

using namespace dbpool;

namespace {

using Row = std::vector<std::optional<std::string>>;

/// The server that most tests share.
PostgresServer& server() {
  static PostgresServer one;
  return one;
}

std::unique_ptr<Connection> open_postgres(const std::string& more = "") {
  return open_odbc(odbc_postgres(server().port(), more));
}

std::string sessions_running(const std::string& what) {
  return server().query("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '" + what +
                        "%' AND state = 'active' AND application_name <> 'fixture'");
}

/// A path for a SQLite file, which the destructor removes.
class DatabaseFile {
 public:
  DatabaseFile() { std::filesystem::remove(path_); }
  DatabaseFile(const DatabaseFile&) = delete;
  DatabaseFile& operator=(const DatabaseFile&) = delete;
  ~DatabaseFile() { std::filesystem::remove(path_); }
  std::string path() const { return path_.string(); }

 private:
  const std::filesystem::path path_ =
      std::filesystem::temp_directory_path() /
      ("dbpool_odbc_" + std::to_string(now().time_since_epoch().count()) + ".db");
};

/// Databases for the contract of all drivers.
struct OdbcPostgres {
  static std::unique_ptr<Connection> open() { return open_postgres(); }
  static std::string numbers(int count) { return fmt::format("SELECT generate_series(1, {})", count); }
  static std::string endless() { return "SELECT pg_sleep(60)"; }
};
struct OdbcSqlite {
  std::unique_ptr<Connection> open() const { return open_odbc(odbc_sqlite(file.path())); }
  static std::string numbers(int count) {
    return fmt::format(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT i FROM n",
        count);
  }
  const DatabaseFile file;
};

}  // namespace

TYPE_TO_STRING(OdbcPostgres);
TYPE_TO_STRING(OdbcSqlite);
DRIVER_CONTRACT(OdbcPostgres, OdbcSqlite);
TEST_CASE_TEMPLATE_INVOKE(driver_runaway, OdbcPostgres);

TEST_CASE("over ODBC, results of SQLite come as text, with NULL apart from the empty string") {
  const DatabaseFile file;
  const auto connection = open_odbc(odbc_sqlite(file.path()));
  connection->execute("CREATE TABLE t(id INTEGER PRIMARY KEY, x TEXT)", in(10s));
  CHECK(connection->execute("INSERT INTO t(x) VALUES ('é€'), (NULL), ('')", in(10s)).affected_rows == 3);
  const QueryResult result = connection->execute("SELECT id, x FROM t ORDER BY id", in(10s));
  CHECK(result.columns == std::vector<std::string>{"id", "x"});
  CHECK(result.rows == std::vector<Row>{{"1", "é€"}, {"2", std::nullopt}, {"3", ""}});
  const DriverError error = failure_of(*connection, "SELECT * FROM nowhere");
  CHECK(error.kind() == ErrorKind::query);
  CHECK(contains(error.what(), "ODBC statement failed: "));
  CHECK(contains(error.what(), "no such table: nowhere"));
  CHECK_FALSE(connection->is_broken());
}

TEST_CASE("over ODBC, long values are read in pieces and whole") {
  const auto postgres = open_postgres();
  const DatabaseFile file;
  const auto sqlite = open_odbc(odbc_sqlite(file.path()));
  for (const std::size_t length : {4094U, 4095U, 4096U, 4097U, 8190U, 8191U, 100'000U}) {
    CAPTURE(length);
    const std::string text(length, 'x');
    CHECK(value(*postgres, "SELECT '" + text + "'") == text);
    CHECK(value(*sqlite, "SELECT '" + text + "'") == text);
  }
  std::string wide = "x";
  for (int i = 0; i < 5000; ++i) wide += "é€";
  CHECK(value(*postgres, "SELECT '" + wide + "'") == wide);
  CHECK(value(*sqlite, "SELECT '" + wide + "'") == wide);
}

TEST_CASE("over ODBC, of several results the last one counts") {
  const QueryResult result = open_postgres()->execute("SELECT 1 AS a; SELECT 2 AS b, 3 AS c", in(10s));
  CHECK(result.columns == std::vector<std::string>{"b", "c"});
  CHECK(result.rows == std::vector<Row>{{"2", "3"}});
}

TEST_CASE("over ODBC, a failed statement reports its SQLSTATE and the server's words") {
  const DriverError error = failure_of(*open_postgres(), "SELECT 1 FROM nowhere");
  CHECK(error.sqlstate() == "42P01");
  CHECK(contains(error.what(), "relation \"nowhere\" does not exist"));
}

TEST_CASE("over ODBC, a runaway statement ends at its deadline, here and at the server") {
  const auto threads = odbc_threads();
  const auto connection = connect(*odbc(odbc_postgres(server().port()), threads), in(10s));
  const TimePoint begin = now();
  const DriverError error = failure_of(*connection, "SELECT pg_sleep(60)", 300ms);
  CHECK(error.kind() == ErrorKind::timeout);
  CHECK(now() - begin >= 300ms);
  CHECK(now() - begin < stretched(1300ms));
  CHECK(connection->is_broken());
  CHECK(failure_of(*connection, "SELECT 1").kind() == ErrorKind::network);
  CHECK(eventually([] { return sessions_running("SELECT pg_sleep(60)") == "0"; }, 10s));
  CHECK(all_gone(*threads));
}

TEST_CASE("over ODBC, the server's own statement timeout is a timeout and leaves the connection whole") {
  const auto connection = open_postgres();
  // In one statement, because the driver sets its own timeout before each.
  const DriverError error = failure_of(*connection, "SET statement_timeout = 50; SELECT pg_sleep(5)");
  CHECK(error.kind() == ErrorKind::timeout);
  CHECK(error.sqlstate() == "57014");
  CHECK_FALSE(connection->is_broken());
}

TEST_CASE("over ODBC, a statement that is given up breaks the connection and is cancelled at the server") {
  const auto connection = open_postgres();
  {
    const auto operation = connection->start_query("SELECT pg_sleep(61)", in(60s));
    CHECK(operation->advance(now()).has_value());
    CHECK(eventually([] { return sessions_running("SELECT pg_sleep(61)") == "1"; }, 10s));
  }
  CHECK(connection->is_broken());
  CHECK(eventually([] { return sessions_running("SELECT pg_sleep(61)") == "0"; }, 10s));
}

TEST_CASE("over ODBC, a statement whose end nobody asked for leaves the connection whole") {
  const auto connection = open_postgres();
  {
    const auto operation = connection->start_query("SELECT 1", in(10s));
    if (const auto wait = operation->advance(now())) {
      pollfd ready{wait->fd, wait->events, 0};
      REQUIRE(::poll(&ready, 1, 10'000) == 1);
    }
  }
  CHECK_FALSE(connection->is_broken());
  CHECK(value(*connection, "SELECT 1") == "1");
}

TEST_CASE("over ODBC, a terminated session fails its next statement and is broken") {
  const auto connection = open_postgres();
  server().query("SELECT pg_terminate_backend(" + value(*connection, "SELECT pg_backend_pid()") + ", 5000)");
  const DriverError error = failure([&] { ping(*connection, "SELECT 1"); });
  CHECK(error.kind() == ErrorKind::network);
  CHECK(connection->is_broken());
}

TEST_CASE("over ODBC, closing a connection ends its session at the server") {
  auto connection = open_postgres();
  const std::string session =
      "SELECT count(*) FROM pg_stat_activity WHERE pid = " + value(*connection, "SELECT pg_backend_pid()");
  CHECK(server().query(session) == "1");
  connection.reset();
  CHECK(eventually([&] { return server().query(session) == "0"; }, 10s));
}

TEST_CASE("over ODBC, a wrong or missing password is an authentication failure that shows no password") {
  const PostgresServer strict(PostgresServer::Auth::scram);
  strict.query("ALTER ROLE postgres PASSWORD 'a;b}c d'");
  CHECK(value(*open_odbc(odbc_postgres(strict.port(), "PWD={a;b}}c d};")), "SELECT 1") == "1");
  const DriverError wrong = failure([&] { open_odbc(odbc_postgres(strict.port(), "PWD={hunter;2secret}")); });
  CHECK(wrong.kind() == ErrorKind::authentication);
  CHECK(contains(wrong.what(), "cannot connect by ODBC to \"postgres\" at 127.0.0.1:"));
  CHECK(contains(wrong.what(), "password authentication failed for user \"***\""));
  CHECK_FALSE(contains(wrong.what(), "hunter"));
  const DriverError missing = failure([&] { open_odbc(odbc_postgres(strict.port())); });
  CHECK(missing.kind() == ErrorKind::authentication);
}

TEST_CASE("over ODBC, SQLite makes no file that is missing where the connection string says NoCreat") {
  const DatabaseFile file;
  CHECK_THROWS_AS(open_odbc(odbc_sqlite(file.path()) + ";NoCreat=1")->execute("SELECT 1", in(5s)),
                  DriverError);
  CHECK_FALSE(std::filesystem::exists(file.path()));
  open_odbc(odbc_sqlite(file.path()))->execute("CREATE TABLE t(x)", in(5s));
  CHECK(value(*open_odbc(odbc_sqlite(file.path()) + ";NoCreat=1"), "SELECT count(*) FROM t") == "0");
}

TEST_CASE("over ODBC, what is not there is a failed connect: a database, a driver, a data source, a file") {
  const std::string absent =
      "Driver={PostgreSQL Unicode};Server=127.0.0.1;Port=" + std::to_string(server().port()) +
      ";UID=postgres;Database=nowhere";
  for (const std::string& dsn :
       {absent, std::string("Driver={No Such Driver};PWD=hunter2"),
        std::string("DSN=nosuchsource;PWD=hunter2"), odbc_sqlite("/no/such/directory/a.db")}) {
    CAPTURE(dsn);
    const DriverError error = failure([&] { open_odbc(dsn)->execute("SELECT 1", in(5s)); });
    CHECK(error.kind() == ErrorKind::connect);
    CHECK_FALSE(contains(error.what(), "hunter2"));
  }
}
