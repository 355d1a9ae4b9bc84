#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <thread>

#include "dbpool/drivers/sqlite.hpp"

// Checks a driver's effects on files, which belong to an application.

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;

Deadline in(Duration time) {
  return Deadline(std::chrono::steady_clock::now() + time);
}

std::string content(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// A temporary directory, removed by the destructor.
class Folder {
 public:
  Folder() {
    std::string path = (fs::temp_directory_path() / "dbpool_files_XXXXXX").string();
    REQUIRE(::mkdtemp(path.data()) != nullptr);
    path_ = path;
  }
  ~Folder() { fs::remove_all(path_); }
  std::string file(const std::string& name) const { return (path_ / name).string(); }
  /// Returns the name and content of every file.
  std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> all;
    for (const auto& entry : fs::directory_iterator(path_)) {
      const bool readable = entry.is_regular_file();
      all.emplace(entry.path().filename(), readable ? content(entry.path()) : "");
    }
    return all;
  }

 private:
  fs::path path_;
};

/// The application that owns a database.
class Application {
 public:
  explicit Application(const std::string& file) {
    REQUIRE(sqlite3_open(file.c_str(), &db_) == SQLITE_OK);
    sqlite3_busy_timeout(db_, 10'000);
  }
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;
  ~Application() { sqlite3_close(db_); }
  void run(const std::string& sql) const {
    REQUIRE(sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  }

 private:
  sqlite3* db_ = nullptr;
};

/// Creates a database with one row.
void make(const std::string& file, const std::string& journal_mode) {
  const Application owner(file);
  owner.run("PRAGMA journal_mode = " + journal_mode);
  owner.run("CREATE TABLE t(x)");
  owner.run("INSERT INTO t VALUES (1)");
}

std::unique_ptr<Connection> open(const std::string& dsn, SqliteOptions options = {}) {
  return connect(*sqlite_driver(dsn, options), in(10s));
}

std::string value(Connection& connection, const std::string& sql) {
  const QueryResult result = connection.execute(sql, in(10s));
  REQUIRE(result.rows.size() == 1);
  return result.rows.front().front().value_or("NULL");
}
std::string mode(Connection& connection) {
  return value(connection, "PRAGMA journal_mode");
}

/// Returns the error on opening; "" if it opens.
std::string refusal(const std::string& dsn, SqliteOptions options = {}) {
  try {
    open(dsn, options);
  } catch (const DriverError& error) {
    CHECK(error.kind() == ErrorKind::connect);
    return error.what();
  }
  return {};
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

constexpr SqliteOptions creating{.create = true};

SqliteOptions wanting(JournalMode mode) {
  return {.create = true, .journal_mode = mode};
}

}  // namespace

TEST_CASE("an existing file is left as it is, byte for byte, whatever its journal mode") {
  for (const char* journal_mode : {"delete", "wal"}) {
    for (const SqliteOptions options : {SqliteOptions{}, creating}) {
      CAPTURE(journal_mode);
      const Folder folder;
      make(folder.file("a.db"), journal_mode);
      const auto before = folder.files();
      {
        const auto one = open(folder.file("a.db"), options);
        const auto other = open("file:" + folder.file("a.db"), options);
        CHECK(mode(*one) == journal_mode);
        CHECK(value(*other, "SELECT count(*) FROM t") == "1");
      }
      CHECK(folder.files() == before);
    }
  }
}

TEST_CASE("an empty file belongs to an application as well") {
  const Folder folder;
  std::ofstream(folder.file("a.db")).flush();
  for (const SqliteOptions options : {SqliteOptions{}, creating})
    CHECK(mode(*open(folder.file("a.db"), options)) == "delete");
  CHECK(folder.files() == std::map<std::string, std::string>{{"a.db", ""}});
}

TEST_CASE("a plain copy of a file has the rows that were written through a pool's connection") {
  const Folder folder;
  make(folder.file("a.db"), "delete");
  const auto connection = open(folder.file("a.db"));
  connection->execute("INSERT INTO t VALUES (2)", in(10s));
  fs::copy_file(folder.file("a.db"), folder.file("copy.db"));
  CHECK(value(*open(folder.file("copy.db")), "SELECT count(*) FROM t") == "2");
}

TEST_CASE("a missing file is an error until it is there, and is not made") {
  const Folder folder;
  const std::string path = folder.file("a.db");
  const auto driver = sqlite_driver(path);
  for (const std::string& dsn : {path, "file:" + path, "file://" + path, "file:" + path + "?cache=private"}) {
    CAPTURE(dsn);
    const std::string error = refusal(dsn);
    CHECK(contains(error, path));
    CHECK(contains(error, "does not exist"));
    CHECK(contains(error, "create: true"));
  }
  for (const char* mode : {"?mode=ro", "?mode=rw"}) {
    const std::string error = refusal("file:" + path + mode);
    CHECK(contains(error, "does not exist"));
    CHECK(contains(error, "mode=rwc"));
  }
  CHECK(folder.files().empty());
  make(path, "delete");
  CHECK(value(*connect(*driver, in(10s)), "SELECT count(*) FROM t") == "1");
}

TEST_CASE("a file that is made, because the options or the URI allow it, gets WAL or the mode asked for") {
  const Folder folder;
  CHECK(mode(*open(folder.file("a.db"), creating)) == "wal");
  CHECK(mode(*open("file:" + folder.file("b.db") + "?mode=rwc")) == "wal");
  CHECK(mode(*open(folder.file("c.db"), wanting(JournalMode::del))) == "delete");
  CHECK(mode(*open(folder.file("d.db"), wanting(JournalMode::wal))) == "wal");
  struct stat as_made {};
  REQUIRE(::stat(folder.file("a.db").c_str(), &as_made) == 0);
  const mode_t mask = ::umask(0);
  ::umask(mask);
  CHECK((as_made.st_mode & 0777U) == (0644U & ~mask));
}

TEST_CASE("many connections that open a new file at once all get it in WAL mode") {
  const Folder folder;
  std::vector<std::string> modes(8);
  {
    const auto driver = sqlite_driver(folder.file("new.db"), creating);
    std::vector<std::jthread> threads;
    for (std::string& found : modes) {
      threads.emplace_back([&] {
        const auto connection = connect(*driver, in(10s));
        // One that has read the schema before another connection sets the mode learns of it at its first use.
        value(*connection, "SELECT count(*) FROM sqlite_master");
        found = mode(*connection);
      });
    }
  }
  for (const std::string& found : modes) CHECK(found == "wal");
}

TEST_CASE("a file that was made is the driver's only until it is in WAL mode") {
  const Folder folder;
  const std::string path = folder.file("a.db");
  const auto driver = sqlite_driver(path, creating);
  CHECK(mode(*connect(*driver, in(10s))) == "wal");
  Application(path).run("PRAGMA journal_mode = delete");
  CHECK(mode(*connect(*driver, in(10s))) == "delete");
}

TEST_CASE("the journal mode of an existing file changes where the options ask for it") {
  const Folder folder;
  const std::string path = folder.file("a.db");
  make(path, "delete");
  for (const auto wanted : {JournalMode::wal, JournalMode::del, JournalMode::truncate, JournalMode::persist,
                            JournalMode::memory, JournalMode::off, JournalMode::wal}) {
    const auto name = journal_mode_names.at(static_cast<std::size_t>(wanted));
    CHECK(mode(*open(path, wanting(wanted))) == name);
    CHECK(mode(*open(path)) == (wanted == JournalMode::wal ? "wal" : "delete"));
  }
}

TEST_CASE("a journal mode that a database does not take is an error that names it") {
  const Folder folder;
  const SqliteOptions wal{.journal_mode = JournalMode::wal};
  CHECK(contains(refusal(":memory:", wal), "journal_mode"));
  CHECK(contains(refusal("file:x?mode=memory&cache=shared", wal), "journal_mode"));
  CHECK(mode(*open(":memory:", {.journal_mode = JournalMode::off})) == "off");
  CHECK(contains(refusal("file:x?vfs=memdb", wal), "journal_mode"));
  make(folder.file("a.db"), "delete");
  CHECK(contains(refusal("file:" + folder.file("a.db") + "?mode=ro", wal), "journal_mode: keep"));
  CHECK(contains(refusal("file:" + folder.file("a.db") + "?immutable=1", wal), "journal_mode: keep"));
  CHECK(contains(refusal("file:" + folder.file("a.db") + "?nolock=1", wal), "keeps journal_mode delete"));
  CHECK(mode(*open(folder.file("a.db"))) == "delete");
}

TEST_CASE("a database that is only read is opened, and refuses to be written to") {
  const Folder folder;
  make(folder.file("a.db"), "delete");
  for (const char* parameter : {"?mode=ro", "?immutable=1"}) {
    const auto connection = open("file:" + folder.file("a.db") + parameter);
    CHECK(mode(*connection) == "delete");
    CHECK(value(*connection, "PRAGMA foreign_keys") == "1");
    CHECK_THROWS_WITH(connection->execute("INSERT INTO t VALUES (1)", in(1s)),
                      doctest::Contains("SQLITE_READONLY"));
  }
}

TEST_CASE("databases in memory need no file and make none") {
  const Folder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder.file(""));
  for (const char* dsn : {":memory:", "file::memory:", "file:x?mode=memory&cache=shared", "file:?mode=memory",
                          "file:/x?vfs=memdb"}) {
    CAPTURE(dsn);
    CHECK(refusal(dsn).empty());
    CHECK(refusal(dsn, creating).empty());
  }
  fs::current_path(before);
  CHECK(folder.files().empty());
}

TEST_CASE("a DSN that would name another file than it seems to is refused, and makes none") {
  const Folder folder;
  const std::string path = folder.file("a.db");
  const std::map<std::string, std::string> faults{
      {path + "?mode=ro", "parameters"},
      {path + "?mode=memory&cache=shared", "parameters"},
      {"file:" + folder.file("h#ash.db"), "'#'"},
      {"file:" + path + "?mode=rwc#x", "'#'"},
      {folder.file("a\nb.db"), "line break"},
      {folder.file("a\rb.db"), "line break"},
      {"file:" + path + "%00.bak?mode=rwc", "zero byte"},
      {"file:" + path + "?mode=rwx", "ro, rw, rwc or memory"},
      {"file:", "names no file"},
      {"file:?cache=private", "names no file"},
      {"", "empty"},
      {"host=db dbname=app password=hunter2", "is the driver right?"},
      {"postgresql://user:hunter2@db/app", "is the driver right?"},
  };
  for (const auto& [dsn, fault] : faults) {
    CAPTURE(dsn);
    CHECK(contains(sqlite_dsn_problem(Dsn(dsn)), fault));
    CHECK(contains(sqlite_dsn_problem(Dsn(dsn)), "allowed: "));
    const std::string error = refusal(dsn, creating);
    CHECK(contains(error, fault));
    CHECK_FALSE(contains(error, "hunter2"));
  }
  CHECK(contains(refusal("file:" + path + "?mode=ro", creating), "create: true"));
  CHECK(folder.files().empty());
}

TEST_CASE("names with signs that mean something in a URI can be written") {
  const Folder folder;
  for (const char* name : {"h#ash.db", "wh?t.db", "100%.db", "a b.db", "x=y.db", "a&b.db"}) {
    CAPTURE(name);
    CHECK(refusal(folder.file(name), creating).empty());
    CHECK(fs::exists(folder.file(name)));
  }
  for (const auto& [written, name] : std::map<std::string, std::string>{
           {"u%23.db", "u#.db"}, {"u%3fmode=ro.db", "u?mode=ro.db"}, {"u%0a.db", "u\n.db"}}) {
    CHECK(refusal("file:" + folder.file(written), creating).empty());
    CHECK(fs::exists(folder.file(name)));
  }
}

TEST_CASE("what is no file, or leads to none, is named and left alone") {
  const Folder folder;
  fs::create_directory(folder.file("directory.db"));
  fs::create_symlink(folder.file("gone.db"), folder.file("link.db"));
  REQUIRE(::mkfifo(folder.file("fifo.db").c_str(), 0600) == 0);
  for (const SqliteOptions options : {SqliteOptions{}, creating}) {
    CHECK(contains(refusal(folder.file("directory.db"), options), "it is a directory"));
    CHECK(contains(refusal(folder.file("link.db"), options), "symbolic link"));
    CHECK(contains(refusal(folder.file("fifo.db"), options), "no regular file"));
    CHECK(contains(refusal("/dev/null", options), "no regular file"));
    const std::string nowhere = refusal("file:" + folder.file("none/a.db") + "?key=hunter2", options);
    CHECK(contains(nowhere, folder.file("none/a.db")));
    CHECK(contains(nowhere, "directory does not exist"));
    CHECK(contains(nowhere, ":memory:"));
    CHECK_FALSE(contains(nowhere, "hunter2"));
  }
  CHECK(folder.files().size() == 3);
  std::ofstream(folder.file("text.db")) << std::string(4096, 'x');
  CHECK(contains(refusal(folder.file("text.db"), creating), "SQLITE_NOTADB"));
  CHECK(content(folder.file("text.db")) == std::string(4096, 'x'));
}

TEST_CASE("a file that has gone is not made again, and one that is put in its place is used as it is") {
  const Folder folder;
  const std::string path = folder.file("a.db");
  make(path, "delete");
  const auto driver = sqlite_driver(path);
  const auto connection = connect(*driver, in(10s));
  fs::remove(path);
  CHECK_THROWS_WITH(connection->execute("SELECT 1", in(1s)), doctest::Contains("deleted or replaced"));
  CHECK_THROWS_WITH(connect(*driver, in(1s)), doctest::Contains("does not exist"));
  CHECK_FALSE(fs::exists(path));
  make(path, "truncate");
  CHECK(mode(*connect(*driver, in(10s))) == "delete");
}

TEST_CASE("a symbolic link that leads to another file now is followed, from any working directory") {
  const Folder folder;
  for (const char* name : {"one.db", "other.db"}) make(folder.file(name), "delete");
  Application(folder.file("other.db")).run("INSERT INTO t VALUES (2)");
  const fs::path before = fs::current_path();
  fs::current_path(folder.file(""));
  fs::create_symlink("one.db", "link.db");
  const auto driver = sqlite_driver("link.db");
  const auto connection = connect(*driver, in(10s));
  fs::current_path(before);
  CHECK(value(*connection, "SELECT count(*) FROM t") == "1");
  fs::remove(folder.file("link.db"));
  fs::create_symlink("other.db", folder.file("link.db"));
  CHECK_THROWS_WITH(connection->execute("SELECT 1", in(1s)), doctest::Contains("deleted or replaced"));
  CHECK(connection->is_broken());
  CHECK(value(*open(folder.file("link.db")), "SELECT count(*) FROM t") == "2");
}

TEST_CASE("the end of a connection to a file that was replaced leaves the new one's log alone") {
  const Folder folder;
  const std::string path = folder.file("a.db");
  make(path, "wal");
  auto connection = open(path);
  CHECK(value(*connection, "SELECT count(*) FROM t") == "1");
  for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(path + suffix);
  const Application successor(path);
  successor.run("PRAGMA journal_mode = wal");
  successor.run("CREATE TABLE u(x)");
  connection.reset();
  CHECK(fs::exists(path + "-wal"));
  CHECK(value(*open(path), "SELECT count(*) FROM u") == "0");
}
