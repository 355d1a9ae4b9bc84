#include <signal.h>

#include <list>

#include "fault_scene.hpp"
#include "support/servers/pg_session.hpp"
#include "support/servers/postgres_server.hpp"

using namespace dbpool;

namespace {

ExporterSetup postgres_setup(const std::string& dsn, const std::string& more = "") {
  return {.config = "pools:\n" + bystander_pool + watchful_pool("orders", dsn, more)};
}

/// Selects the backends of the pool, oldest first.
constexpr const char* backend_of_the_pool =
    "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name <> "
    "'fixture' "
    "ORDER BY backend_start LIMIT 1";
constexpr const char* end_sessions =
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    "WHERE backend_type = 'client backend' AND application_name <> 'fixture'";

double connections(const ExporterProcess& exporter) {
  const Scrape scrape = exporter.scrape();
  double all = 0;
  for (const char* state : {"idle", "active", "checking"}) {
    all += scrape.at("dbpool_connections", {{"pool", "orders"}, {"state", state}});
  }
  return all;
}
double closed_invalid(const ExporterProcess& exporter) {
  return count(exporter, "dbpool_connections_closed_total", {{"pool", "orders"}, {"reason", "validation"}});
}
bool is_full(const ExporterProcess& exporter) {
  return eventually([&] { return connections(exporter) >= 2; }, 10s);
}

}  // namespace

TEST_CASE("a backend that is stopped in its tracks is replaced, and the pool goes on without an outage") {
  const PostgresServer server;
  const ExporterProcess exporter(postgres_setup(server.dsn(), ", health_check_interval: 500ms"));
  REQUIRE(is_settled(exporter));
  REQUIRE(is_full(exporter));
  const pid_t backend = std::stoi(server.query(backend_of_the_pool));
  ::kill(backend, SIGSTOP);
  CHECK(eventually([&] { return closed_invalid(exporter) == 1; }, 8s));
  check_that_others_go_on(exporter);
  CHECK(is_full(exporter));
  CHECK(is_used(exporter, "orders"));
  CHECK(told(exporter, "orders", "database connection lost").empty());
  ::kill(backend, SIGCONT);
  CHECK(works(exporter.scrape(), "orders"));
  CHECK(closed_invalid(exporter) == 1);
}

TEST_CASE("while the postmaster is stopped, what is open goes on, what is lost comes back after it") {
  const PostgresServer server;
  const ExporterProcess exporter(postgres_setup(server.dsn(), ", health_check_interval: 500ms"));
  REQUIRE(is_settled(exporter));
  REQUIRE(is_full(exporter));
  const pid_t backend = std::stoi(server.query(backend_of_the_pool));
  const pid_t postmaster = server.processes().front();
  ::kill(postmaster, SIGSTOP);
  ::kill(backend, SIGTERM);
  CHECK(eventually([&] { return closed_invalid(exporter) == 1; }, 8s));
  CHECK(eventually([&] { return errors(exporter, "orders", "timeout") >= 1; }, 8s));
  check_that_others_go_on(exporter);
  CHECK(is_used(exporter, "orders"));
  CHECK(connections(exporter) == 1);
  CHECK(told(exporter, "orders", "database connection lost").empty());
  ::kill(postmaster, SIGCONT);
  CHECK(is_full(exporter));
  CHECK(comes_to_work(exporter, "orders"));
}

TEST_CASE("an immediate restart costs the sessions it ends, and one backoff step at most") {
  PostgresServer server;
  const ExporterProcess exporter(postgres_setup(server.dsn()));
  REQUIRE(is_settled(exporter));
  server.restart();
  CHECK(eventually([&] { return closed_invalid(exporter) >= 2; }, 5s));
  check_that_others_go_on(exporter);
  // A connect may or may not come too early.
  const auto outages = told(exporter, "orders", "database connection lost").size();
  CHECK(outages <= 1);
  check_that_it_is_back(exporter, "orders", outages);
  CHECK(count(exporter, "dbpool_reconnect_attempts_total", of_pool("orders")) <= 2);
}

