#include "dbpool/drivers/sqlite.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <latch>
#include <stop_token>
#include <thread>

#include "support/driver_contract.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;

/// A temporary directory, removed by the destructor.
class Folder {
 public:
  Folder() {
    std::string path = (fs::temp_directory_path() / "dbpool_sqlite_XXXXXX").string();
    REQUIRE(::mkdtemp(path.data()) != nullptr);
    path_ = path;
  }
  ~Folder() { fs::remove_all(path_); }
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

/// Opens the database, creating it if it is absent.
std::unique_ptr<Connection> open(const std::string& path_or_uri, Duration bound = 5s) {
  return connect(*sqlite_driver(path_or_uri, {.create = true}), in(bound));
}

DriverError failure_to_open(const std::string& path_or_uri, Duration bound = 5s) {
  return failure([&] { connect(*sqlite_driver(path_or_uri), in(bound)); });
}

constexpr const char* endless =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";

struct SqliteDatabase {
  static std::unique_ptr<Connection> open() { return ::open(":memory:"); }
  static std::string endless() { return ::endless; }
  static std::string numbers(int count) {
    return "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
           std::to_string(count) + ") SELECT i FROM n";
  }
};

}  // namespace

TYPE_TO_STRING(SqliteDatabase);
DRIVER_CONTRACT(SqliteDatabase);
TEST_CASE_TEMPLATE_INVOKE(driver_runaway, SqliteDatabase);

TEST_CASE("every connection has its five pragmas") {
  const Folder folder;
  for (const std::string& name : {folder.file("a.db"), "file:" + folder.file("b.db")}) {
    const auto connection = open(name);
    CHECK(value(*connection, "PRAGMA foreign_keys") == "1");
    CHECK(value(*connection, "PRAGMA secure_delete") == "1");
    CHECK(value(*connection, "PRAGMA busy_timeout") == "5000");
    CHECK(value(*connection, "PRAGMA journal_mode") == "wal");
    CHECK(value(*connection, "PRAGMA synchronous") == "1");
  }
}

TEST_CASE("a second statement is refused before the first one runs") {
  const auto connection = open(":memory:");
  CHECK(contains(failure_of(*connection, "CREATE TABLE t(x); CREATE TABLE u(x)").what(),
                 "more than one statement"));
  CHECK(value(*connection, "SELECT count(*) FROM sqlite_schema") == "0");
  CHECK(failure_of(*connection, std::string("SELECT 1\0 FROM t", 16)).kind() == ErrorKind::query);
  CHECK(connection->execute(" ;; -- nothing", in(1s)).rows.empty());
}

TEST_CASE("a runaway statement ends when it is asked to stop, and one that has not begun does not begin") {
  const auto connection = open(":memory:");
  std::stop_source stop;
  std::latch begins(1);
  std::optional<ErrorKind> failure;
  std::thread runner([&] {
    const auto query = connection->start_query(endless, Deadline(now() + 1h, stop.get_token()));
    begins.count_down();
    try {
      query->advance(now());
    } catch (const DriverError& error) {
      failure = error.kind();
    }
  });
  begins.wait();
  const TimePoint begin = now();
  stop.request_stop();
  runner.join();
  CHECK(now() - begin < 1s);
  CHECK(failure == ErrorKind::timeout);
  CHECK(connection->is_broken());

  const auto other = open(":memory:");
  const auto late = other->start_query("CREATE TABLE t(x)", Deadline(now() + 1h, stop.get_token()));
  CHECK_THROWS_AS(late->advance(now()), DriverError);
  CHECK(value(*other, "SELECT count(*) FROM sqlite_schema") == "0");
}

