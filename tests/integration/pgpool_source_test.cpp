#include <doctest/doctest.h>
#include <fmt/format.h>

#include <memory>
#include <optional>

#include "support/eventually.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/pgpool_server.hpp"
#include "support/servers/pooler_clients.hpp"
#include "support/servers/postgres_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

const Labels whole{{"source", "pgp"}, {"pool", "pgp"}};
const Labels alice{{"source", "pgp"}, {"pool", "pgp/shop/alice"}};

Labels with(Labels labels, const std::string& name, const std::string& value) {
  labels[name] = value;
  return labels;
}

/// An exporter that watches a Pgpool-II with two children.
struct Site {
  explicit Site(std::vector<std::string> settings = {}) {
    server.query("CREATE ROLE alice LOGIN");
    server.query("CREATE DATABASE shop");
    settings.insert(settings.end(), {"num_init_children = 2", "max_pool = 4"});
    pooler.emplace(server.port(), settings);
    exporter.emplace(
        ExporterSetup{.config = fmt::format(R"(
sources:
  - name: pgp
    type: pgpool
    dsn: {}
    interval: 300ms
    timeout: 1s
)",
                                            pooler->dsn("shop", "postgres") + " sslmode=disable")});
  }

  PoolerClient client(double sleeps) const { return {pooler->dsn("shop", "alice"), sleeps}; }
  std::optional<double> metric(std::string_view name, const Labels& labels) const {
    return exporter->metric(name, labels);
  }
  /// Returns whether the last reading has figures.
  bool answers() const { return metric("dbpool_queries_total", whole).value_or(0) > 0; }
  bool saturated() const {
    return metric("dbpool_health_reason", with(whole, "reason", "saturation")) == 1 &&
           metric("dbpool_up", {{"source", "pgp"}, {"kind", "pgpool"}}) == 1;
  }

  PostgresServer server;
  std::optional<PgpoolServer> pooler;
  std::optional<ExporterProcess> exporter;
};

}  // namespace

TEST_CASE("a Pgpool-II shows its children's connections by database and user") {
  const Site site;
  auto client = std::make_unique<PoolerClient>(site.client(0));
  client->wait();
  CHECK(eventually([&] { return site.metric("dbpool_connections", with(alice, "state", "active")) == 1; },
                   30s));
  const Scrape scrape = site.exporter->scrape();
  CHECK_FALSE(scrape.value("dbpool_connections_max", alice).has_value());
  CHECK(scrape.value("dbpool_connections_max", whole) == 2);
  CHECK(scrape.value("dbpool_connections", with(whole, "state", "active")) == 1);
  CHECK(scrape.value("dbpool_connections", with(whole, "state", "idle")) == 1);
  CHECK(scrape.value("dbpool_pool_info", with(alice, "driver", "pgpool")) == 1);
  CHECK(scrape.value("dbpool_clients", with(whole, "state", "active")) == 1);
  CHECK(scrape.at("dbpool_queries_total", whole) > 0);
  // The exporter's own session exists only during a reading.
  const Labels own{{"source", "pgp"}, {"pool", "pgp/shop/postgres"}};
  CHECK(scrape.value("dbpool_connections", with(own, "state", "active")) == 0);

  client.reset();
  CHECK(
      eventually([&] { return site.metric("dbpool_connections", with(alice, "state", "idle")) == 1; }, 30s));
  CHECK(site.metric("dbpool_connections", with(alice, "state", "active")) == 0);
}

TEST_CASE("a Pgpool-II without a free child is saturated and not down") {
  const Site site;
  REQUIRE(eventually([&] { return site.metric("dbpool_up", {{"source", "pgp"}}) == 1; }, 30s));
  std::vector<PoolerClient> clients;
  for (int i = 0; i < 2; ++i) clients.push_back(site.client(60));
  CHECK(eventually([&] { return site.saturated(); }, 30s));
  const Scrape scrape = site.exporter->scrape();
  CHECK(scrape.value("dbpool_connections", with(whole, "state", "active")) == 2);
  CHECK(scrape.value("dbpool_connections_max", whole) == 2);
  CHECK(scrape.value("dbpool_waiting_requests", whole) == 1);
  CHECK(scrape.at("dbpool_oldest_waiter_seconds", whole) >= 0.9);
  CHECK(scrape.value("dbpool_health_status", with(whole, "status", "unhealthy")) == 1);

  clients.clear();
  site.server.query("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = 'alice'");
  CHECK(eventually([&] { return site.answers() && !site.saturated(); }, 30s));
  CHECK(site.metric("dbpool_up", {{"source", "pgp"}}) == 1);
}

TEST_CASE("a Pgpool-II that refuses because it is full is saturated") {
  const Site site({"reserved_connections = 1"});
  // The exporter may hold the only free place for a moment.
  std::optional<PoolerClient> busy;
  const auto gets_in = [&] {
    try {
      busy.emplace(site.client(60));
    } catch (const std::runtime_error&) {
      return false;
    }
    return true;
  };
  REQUIRE(eventually(gets_in, 30s));
  CHECK(eventually([&] { return site.saturated(); }, 30s));
  busy.reset();
  site.server.query("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = 'alice'");
  CHECK(eventually([&] { return site.answers() && !site.saturated(); }, 30s));
}

TEST_CASE("a Pgpool-II that is gone is down until it is back") {
  Site site;
  REQUIRE(eventually([&] { return site.metric("dbpool_up", {{"source", "pgp"}}) == 1; }, 30s));
  site.pooler->stop();
  CHECK(eventually([&] { return site.metric("dbpool_up", {{"source", "pgp"}}) == 0; }, 30s));
  CHECK_FALSE(site.answers());
  site.pooler->start();
  CHECK(eventually([&] { return site.answers(); }, 40s));
  CHECK(site.metric("dbpool_up", {{"source", "pgp"}}) == 1);
}