TEST_CASE("a server that is starting up turns everybody away, and is used when it has started") {
  PostgresServer server;
  const ExporterProcess exporter(postgres_setup(server.dsn()));
  REQUIRE(is_settled(exporter));
  server.stop();
  server.start_in_recovery();
  CHECK(comes_to_an_outage(exporter, "orders"));
  CHECK(eventually([&] { return complained(exporter, "orders", "57P03"); }, 8s));
  check_that_others_go_on(exporter);
  CHECK(errors(exporter, "orders", "connect") >= 1);
  CHECK(errors(exporter, "orders", "authentication") == 0);
  server.promote();
  check_that_it_is_back(exporter, "orders");
}

TEST_CASE("a server without a free session is an outage, and is used when there is one again") {
  const PostgresServer server(PostgresServer::Auth::trust,
                              {"max_connections=8", "superuser_reserved_connections=0", "max_wal_senders=0"});
  const ExporterProcess exporter(postgres_setup(server.dsn()));
  REQUIRE(is_settled(exporter));
  {
    std::list<PgSession> guests;
    guests.emplace_back(server.dsn()).run(end_sessions);
    // The pool is still reopening its connections, so not all are available at once.
    const auto take_one = [&] {
      try {
        guests.emplace_back(server.dsn());
        guests.front().run(end_sessions);
      } catch (const std::runtime_error&) {
      }
      return guests.size() == 8;
    };
    REQUIRE(eventually(take_one, 10s));
    CHECK(comes_to_an_outage(exporter, "orders"));
    CHECK(eventually([&] { return complained(exporter, "orders", "53300"); }, 8s));
    check_that_others_go_on(exporter);
  }
  CHECK(comes_to_work(exporter, "orders"));
  CHECK(is_used(exporter, "orders"));
}

TEST_CASE("a password that was changed at the server is an authentication error until it fits again") {
  const PostgresServer server(PostgresServer::Auth::scram);
  const ExporterProcess exporter(postgres_setup(server.dsn_with_password()));
  REQUIRE(is_settled(exporter));
  server.query("ALTER ROLE postgres PASSWORD 'another'");
  CHECK(works(exporter.scrape(), "orders"));  // open sessions stay open
  server.query(end_sessions);
  CHECK(comes_to_an_outage(exporter, "orders"));
  CHECK(eventually([&] { return errors(exporter, "orders", "authentication") >= 1; }, 8s));
  check_that_others_go_on(exporter);
  CHECK(complained(exporter, "orders", "28P01"));
  server.query(std::string("ALTER ROLE postgres PASSWORD '") + PostgresServer::password + "'");
  check_that_it_is_back(exporter, "orders");
}

TEST_CASE("a locked catalogue is an outage of those who need it, holds up nobody else, and is survived") {
  const PostgresServer server;
  const ExporterProcess exporter(postgres_setup(
      server.dsn(), ", health_check_interval: 300ms, validation_query: SELECT count(*) FROM pg_class"));
  REQUIRE(is_settled(exporter));
  const std::size_t before = server.processes().size();
  {
    PgSession vandal(server.dsn());
    vandal.run("BEGIN; LOCK TABLE pg_catalog.pg_class IN ACCESS EXCLUSIVE MODE");
    CHECK(comes_to_an_outage(exporter, "orders"));
    CHECK(eventually([&] { return errors(exporter, "orders", "timeout") >= 1; }, 8s));
    check_that_others_go_on(exporter);
  }
  check_that_it_is_back(exporter, "orders");
  // Statements given up while they waited for the lock do not stay at the server.
  CHECK(eventually([&] { return server.processes().size() <= before + 2; }, 8s));
}

TEST_CASE("a host name that nobody resolves concerns its pool alone") {
  PostgresServer server;
  const std::string elsewhere = "host=db.invalid user=postgres dbname=postgres";
  const ExporterProcess exporter({.config = "pools:\n" + bystander_pool + watchful_pool("lost", elsewhere) +
                                            watchful_pool("orders", server.dsn()),
                                  .flags = {"--web.enable-lifecycle"}});
  REQUIRE(is_settled(exporter));
  CHECK(comes_to_an_outage(exporter, "lost"));
  check_that_others_go_on(exporter);
  CHECK(told(exporter, "orders", "database error").empty());
  exporter.configure("pools:\n" + bystander_pool + watchful_pool("lost", server.dsn()) +
                     watchful_pool("orders", server.dsn()));
  CHECK(exporter.post("/-/reload").status == 200);
  CHECK(comes_to_work(exporter, "lost"));
}
