#include <doctest/doctest.h>
#include <signal.h>

#include "support/eventually.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/postgres_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

const Labels default_pool{{"source", "default"}, {"pool", "default"}};

Labels with(Labels labels, const std::string& name, const std::string& value) {
  labels[name] = value;
  return labels;
}

double since(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

}  // namespace

TEST_CASE("without any flag it owns a healthy pool on a private SQLite file and uses it") {
  const auto began = std::chrono::steady_clock::now();
  ExporterProcess exporter({.environment = {{"DBPOOL_CANARY_INTERVAL", "200ms"}}});
  CHECK(exporter.get("/-/healthy").body == "dbpool_exporter is healthy.\n");
  CHECK(eventually([&] { return exporter.get("/-/ready").status == 200; }, 2s));
  MESSAGE("start to ready: ", since(began), " s");

  CHECK(eventually(
      [&] { return exporter.metric("dbpool_health_status", with(default_pool, "status", "healthy")) == 1; },
      5s));
  CHECK(eventually([&] { return exporter.metric("dbpool_acquisitions_total", default_pool) > 3; }, 5s));
  const Scrape scrape = exporter.scrape();
  CHECK(scrape.value("dbpool_up", {{"source", "default"}, {"kind", "owned"}}) == 1);
  CHECK(scrape.value("dbpool_pool_info", with(default_pool, "driver", "sqlite")) == 1);
  CHECK(scrape.value("dbpool_connections_min", default_pool) == 2);
  CHECK(scrape.value("dbpool_connections_max", default_pool) == 10);
  CHECK(scrape.value("dbpool_lifecycle_state", with(default_pool, "state", "healthy")) == 1);
  CHECK(scrape.value("dbpool_exporter_config_last_reload_successful") == 1);
  CHECK(exporter.log("connection pool initialized").at(0).at("min_size") == "2");
}

TEST_CASE("the private database is gone when the process has ended, which takes less than 2 s") {
  ExporterProcess exporter;
  const auto& directory = exporter.process().temporary_directory();
  CHECK_FALSE(std::filesystem::is_empty(directory));
  const auto began = std::chrono::steady_clock::now();
  exporter.process().signal(SIGTERM);
  CHECK(exporter.process().wait_exit(2s) == 0);
  MESSAGE("SIGTERM to exit: ", since(began), " s");
  CHECK(std::filesystem::is_empty(directory));
}

TEST_CASE("SIGINT ends it as SIGTERM does") {
  ExporterProcess exporter;
  exporter.process().signal(SIGINT);
  CHECK(exporter.process().wait_exit(2s) == 0);
}

TEST_CASE("a database that is absent at the start is no failure but is shown as down until it is there") {
  PostgresServer server;
  server.stop();
  ExporterProcess exporter({.environment = {{"DBPOOL_DRIVER", "postgres"},
                                            {"DBPOOL_DSN", server.dsn()},
                                            {"DBPOOL_CANARY_INTERVAL", "200ms"}}});
  CHECK(eventually([&] { return exporter.get("/-/ready").status == 200; }, 3s));
  const Scrape scrape = exporter.scrape();
  CHECK(scrape.value("dbpool_up", {{"source", "default"}}) == 0);
  CHECK(scrape.at("dbpool_connect_failures_total", default_pool) >= 1);
  CHECK(scrape.at("dbpool_errors_total", with(default_pool, "error_type", "connect")) >= 1);
  CHECK(eventually([&] { return !exporter.log("reconnection attempt").empty(); }, 3s));

  server.start();
  CHECK(eventually([&] { return exporter.metric("dbpool_up", {{"source", "default"}}) == 1; }, 20s));
  CHECK(eventually(
      [&] { return exporter.metric("dbpool_health_status", with(default_pool, "status", "healthy")) == 1; },
      20s));
  CHECK(eventually([&] { return exporter.metric("dbpool_acquisitions_total", default_pool) > 3; }, 5s));
}

TEST_CASE("an environment variable that it does not know is warned about and changes nothing") {
  ExporterProcess exporter({.environment = {{"DBPOOL_PORT_10127_TCP", "tcp://10.0.0.1:10127"}}});
  const auto warnings = exporter.log("environment variable ignored");
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].at("level") == "warn");
  CHECK(warnings[0].at("problem").find("DBPOOL_PORT_10127_TCP") != std::string::npos);
}
