#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>

#include "ended_sessions.hpp"
#include "support/eventually.hpp"
#include "support/http/scrape_pace.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/hostile_server.hpp"
#include "support/servers/postgres_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

std::string config_of(const std::string& dsn) {
  return fmt::format(R"(
pools:
  - name: orders
    driver: postgres
    dsn: {}
    min_size: 3
    max_size: 5
    connect_timeout: 1s
    validation_timeout: 500ms
    canary: {{interval: 500ms}}
)",
                     dsn);
}

const Labels orders{{"source", "orders"}, {"pool", "orders"}};

bool is_in_state(const Scrape& scrape, const std::string& state) {
  return scrape.value("dbpool_lifecycle_state", {{"pool", "orders"}, {"state", state}}) == 1;
}
bool is_healthy(const Scrape& scrape) {
  return is_in_state(scrape, "healthy") && scrape.value("dbpool_up", {{"source", "orders"}}) == 1;
}
bool is_in_outage(const Scrape& scrape) {
  return is_in_state(scrape, "recovering") && scrape.value("dbpool_up", {{"source", "orders"}}) == 0 &&
         scrape.value("dbpool_health_status", {{"pool", "orders"}, {"status", "unhealthy"}}) == 1;
}

bool recovers(const ExporterProcess& exporter, std::chrono::seconds within) {
  return eventually(
      [&] {
        const Scrape scrape = exporter.scrape();
        return scrape.value("dbpool_up", {{"source", "orders"}}) == 1 && !is_in_state(scrape, "recovering");
      },
      within);
}

/// Checks that no outage and no error was logged.
void check_that_nothing_was_wrong(const ExporterProcess& exporter) {
  for (const char* message :
       {"database connection lost", "connection pool recovered", "reconnection attempt", "database error"}) {
    CAPTURE(message);
    CHECK(exporter.log(message).empty());
  }
  for (const LogLine& change : exporter.log("health changed")) CHECK(change.at("to") == "healthy");
  const Scrape scrape = exporter.scrape();
  CHECK(is_healthy(scrape));
  CHECK(scrape.value("dbpool_health_check_failures_total", orders) == 0);
  CHECK_FALSE(scrape.value("dbpool_last_error_timestamp_seconds", orders).has_value());
}

}  // namespace

TEST_CASE("a killed server is seen at the next canary, and used again one backoff step after it is back") {
  PostgresServer server;
  const ExporterProcess exporter({.config = config_of(server.dsn())});
  REQUIRE(eventually([&] { return is_healthy(exporter.scrape()); }, 5s));
  const auto before = exporter.metric("dbpool_acquisitions_total", orders);

  server.kill();
  CHECK(eventually([&] { return is_in_outage(exporter.scrape()); }, 2500ms));
  check_that_scrapes_are_fast(exporter);
  CHECK(eventually([&] { return exporter.log("reconnection attempt").size() >= 2; }, 5s));

  server.start();
  CHECK(recovers(exporter, 5s));
  const auto attempts = exporter.log("reconnection attempt");
  REQUIRE(attempts.size() >= 2);
  CHECK(attempts.size() <= 4);
  CHECK(attempts[0].at("attempt") == "1");
  CHECK(std::stod(attempts[0].at("delay_s")) == 1);
  CHECK(attempts[1].at("attempt") == "2");
  CHECK(std::stod(attempts[1].at("delay_s")) == 2);

  const Scrape scrape = exporter.scrape();
  CHECK(scrape.value("dbpool_reconnect_attempts_total", orders) == attempts.size());
  CHECK(scrape.at("dbpool_acquisitions_total", orders) >= *before);
  CHECK(scrape.value("dbpool_connections_healthy", orders) == 3);
}

TEST_CASE("the log tells an outage from its beginning to its end") {
  PostgresServer server;
  const ExporterProcess exporter({.config = config_of(server.dsn())});
  REQUIRE(eventually([&] { return is_healthy(exporter.scrape()); }, 5s));
  server.kill();
  CHECK(eventually([&] { return is_in_outage(exporter.scrape()); }, 2500ms));
  server.start();
  CHECK(recovers(exporter, 5s));

  const auto lost = exporter.log("database connection lost");
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].at("pool") == "orders");
  CHECK_FALSE(lost[0].at("error").empty());
  const auto recovered = exporter.log("connection pool recovered");
  REQUIRE(recovered.size() == 1);
  CHECK(recovered[0].at("connections") == "3");
  CHECK(recovered[0].at("max_size") == "5");
  CHECK(std::stod(recovered[0].at("outage_s")) > 0);
  const auto changes = exporter.log("health changed");
  const auto fell =
      std::ranges::find_if(changes, [](const LogLine& line) { return line.at("to") == "unhealthy"; });
  REQUIRE(fell != changes.end());
  CHECK(fell->at("pool") == "orders");
  CHECK(fell->at("reasons").find("no_connections") != std::string::npos);
}

