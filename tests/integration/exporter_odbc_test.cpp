#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>

#include <sstream>

#include "support/eventually.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/postgres_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

constexpr const char* planted = "pl4nted;pa55word";

/// A pool over Debian's PostgreSQL driver.
std::string pool(const std::string& name, std::uint16_t port, const std::string& password) {
  return fmt::format(R"(
  - name: {}
    driver: odbc
    dsn: Driver={{PostgreSQL Unicode}};Server=127.0.0.1;Port={};Database=postgres;UID=postgres;PWD={{{}}}
    min_size: 2
    max_size: 4
    connect_timeout: 2s
    validation_timeout: 1s
    canary: {{interval: 200ms}}
)",
                     name, port, password);
}

Labels of(const std::string& name) {
  return {{"source", name}, {"pool", name}};
}

bool is_healthy(const Scrape& scrape, const std::string& name) {
  return scrape.value("dbpool_health_status", {{"pool", name}, {"status", "healthy"}}) == 1 &&
         scrape.value("dbpool_up", {{"source", name}}) == 1 &&
         scrape.value("dbpool_acquisitions_total", of(name)) > 3;
}

bool is_in_outage(const Scrape& scrape, const std::string& name) {
  return scrape.value("dbpool_lifecycle_state", {{"pool", name}, {"state", "recovering"}}) == 1 &&
         scrape.value("dbpool_up", {{"source", name}}) == 0;
}

std::string sessions(const PostgresServer& server) {
  return server.query(
      "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name <> "
      "'fixture'");
}

}  // namespace

TEST_CASE("pools over ODBC are healthy on PostgreSQL and SQLite, and their sessions end with the process") {
  const PostgresServer server(PostgresServer::Auth::scram);
  const TemporaryDirectory files;
  const auto file = (files.path() / "cache.db").string();
  {
    ExporterProcess exporter(
        {.config = "pools:" + pool("orders", server.port(), PostgresServer::password) +
                   fmt::format("  - {{name: cache, driver: odbc, dsn: 'Driver=SQLite3;Database={}', canary: "
                               "{{interval: 200ms}}}}\n",
                               file)});
    CHECK(eventually([&] { return is_healthy(exporter.scrape(), "orders"); }, 15s));
    CHECK(eventually([&] { return is_healthy(exporter.scrape(), "cache"); }, 15s));
    const Scrape scrape = exporter.scrape();
    CHECK(scrape.value(
              "dbpool_pool_info",
              {{"pool", "orders"}, {"driver", "odbc"}, {"database", "postgres"}, {"user", "postgres"}}) == 1);
    CHECK(scrape.value("dbpool_pool_info",
                       {{"pool", "cache"}, {"driver", "odbc"}, {"database", file}, {"user", ""}}) == 1);
    CHECK(scrape.at("process_threads", {}) < 100);
    exporter.process().signal(SIGTERM);
    CHECK(exporter.process().wait_exit(2s) == 0);
  }
  CHECK(eventually([&] { return sessions(server) == "0"; }, 5s));
}

TEST_CASE("a password that is refused over ODBC is an authentication error and is nowhere to be read") {
  const PostgresServer server(PostgresServer::Auth::scram);
  ExporterProcess exporter({.config = "pools:" + pool("orders", server.port(), planted),
                            .flags = {"--log.level=debug", "--web.enable-lifecycle"}});
  const Labels refused{{"pool", "orders"}, {"error_type", "authentication"}};
  CHECK(eventually([&] { return exporter.metric("dbpool_errors_total", refused) >= 1; }, 15s));
  const auto visible = [&] {
    return exporter.get("/metrics").body + exporter.get("/connections/pools/stats/orders").body +
           exporter.get("/health").body + exporter.process().standard_error();
  };
  CHECK(visible().find("pl4nted") == std::string::npos);
  CHECK(visible().find("pa55word") == std::string::npos);
  exporter.configure(
      fmt::format("pools:\n  - {{name: orders, driver: odbc, dsn: 'Driver={{A}};PWD={{{0};UID=u'}}\n"
                  "  - {{name: b, driver: odbc, dsn: 'Server={0}'}}\n",
                  planted));
  CHECK(exporter.post("/-/reload").status == 500);
  CHECK(visible().find("pl4nted") == std::string::npos);
  CHECK(visible().find("pa55word") == std::string::npos);
  CHECK(visible().find("a brace that is not closed") != std::string::npos);
}

