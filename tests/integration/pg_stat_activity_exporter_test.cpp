#include <doctest/doctest.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "dbpool/drivers/postgres.hpp"
#include "support/eventually.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/postgres_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

constexpr auto soon = 20s;

/// An exporter that watches a server, and an application on that server.
struct Site {
  PostgresServer server;
  ExporterProcess exporter{{.config = fmt::format(R"(
sources:
  - name: srv
    type: pg_stat_activity
    dsn: {}
    group_by: [application_name]
    leak_after: 500ms
    interval: 200ms
)",
                                                  server.dsn())}};

  std::unique_ptr<Connection> session() const {
    const auto driver = postgres_driver(DsnSource(Dsn(server.dsn() + " application_name=shop")));
    return connect(*driver, Deadline(std::chrono::steady_clock::now() + stretched(10s)));
  }
  std::optional<double> metric(std::string_view name, Labels labels = {}) const {
    labels["pool"] = "srv/shop";
    return exporter.metric(name, labels);
  }
};

void run(Connection& connection, const char* sql) {
  connection.execute(sql, Deadline(std::chrono::steady_clock::now() + stretched(10s)));
}

}  // namespace

TEST_CASE("an application's sessions and its leaks show in the metrics and the API") {
  const Site site;
  const auto idle = site.session(), leaky = site.session();
  REQUIRE(eventually([&] { return site.metric("dbpool_connections", {{"state", "idle"}}) == 2; }, soon));
  CHECK(site.metric("dbpool_leaked_connections") == 0);
  CHECK(site.metric("dbpool_pool_info", {{"kind", "pg_stat_activity"}, {"driver", "postgres"}}) == 1);
  CHECK_FALSE(site.metric("dbpool_connections_max"));
  run(*leaky, "BEGIN");
  run(*leaky, "SELECT 'hunter2'");
  REQUIRE(eventually([&] { return site.metric("dbpool_leaked_connections") == 1; }, soon));
  CHECK(site.metric("dbpool_connections", {{"state", "active"}}) == 1);
  CHECK(site.metric("dbpool_oldest_transaction_seconds").value_or(0) >= 0.5);
  CHECK(eventually([&] { return site.metric("dbpool_health_reason", {{"reason", "leaks"}}) == 1; }, soon));
  const auto leaks = nlohmann::json::parse(site.exporter.get("/connections/pools/leaks").body);
  REQUIRE(leaks["total_leaks"] == 1);
  const auto& leak = leaks["leaks"][0];
  CHECK(leak["pool"] == "srv/shop");
  CHECK(leak["application"] == "shop");
  CHECK(leak["client"] == "127.0.0.1");
  CHECK(leak["pid"].is_number_integer());
  CHECK(leak["age_seconds"].get<double>() >= 0.5);
  CHECK(leak["last_query_start"].is_string());
  CHECK_FALSE(leak.contains("query"));
  for (const char* path : {"/metrics", "/connections/pools/leaks", "/connections/pools/stats"}) {
    CHECK(site.exporter.get(path).body.find("hunter2") == std::string::npos);
  }
  run(*leaky, "COMMIT");
  CHECK(eventually([&] { return site.metric("dbpool_leaked_connections") == 0; }, soon));
}

TEST_CASE("the exporter has one session at the server that it watches, also after the server was away") {
  Site site;
  const auto up = [&] { return site.exporter.metric("dbpool_up", {{"source", "srv"}}); };
  const auto sessions = [&] {
    return site.server.query(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'dbpool_exporter'");
  };
  REQUIRE(eventually([&] { return up() == 1; }, soon));
  CHECK(eventually([&] { return sessions() == "1"; }, soon));
  site.server.stop();
  CHECK(eventually([&] { return up() == 0; }, soon));
  site.server.start();
  CHECK(eventually([&] { return up() == 1; }, soon));
  CHECK(eventually([&] { return sessions() == "1"; }, soon));
}

TEST_CASE("names with umlauts are told apart in a database that is not in UTF-8") {
  const PostgresServer server;
  server.query("CREATE DATABASE alt ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
  const auto session = [&](const std::string& words) {
    const auto driver = postgres_driver(DsnSource(Dsn(words)));
    return connect(*driver, Deadline(std::chrono::steady_clock::now() + stretched(10s)));
  };
  const std::string place = fmt::format("host=127.0.0.1 port={} dbname=alt ", server.port());
  for (const char* role : {"müller", "möller"})
    run(*session(place + "user=postgres"), fmt::format("CREATE ROLE \"{}\" LOGIN", role).c_str());
  // The server does not convert the user name of a login.
  const auto first = session(place + "user=m\xfcller"), second = session(place + "user=m\xf6ller"),
             third = session(place + "user=m\xf6ller");
  const auto idle_of = [](const ExporterProcess& exporter, const std::string& pool) {
    return exporter.metric("dbpool_connections", {{"pool", pool}, {"state", "idle"}});
  };
  const auto watching = [&](const std::string& extra) {
    return fmt::format(
        "sources:\n  - {{name: srv, type: pg_stat_activity, dsn: '{}user=postgres{}', interval: 200ms, "
        "group_by: [usename]}}\n",
        place, extra);
  };
  const ExporterProcess exporter({.config = watching("")});
  CHECK(eventually([&] { return idle_of(exporter, "srv/müller") == 1; }, soon));
  CHECK(idle_of(exporter, "srv/möller") == 2);
  // An explicit client_encoding is used.
  const ExporterProcess as_told({.config = watching(" client_encoding=LATIN1")});
  CHECK(eventually([&] { return as_told.metric("dbpool_up", {{"source", "srv"}}) == 1; }, soon));
  CHECK_FALSE(idle_of(as_told, "srv/müller"));
}