TEST_CASE("a pool whose every session the server has ended replaces them without a word") {
  PostgresServer server;
  const ExporterProcess exporter({.config = config_of(server.dsn())});
  REQUIRE(eventually([&] { return is_healthy(exporter.scrape()); }, 5s));
  // A session that ends as soon as it is open is a different case.
  const auto canaries = [&] { return exporter.metric("dbpool_acquisitions_total", orders).value_or(0); };
  REQUIRE(eventually([&] { return canaries() >= 4; }, 20s));
  end_sessions(server);
  const auto created = [&] { return exporter.metric("dbpool_connections_created_total", orders); };
  CHECK(eventually([&] { return created() >= 6; }, 6s));
  check_that_nothing_was_wrong(exporter);
}

TEST_CASE("a pool whose idle sessions the server always ends is healthy throughout") {
  PostgresServer server;
  server.query("CREATE ROLE app LOGIN; ALTER ROLE app SET idle_session_timeout = '1s'");
  const ExporterProcess exporter({.config = fmt::format(R"(
pools:
  - name: orders
    driver: postgres
    dsn: host=127.0.0.1 port={} user=app dbname=postgres
    min_size: 3
    health_check_interval: 2s
    canary: {{interval: 3s}}
)",
                                                        server.port())});
  REQUIRE(eventually([&] { return is_healthy(exporter.scrape()); }, 20s));
  const auto ended = [&] {
    const Scrape scrape = exporter.scrape();
    CHECK(is_healthy(scrape));
    return scrape.at("dbpool_connections_closed_total",
                     {{"source", "orders"}, {"pool", "orders"}, {"reason", "validation"}});
  };
  CHECK(eventually([&] { return ended() >= 9; }, 60s));
  check_that_nothing_was_wrong(exporter);
  const Scrape scrape = exporter.scrape();
  CHECK(scrape.at("dbpool_acquisitions_total", orders) ==
        scrape.at("dbpool_releases_total", orders) +
            scrape.at("dbpool_connections", {{"pool", "orders"}, {"state", "active"}}));
}

TEST_CASE("a server stopped in its tracks is an outage until it goes on, and delays no scrape") {
  PostgresServer server;
  const ExporterProcess exporter({.config = config_of(server.dsn())});
  REQUIRE(eventually([&] { return is_healthy(exporter.scrape()); }, 5s));
  server.freeze();
  check_that_scrapes_are_fast(exporter);
  CHECK(eventually([&] { return is_in_outage(exporter.scrape()); }, 5s));
  check_that_scrapes_are_fast(exporter);
  server.thaw();
  CHECK(recovers(exporter, 9s));
}

TEST_CASE("a server stopped in its tracks does not delay the end of the process") {
  PostgresServer server;
  ExporterProcess exporter({.config = config_of(server.dsn())});
  REQUIRE(eventually([&] { return is_healthy(exporter.scrape()); }, 5s));
  server.freeze();
  CHECK(eventually([&] { return is_in_outage(exporter.scrape()); }, 5s));
  exporter.process().signal(SIGTERM);
  CHECK(exporter.process().wait_exit(2s) == 0);
}

TEST_CASE("a host that drops every packet delays neither a scrape nor the end of the process") {
  const HostileServer black_hole(Hostility::black_hole);
  ExporterProcess exporter({.config = config_of(black_hole.dsn())});
  CHECK(exporter.get("/-/ready").status == 503);
  check_that_scrapes_are_fast(exporter);
  CHECK(eventually([&] { return exporter.get("/-/ready").status == 200; }, 5s));
  CHECK(eventually([&] { return is_in_outage(exporter.scrape()); }, 3s));
  check_that_scrapes_are_fast(exporter);
  exporter.process().signal(SIGTERM);
  CHECK(exporter.process().wait_exit(2s) == 0);
  CHECK(exporter.process().standard_error().find("hunter2secret") == std::string::npos);
}