TEST_CASE("a server stopped in its tracks is an outage over ODBC and delays nobody, until it goes on") {
  PostgresServer server;
  ExporterProcess exporter(
      {.config = "pools:" + pool("orders", server.port(), "") +
                 "  - {name: cache, driver: odbc, dsn: 'Driver=SQLite3;Database=:memory:', "
                 "canary: {interval: 100ms}}\n"});
  REQUIRE(eventually([&] { return is_healthy(exporter.scrape(), "orders"); }, 15s));
  server.freeze();
  CHECK(eventually([&] { return is_in_outage(exporter.scrape(), "orders"); }, 15s));
  const auto turns = exporter.metric("dbpool_acquisitions_total", of("cache"));
  REQUIRE(turns.has_value());
  CHECK(eventually([&] { return exporter.metric("dbpool_acquisitions_total", of("cache")) > *turns + 5; },
                   10s));
  CHECK(exporter.metric("dbpool_up", {{"source", "cache"}}) == 1);
  CHECK(exporter.scrape().at("process_threads", {}) < 100);

  server.thaw();
  const auto acquired = exporter.metric("dbpool_acquisitions_total", of("orders"));
  CHECK(eventually([&] { return is_healthy(exporter.scrape(), "orders"); }, 30s));
  CHECK(
      eventually([&] { return exporter.metric("dbpool_acquisitions_total", of("orders")) > acquired; }, 5s));
  CHECK(exporter.log("connection pool recovered").size() == 1);

  server.freeze();
  CHECK(eventually([&] { return is_in_outage(exporter.scrape(), "orders"); }, 15s));
  exporter.process().signal(SIGTERM);
  CHECK(exporter.process().wait_exit(3s) == 0);
}

TEST_CASE("a password file that the libpq of an ODBC driver dislikes puts no line of its own into the log") {
  const PostgresServer server;
  const TemporaryDirectory files;
  const std::string path = files.write("pgpass", "*:*:*:*:none\n").string();
  REQUIRE(::chmod(path.c_str(), 0640) == 0);
  ExporterProcess exporter(
      {.config = fmt::format(
           "pools:\n  - {{name: orders, driver: odbc, dsn: 'Driver={{PostgreSQL Unicode}};Server=127.0.0.1;"
           "Port={};Database=postgres;UID=postgres'}}\n",
           server.port()),
       .flags = {"--log.format=json"},
       .environment = {{"PGPASSFILE", path}}});
  CHECK(eventually([&] { return is_healthy(exporter.scrape(), "orders"); }, 30s));
  std::istringstream lines(exporter.process().standard_error());
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    CHECK(line.starts_with("{"));
  }
  const auto warnings = exporter.log("configuration may not mean what it says");
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].at("problem").starts_with("orders: the password file \"" + path + "\" is ignored"));
}

TEST_CASE("PostgreSQL's driver of ODBC leaves the locale of the exporter alone") {
  const PostgresServer server;
  ExporterProcess exporter(
      {.config = "pools:" + pool("orders", server.port(), ""), .environment = {{"LC_ALL", "C.UTF-8"}}});
  REQUIRE(eventually([&] { return is_healthy(exporter.scrape(), "orders"); }, 15s));
  // A process maps the files of a locale that it sets.
  const std::string maps = read_whole(fmt::format("/proc/{}/maps", exporter.process().pid()));
  CHECK(maps.find("psqlodbc") != std::string::npos);
  CHECK(maps.find("LC_CTYPE") == std::string::npos);
}
