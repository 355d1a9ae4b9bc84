#include <sqlite3.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>

#include "fault_scene.hpp"

using namespace dbpool;

namespace {

namespace fs = std::filesystem;

/// A connection of another process to the database.
class Elsewhere {
 public:
  explicit Elsewhere(const fs::path& file, const std::string& journal_mode = "WAL") {
    sqlite3* db = nullptr;
    const int code = sqlite3_open(file.c_str(), &db);
    db_.reset(db);
    if (code != SQLITE_OK) throw std::runtime_error("fixture cannot open " + file.string());
    sqlite3_busy_timeout(db, 5000);
    run("PRAGMA journal_mode = " + journal_mode);
    run("CREATE TABLE IF NOT EXISTS t (x)");
  }
  void run(const std::string& sql) const {
    if (sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
      throw std::runtime_error("fixture statement failed: " + std::string(sqlite3_errmsg(db_.get())));
  }

 private:
  struct Close {
    void operator()(sqlite3* db) const noexcept { sqlite3_close(db); }
  };
  std::unique_ptr<sqlite3, Close> db_;
};

struct Files {
  TemporaryDirectory directory;
  fs::path folder = directory.path() / "data";
  fs::path file = folder / "orders.db";
  Files() { fs::create_directory(folder); }
};

std::string content(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Returns whether the file is in WAL mode: bytes 18 and 19 are then 2, otherwise 1.
bool is_in_wal_mode(const fs::path& file) {
  const std::string bytes = content(file);
  return bytes.size() > 20 && bytes[18] == 2 && bytes[19] == 2;
}

/// Returns a pool's entry. `more`: further keys, each after a comma.
std::string pool_on(const std::string& name, const std::string& dsn, const std::string& query,
                    const std::string& more = "") {
  return fmt::format(
      "  - {{name: {0}, dsn: '{1}', min_size: 2, max_size: 4, connect_timeout: {2}, validation_timeout: {2}, "
      "canary: {{interval: 200ms, query: '{3}'}}{4}}}\n",
      name, dsn, patience(), query, more);
}

ExporterSetup sqlite_setup(const fs::path& file, const std::string& query, const std::string& more = "") {
  return {.config = "pools:\n" + bystander_pool + pool_on("orders", file.string(), query, more),
          .flags = {"--web.enable-admin-api", "--web.enable-lifecycle"}};
}

constexpr const char* insert = "INSERT INTO t VALUES (1)";

}  // namespace

TEST_CASE("databases that stay locked fail their own callers in time and hold up no other pool") {
  Files files;
  Elsewhere writer(files.file);
  std::string config = "pools:\n" + bystander_pool;
  for (int i = 0; i < 20; ++i) config += pool_on("orders" + std::to_string(i), files.file.string(), insert);
  const ExporterProcess exporter({.config = config});
  REQUIRE(is_settled(exporter, "orders0"));
  REQUIRE(comes_to_work(exporter, "orders19"));

  writer.run("BEGIN IMMEDIATE");
  const auto failures = [&] {
    return count(exporter, "dbpool_health_check_failures_total", of_pool("orders7"));
  };
  CHECK(eventually([&] { return failures() >= 2; }, 8s));
  check_that_others_go_on(exporter);
  const double before = count(exporter, "dbpool_acquisitions_total", of_pool("bystander"));
  std::this_thread::sleep_for(2s);
  CHECK(count(exporter, "dbpool_acquisitions_total", of_pool("bystander")) - before >= 8);

  writer.run("COMMIT");
  for (const char* pool : {"orders0", "orders7", "orders19"}) {
    CHECK(comes_to_work(exporter, pool));
    CHECK(is_used(exporter, pool));
  }
}

TEST_CASE("a database file that is deleted under its pool is an outage until a file is there again") {
  Files files;
  { const Elsewhere application(files.file, "DELETE"); }
  const fs::path kept = files.folder / "kept.db";
  fs::copy_file(files.file, kept);
  const ExporterProcess exporter(sqlite_setup(files.file, "SELECT count(*) FROM t"));
  REQUIRE(is_settled(exporter));
  fs::remove(files.file);
  CHECK(eventually([&] { return complained(exporter, "orders", "was deleted or replaced"); }, 5s));
  CHECK(comes_to_an_outage(exporter, "orders"));
  CHECK(eventually([&] { return complained(exporter, "orders", "does not exist; create: true"); }, 5s));
  check_that_others_go_on(exporter);
  CHECK_FALSE(fs::exists(files.file));
  fs::copy_file(kept, files.file);
  check_that_it_is_back(exporter, "orders");
  CHECK(content(files.file) == content(kept));
}

TEST_CASE("where files may be made, one that is deleted is made anew, in WAL mode") {
  Files files;
  const ExporterProcess exporter(sqlite_setup(files.file, "SELECT 1", ", create: true"));
  REQUIRE(is_settled(exporter));
  CHECK(is_in_wal_mode(files.file));
  fs::remove(files.file);
  CHECK(eventually([&] { return complained(exporter, "orders", "was deleted or replaced"); }, 5s));
  check_that_it_is_back(exporter, "orders");
  CHECK(is_in_wal_mode(files.file));
}

TEST_CASE("a database of an application is the same after a pool has used it, and a copy has all its rows") {
  Files files;
  const Elsewhere application(files.file, "DELETE");
  application.run("INSERT INTO t VALUES (1)");
  const std::string before = content(files.file);
  {
    const ExporterProcess exporter(sqlite_setup(files.file, "SELECT count(*) FROM t", ", create: true"));
    REQUIRE(is_settled(exporter));
    CHECK(content(files.file) == before);
    application.run("INSERT INTO t VALUES (2)");
    CHECK(content(files.file).size() == before.size());
    CHECK(content(files.file) != before);
    CHECK(is_used(exporter, "orders"));
  }
  CHECK_FALSE(is_in_wal_mode(files.file));
  const auto left = std::distance(fs::directory_iterator(files.folder), fs::directory_iterator());
  CHECK(left == 1);
}

TEST_CASE("a missing database makes an unhealthy pool and no file, however its name is spelled") {
  Files files;
  const std::string name = (files.folder / "typo.db").string();
  const ExporterProcess exporter({.config = "pools:\n" + bystander_pool + pool_on("plain", name, "SELECT 1") +
                                            pool_on("uri", "file://" + name + "?mode=rw", "SELECT 1")});
  REQUIRE(comes_to_work(exporter, "bystander"));
  for (const char* pool : {"plain", "uri"}) {
    CHECK(eventually([&] { return complained(exporter, pool, "does not exist"); }, 5s));
    CHECK(exporter.metric("dbpool_health_status", {{"pool", pool}, {"status", "healthy"}}) == 0);
  }
  check_that_others_go_on(exporter);
  CHECK(fs::is_empty(files.folder));
  { const Elsewhere application(name, "DELETE"); }
  for (const char* pool : {"plain", "uri"}) CHECK(comes_to_work(exporter, pool, 25s));
}

TEST_CASE("a directory that goes away with its database is an outage until both are there again") {
  Files files;
  { const Elsewhere application(files.file); }
  const ExporterProcess exporter(sqlite_setup(files.file, "SELECT 1"));
  REQUIRE(is_settled(exporter));
  const fs::path elsewhere = files.directory.path() / "elsewhere";
  fs::rename(files.folder, elsewhere);
  CHECK(comes_to_an_outage(exporter, "orders"));
  check_that_others_go_on(exporter);
  fs::rename(elsewhere, files.folder);
  check_that_it_is_back(exporter, "orders");
}

TEST_CASE("a database that may only be read refuses to be written to, and loses no connection over it") {
  Files files;
  { const Elsewhere application(files.file); }
  const std::string read_only = "file:" + files.file.string() + "?mode=ro";
  const ExporterProcess exporter(sqlite_setup(read_only, insert));
  REQUIRE(comes_to_work(exporter, "bystander"));
  CHECK(eventually([&] { return errors(exporter, "orders", "query") >= 3; }, 8s));
  CHECK(complained(exporter, "orders", "SQLITE_READONLY"));
  CHECK(told(exporter, "orders", "database connection lost").empty());
  CHECK(count(exporter, "dbpool_connections_created_total", of_pool("orders")) == 2);
  check_that_others_go_on(exporter);
  exporter.configure("pools:\n" + bystander_pool + pool_on("orders", files.file.string(), insert));
  CHECK(exporter.post("/-/reload").status == 200);
  CHECK(comes_to_work(exporter, "orders"));
  CHECK(errors(exporter, "orders", "query") == 0);
}

TEST_CASE("a database that has turned to garbage is an outage, and a good copy ends it") {
  Files files;
  { const Elsewhere application(files.file); }
  const ExporterProcess exporter(sqlite_setup(files.file, "SELECT count(*) FROM t"));
  REQUIRE(is_settled(exporter));
  const fs::path copy = files.directory.path() / "copy.db";
  fs::copy_file(files.file, copy);
  std::fstream(files.file, std::ios::in | std::ios::out | std::ios::binary) << std::string(8192, 'x');
  // Open connections have the pages in memory; new ones do not.
  CHECK(exporter.post("/connections/pools/close/orders").status == 200);
  CHECK(comes_to_an_outage(exporter, "orders"));
  CHECK(complained(exporter, "orders", "SQLITE_NOTADB"));
  check_that_others_go_on(exporter);
  fs::copy_file(copy, files.file, fs::copy_options::overwrite_existing);
  check_that_it_is_back(exporter, "orders");
}

TEST_CASE("a database that is full refuses what adds to it until there is room again") {
  Files files;
  Elsewhere other(files.file);
  other.run("INSERT INTO t VALUES (randomblob(100000))");
  // The first statement on each connection limits the size of the file.
  const ExporterProcess exporter(
      {.config =
           "pools:\n" + bystander_pool +
           fmt::format("  - {{name: orders, dsn: '{}', min_size: 1, max_size: 1, validation_query: PRAGMA "
                       "max_page_count = 1, canary: {{interval: 200ms, query: INSERT INTO t VALUES "
                       "(randomblob(20000))}}}}\n",
                       files.file.string())});
  REQUIRE(comes_to_work(exporter, "bystander"));
  CHECK(eventually([&] { return errors(exporter, "orders", "query") >= 3; }, 8s));
  CHECK(complained(exporter, "orders", "SQLITE_FULL"));
  CHECK(told(exporter, "orders", "database connection lost").empty());
  check_that_others_go_on(exporter);
  const auto failures = [&] {
    return count(exporter, "dbpool_health_check_failures_total", of_pool("orders"));
  };
  const auto checks = [&] { return count(exporter, "dbpool_health_checks_total", of_pool("orders")); };
  other.run("DELETE FROM t");
  CHECK(eventually(
      [&] {
        const double failed = failures(), all = checks();
        return eventually([&] { return checks() > all; }, 1s) && failures() == failed;
      },
      5s));
}

TEST_CASE("a file that may not grow any more fails what is written to it, and not the process") {
  Files files;
  { const Elsewhere application(files.file); }
  ExporterProcess exporter(sqlite_setup(files.file, "INSERT INTO t VALUES (randomblob(20000))"));
  REQUIRE(is_settled(exporter));
  rlimit before{};
  // Standard error is a file as well; it needs room for the messages about this.
  const rlimit small{200'000, RLIM_INFINITY};
  REQUIRE(::prlimit(exporter.process().pid(), RLIMIT_FSIZE, &small, &before) == 0);
  CHECK(eventually(
      [&] { return count(exporter, "dbpool_health_check_failures_total", of_pool("orders")) >= 2; }, 10s));
  check_that_others_go_on(exporter);
  REQUIRE(::prlimit(exporter.process().pid(), RLIMIT_FSIZE, &before, nullptr) == 0);
  CHECK(comes_to_work(exporter, "orders"));
  CHECK(is_used(exporter, "orders"));
}
