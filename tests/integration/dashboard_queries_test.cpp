#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "contract/dashboard.hpp"
#include "integration/alerts.hpp"
#include "support/eventually.hpp"
#include "support/http/http_exchange.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/free_port.hpp"
#include "support/servers/pg_session.hpp"
#include "support/servers/pgbouncer_server.hpp"
#include "support/servers/postgres_server.hpp"
#include "support/servers/prometheus_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

/// A site that produces everything the dashboards show: pools that work and renew their connections, one that
/// is too small, one without its database, a pooler with clients, a server with a transaction left open,
/// a sender that pushes, and sources that cannot be read.
struct Site {
  const std::uint16_t pushes = free_port();
  PostgresServer server;
  PgSession open{server.dsn()};
  PgBouncerServer pooler{
      {.databases = fmt::format("app = host=127.0.0.1 port={} dbname=postgres user=postgres", server.port()),
       .settings = {"pool_mode=transaction"}}};
  ExporterProcess exporter{
      {.config = fmt::format(R"(
pools:
  - {{name: orders, driver: postgres, dsn: {}, health_check_interval: 300ms, canary: {{interval: 100ms}}}}
  - {{name: restless, dsn: ':memory:', max_lifetime: 1s, canary: {{interval: 100ms}}}}
  - {{name: small, dsn: ':memory:', min_size: 1, max_size: 1, canary: {{interval: 10ms, hold: 50ms, concurrency: 3}}}}
  - {{name: absent, driver: postgres, dsn: 'host=127.0.0.1 user=u port={}', acquire_timeout: 200ms,
     canary: {{interval: 100ms}}}}
sources:
  - {{name: srv, type: pg_stat_activity, dsn: {}, interval: 300ms}}
  - {{name: otel, type: otlp, listen: '127.0.0.1:{}'}}
  - {{name: gone, type: pgbouncer, dsn: 'host=127.0.0.1 port={}', interval: 300ms}}
  - {{name: lost, type: pgbouncer, dsn: 'host=127.0.0.1 port={}', interval: 300ms}}
  - {{name: away, type: pgbouncer, dsn: 'host=127.0.0.1 port={}', interval: 300ms}}
  - {{name: pgb, type: pgbouncer, dsn: {}, interval: 300ms, clients: true,
     synthetic: {{dsn: {}, interval: 100ms}}}}
)",
                             server.dsn(), free_port(), server.dsn(), pushes, free_port(), free_port(),
                             free_port(), pooler.console(), pooler.dsn("app", "postgres"))}};
  PrometheusServer prometheus{ShippedAlerts::prometheus(exporter.port(), free_port())};
};

std::string replaced_all(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

/// Returns the expression as Grafana sends it when everything is selected. The shipped Prometheus scrapes
/// every second here.
std::string sent(std::string expression) {
  const std::vector<std::pair<std::string, std::string>> values{
      {"$__rate_interval", "4s"}, {"$__range", "1m"}, {"$job", ".+"},
      {"$instance", ".+"},        {"$pool", ".+"},    {"$by", "job"}};
  for (const auto& [variable, value] : values) expression = replaced_all(expression, variable, value);
  return expression;
}

/// Returns the queries that fill the variable lists, in a form that Prometheus understands.
std::vector<DashboardQuery> variable_queries() {
  static const std::regex form(R"(label_values\((.+), (\w+)\))");
  std::vector<DashboardQuery> all;
  for (const auto& dashboard : dashboards()) {
    for (const auto& variable : dashboard["templating"]["list"]) {
      if (variable["type"] != "query") continue;
      const std::string query = variable["query"]["query"];
      std::smatch match;
      REQUIRE_MESSAGE(std::regex_match(query, match, form), query);
      all.push_back(
          {variable["name"], fmt::format("count by ({}) ({})", match.str(2), match.str(1)), "", true});
    }
  }
  return all;
}

/// Returns whether a query answers only in a fault that the site does not have. Prometheus still has to
/// accept it.
bool is_of_another_fault(const DashboardQuery& query) {
  static const std::set<std::string> others{
      "Alerts C",                                   // of the exporter itself
      "Worst p95 A",                                // within the objective; the worst pool here is beyond it
      "Health B",                                   // degraded and never worse
      "Unhealthy pools B",                          // of a source that was read and cannot be read now
      "Unhealthy pools C",                          // the same, of all
      "Pools by health C",                          // the same
      "Down since A",                               // the same
      "Idle in transaction, waiting for a lock B",  // no session waits
      "Points and lines a minute C"                 // OTLP does not show what was lost
  };
  return others.contains(query.where);
}

/// Pushes the figures of a pool, and something that is no OTLP.
void push(std::uint16_t port) {
  const auto now = std::chrono::system_clock::now().time_since_epoch() / 1ns;
  const auto body = fmt::format(
      R"({{"resourceMetrics": [{{"scopeMetrics": [{{"metrics": [{{"name": "db.client.connections.max", "sum": {{
      "aggregationTemporality": 2, "dataPoints": [{{"asInt": "5", "timeUnixNano": "{}", "attributes": [
      {{"key": "pool.name", "value": {{"stringValue": "cart"}}}}]}}]}}}}]}}]}}]}})",
      now);
  CHECK(http_exchange(port, "POST", "/v1/metrics", {.json = body}).status == 200);
  CHECK(http_exchange(port, "POST", "/v1/metrics", {.json = "{"}).status == 400);
}

/// Returns how far ahead to evaluate: one panel draws nothing until its rules have recorded half an hour.
std::chrono::seconds asked_ahead(const std::string& expression) {
  return expression.find("offset 30m") == std::string::npos ? 0s : 30min;
}

}  // namespace

TEST_CASE("a Prometheus answers every query of the dashboards with data") {
  auto queries = dashboard_queries();
  for (const auto& query : variable_queries()) queries.push_back(query);
  REQUIRE(queries.size() > 60);
  for (const auto& query : queries) {
    INFO(query.where, ": ", query.expression);
    CHECK(sent(query.expression).find('$') == std::string::npos);
  }
  Site site;
  site.open.run("BEGIN; SELECT 1");
  std::set<std::string> unanswered;
  const auto all_answered = [&] {
    unanswered.clear();
    push(site.pushes);
    for (const auto& query : queries) {
      // Ignores NaN, which Grafana does not draw.
      const auto data = fmt::format("count(({}) >= -Inf)", sent(query.expression));
      const bool answered = site.prometheus.query(data, asked_ahead(query.expression)).has_value();
      if (!answered && !is_of_another_fault(query)) {
        unanswered.insert(query.where + ": " + data);
      }
    }
    return unanswered.empty();
  };
  CHECK(eventually(all_answered, 60s));
  for (const auto& query : unanswered) FAIL_CHECK(query);
}