TEST_CASE("connects and queries of one driver block on the same thing, those of another on something else") {
  const auto driver = sqlite_driver(":memory:");
  const auto other = sqlite_driver(":memory:");
  const auto connecting = driver->start_connect(in(1s));
  const auto connection = connect(*driver, in(1s));
  CHECK(connecting->blocks_on() != nullptr);
  CHECK(connection->start_query("SELECT 1", in(1s))->blocks_on() == connecting->blocks_on());
  CHECK(other->start_connect(in(1s))->blocks_on() != connecting->blocks_on());
}

TEST_CASE("a statement whose deadline has passed does not begin") {
  const auto connection = open(":memory:");
  CHECK(failure_of(*connection, "CREATE TABLE t(x)", -1s).kind() == ErrorKind::timeout);
  CHECK(value(*connection, "SELECT count(*) FROM sqlite_schema") == "0");
}

TEST_CASE("waiting for a lock ends at the deadline") {
  const Folder folder;
  const auto holder = open(folder.file("a.db"));
  const auto waiter = open(folder.file("a.db"));
  holder->execute("CREATE TABLE t(x)", in(1s));
  holder->execute("BEGIN IMMEDIATE", in(1s));
  const TimePoint begin = now();
  CHECK(failure_of(*waiter, "INSERT INTO t VALUES (1)", 200ms).kind() == ErrorKind::timeout);
  CHECK(now() - begin < stretched(2s));
}

TEST_CASE("a statement that finds a lock comes back at once, and runs when the lock is gone") {
  const Folder folder;
  const auto holder = open(folder.file("a.db"));
  const auto waiter = open(folder.file("a.db"));
  holder->execute("CREATE TABLE t(x)", in(1s));
  holder->execute("BEGIN IMMEDIATE", in(1s));
  const auto insert = waiter->start_query("INSERT INTO t VALUES (1)", in(10s));
  const TimePoint begin = now();
  for (int i = 0; i < 3; ++i) {
    const auto wait = insert->advance(now());
    REQUIRE(wait.has_value());
    CHECK(wait->until <= now() + 25ms);
  }
  CHECK(now() - begin < stretched(1s));
  CHECK_FALSE(waiter->is_broken());
  holder->execute("COMMIT", in(1s));
  CHECK_FALSE(insert->advance(now()).has_value());
  CHECK(value(*holder, "SELECT count(*) FROM t") == "1");
}

TEST_CASE("a statement that names the busy timeout waits for a lock no longer than another") {
  const Folder folder;
  const auto holder = open(folder.file("a.db"));
  const auto waiter = open(folder.file("a.db"));
  holder->execute("CREATE TABLE t(x)", in(1s));
  holder->execute("BEGIN IMMEDIATE", in(1s));
  const TimePoint begin = now();
  for (const char* sql :
       {"INSERT INTO t VALUES ('busy_timeout')", "/* PRAGMA busy_timeout */ DELETE FROM t"}) {
    const auto write = waiter->start_query(sql, in(10s));
    CHECK(write->advance(now()).has_value());
  }
  CHECK(now() - begin < 2s);
  CHECK(value(*waiter, " pragma BUSY_TIMEOUT ;\n") == "5000");
  CHECK(
      contains(failure_of(*waiter, "PRAGMA busy_timeout; DELETE FROM t").what(), "more than one statement"));
}

TEST_CASE("a snapshot that is out of date is the statement's failure, at once") {
  const Folder folder;
  const auto one = open(folder.file("a.db"));
  const auto other = open(folder.file("a.db"));
  one->execute("CREATE TABLE t(x)", in(1s));
  one->execute("BEGIN", in(1s));
  one->execute("SELECT * FROM t", in(1s));
  other->execute("INSERT INTO t VALUES (1)", in(1s));
  const DriverError error = failure_of(*one, "INSERT INTO t VALUES (2)");
  CHECK(error.kind() == ErrorKind::query);
  CHECK(contains(error.what(), "SQLITE_BUSY_SNAPSHOT"));
}

