#include <doctest/doctest.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "support/eventually.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/postgres_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

/// The longest that a verdict may take, once its cause is there.
constexpr auto promptly = 30s;

struct Examined : ExporterProcess {
  using ExporterProcess::ExporterProcess;

  json diagnosis() const { return json::parse(get("/connections/pools/diagnosis/orders").body); }
  bool comes_to(const std::string& verdict) const {
    return eventually([&] { return diagnosis()["verdict"] == verdict; }, promptly);
  }
  std::optional<double> is(const std::string& verdict) const {
    return metric("dbpool_diagnosis", {{"source", "orders"}, {"pool", "orders"}, {"verdict", verdict}});
  }
};

/// Returns a pool of two on PostgreSQL, whose connections are checked often.
std::string postgres_pool(const PostgresServer& server, const std::string& user) {
  return fmt::format(R"(
pools:
  - name: orders
    driver: postgres
    dsn: "host=127.0.0.1 port={} user={} dbname=postgres"
    min_size: 2
    max_size: 2
    canary: {{interval: 200ms}}
)",
                     server.port(), user);
}

/// Returns a pool of two on SQLite, with six callers that hold a connection for a while each. The pool is
/// judged once a second, at a different part of a hold each time.
std::string pool_of_two_for_six(const std::string& leak_detection) {
  return fmt::format(R"(
pools:
  - name: orders
    driver: sqlite
    dsn: "file:crowded?mode=memory&cache=shared"
    min_size: 2
    max_size: 2
    leak_detection_timeout: {}
    canary: {{interval: 1ms, concurrency: 6, hold: 730ms}}
)",
                     leak_detection);
}

}  // namespace

TEST_CASE("a pool with more callers than connections is too small, by the size that they need") {
  const Examined exporter({.config = pool_of_two_for_six("0s")});
  CHECK(exporter.comes_to("too_small"));
  CHECK(eventually(
      [&] {
        return exporter.metric("dbpool_connections_demand", {{"pool", "orders"}}).value_or(0) > 4;
      },
      promptly));
  const json diagnosis = exporter.diagnosis();
  CHECK(diagnosis["status"] == "success");
  CHECK(diagnosis["pool"] == "orders");
  CHECK(diagnosis["needed_size"] > 4);
  CHECK(diagnosis["needed_size"] <= 12);
  CHECK(diagnosis["next_step"].get<std::string>().starts_with("Set the size to "));
  CHECK(diagnosis["known_seconds"] > 0);
  CHECK(exporter.is("too_small") == 1);
  CHECK(exporter.is("ok") == 0);
  CHECK(diagnosis["demand"] > 4);
  CHECK(json::parse(exporter.get("/connections/pools/diagnosis").body)["diagnoses"][0]["verdict"] ==
        "too_small");
}

TEST_CASE("leases that are held for too long in such a pool are a leak, with the place that holds them") {
  const Examined exporter({.config = pool_of_two_for_six("250ms")});
  CHECK(eventually(
      [&] {
        const json diagnosis = exporter.diagnosis();
        return diagnosis["verdict"] == "leak" && diagnosis["sites"][0]["site"] == "canary";
      },
      promptly));
}

TEST_CASE("a database that is away is down, with its error, and the pool is ok when it is back") {
  PostgresServer server;
  const Examined exporter({.config = postgres_pool(server, "postgres")});
  CHECK(exporter.comes_to("ok"));
  server.stop();
  CHECK(exporter.comes_to("database_down"));
  const json diagnosis = exporter.diagnosis();
  CHECK(diagnosis["evidence"].size() >= 1);
  CHECK(diagnosis["runbook"] == "alerts/runbooks/ConnectionPoolNoConnections.md");
  CHECK(eventually([&] { return exporter.is("database_down") == 1; }, promptly));
  server.start();
  CHECK(exporter.comes_to("ok"));
}

TEST_CASE("a server that allows no further connection is a limit elsewhere, not a database that is down") {
  const PostgresServer server;
  server.query("CREATE ROLE limited LOGIN CONNECTION LIMIT 1");
  const Examined exporter({.config = postgres_pool(server, "limited")});
  CHECK(exporter.comes_to("limit_elsewhere"));
  CHECK(exporter.diagnosis()["sentence"].get<std::string>().find("53300") != std::string::npos);
}