TEST_CASE("a connection is broken while a statement of its user is half read") {
  const auto connection = open(":memory:");
  sqlite3_stmt* statement = nullptr;
  auto* const db = static_cast<sqlite3*>(connection->native_handle());
  REQUIRE(sqlite3_prepare_v2(db, "SELECT 1 UNION SELECT 2", -1, &statement, nullptr) == SQLITE_OK);
  CHECK_FALSE(connection->is_broken());
  REQUIRE(sqlite3_step(statement) == SQLITE_ROW);
  CHECK(connection->is_broken());
  sqlite3_finalize(statement);
  CHECK_FALSE(connection->is_broken());
}

TEST_CASE("a file that was deleted or replaced breaks the connection at its next use") {
  const Folder folder;
  const std::string path = folder.file("a.db");
  for (const bool replaced : {false, true}) {
    CAPTURE(replaced);
    const auto connection = open(path);
    CHECK(value(*connection, "SELECT 1") == "1");
    fs::remove(path);
    if (replaced) std::ofstream(path) << "";
    CHECK_FALSE(connection->is_broken());
    try {
      connection->start_query("SELECT 1", in(1s))->advance(now());
      FAIL("the ping succeeded");
    } catch (const DriverError& error) {
      CHECK(error.kind() == ErrorKind::network);
      CHECK(contains(error.what(), "database file \"" + path + "\" was deleted or replaced"));
    }
    CHECK(connection->is_broken());
  }
}

TEST_CASE("errors carry the name of their extended code") {
  const auto connection = open(":memory:");
  connection->execute("CREATE TABLE t(x UNIQUE)", in(1s));
  connection->execute("INSERT INTO t VALUES (1)", in(1s));
  const DriverError error = failure_of(*connection, "INSERT INTO t VALUES (1)");
  CHECK(error.kind() == ErrorKind::query);
  CHECK(contains(error.what(), "UNIQUE constraint failed: t.x (SQLITE_CONSTRAINT_UNIQUE)"));
}

TEST_CASE("opening a database that stays locked ends at the deadline") {
  const Folder folder;
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(folder.file("a.db").c_str(), &db) == SQLITE_OK);
  REQUIRE(sqlite3_exec(db, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr) == SQLITE_OK);
  const TimePoint begin = now();
  CHECK(failure_to_open(folder.file("a.db"), 200ms).kind() == ErrorKind::timeout);
  CHECK(now() - begin >= 195ms);
  CHECK(now() - begin < stretched(2s));
  sqlite3_close(db);
}

TEST_CASE("info has the file without a URI's dressing") {
  CHECK(sqlite_driver("/var/lib/a b.db")->info().database == "/var/lib/a b.db");
  CHECK(sqlite_driver("file:///var/lib/a%20b.db?mode=ro&key=hunter2")->info().database == "/var/lib/a b.db");
  CHECK(sqlite_driver("file:rel.db")->info().database == "rel.db");
  CHECK(sqlite_driver("host=db password=hunter2")->info().database.empty());
  CHECK(sqlite_driver(":memory:")->info().database == ":memory:");
  CHECK(sqlite_driver(":memory:")->info().driver == "sqlite");
  CHECK(sqlite_driver(":memory:")->info().user.empty());
}

TEST_CASE("info has what a DSN file said when it was last opened, and does not read it") {
  const Folder folder;
  const fs::path secret = folder.file("dsn");
  const auto says = [&](const std::string& name) { std::ofstream(secret) << folder.file(name) << '\n'; };
  const auto early = sqlite_driver(DsnSource(secret), {.create = true});
  CHECK(early->info().database.empty());
  says("a.db");
  const auto driver = sqlite_driver(DsnSource(secret), {.create = true});
  CHECK(driver->info().database == folder.file("a.db"));
  connect(*early, in(5s));
  CHECK(early->info().database == folder.file("a.db"));
  says("b.db");
  CHECK(driver->info().database == folder.file("a.db"));
  connect(*driver, in(5s));
  CHECK(driver->info().database == folder.file("b.db"));
}
