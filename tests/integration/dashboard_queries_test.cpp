#include <doctest/doctest.h>
#include <fmt/format.h>

#include <regex>
#include <set>
#include <string>
#include <vector>

#include "contract/dashboard.hpp"
#include "integration/alerts.hpp"
#include "support/eventually.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/free_port.hpp"
#include "support/servers/pgbouncer_server.hpp"
#include "support/servers/postgres_server.hpp"
#include "support/servers/prometheus_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

/// A site that produces everything the dashboard shows: pools that work and renew their connections, one
/// without its database, and a pooler with clients.
struct Site {
  PostgresServer server;
  PgBouncerServer pooler{
      {.databases = fmt::format("app = host=127.0.0.1 port={} dbname=postgres user=postgres", server.port()),
       .settings = {"pool_mode=transaction"}}};
  ExporterProcess exporter{
      {.config = fmt::format(R"(
pools:
  - {{name: orders, driver: postgres, dsn: {}, health_check_interval: 300ms, canary: {{interval: 100ms}}}}
  - {{name: restless, dsn: ':memory:', max_lifetime: 1s, canary: {{interval: 100ms}}}}
  - {{name: absent, driver: postgres, dsn: 'host=127.0.0.1 user=u port={}', acquire_timeout: 200ms,
     canary: {{interval: 100ms}}}}
sources:
  - {{name: pgb, type: pgbouncer, dsn: {}, interval: 300ms, clients: true,
     synthetic: {{dsn: {}, interval: 100ms}}}}
)",
                             server.dsn(), free_port(), pooler.console(), pooler.dsn("app", "postgres"))}};
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
      {"$__rate_interval", "4s"}, {"$__range", "1m"}, {"$job", ".+"}, {"$instance", ".+"}, {"$pool", ".+"}};
  for (const auto& [variable, value] : values) expression = replaced_all(expression, variable, value);
  return expression;
}

/// Returns the queries that fill the variable lists, in a form that Prometheus understands.
std::vector<DashboardQuery> variable_queries() {
  static const std::regex form(R"(label_values\((.+), (\w+)\))");
  std::vector<DashboardQuery> all;
  for (const auto& variable : dashboard()["templating"]["list"]) {
    if (variable["type"] != "query") continue;
    const std::string query = variable["query"]["query"];
    std::smatch match;
    REQUIRE_MESSAGE(std::regex_match(query, match, form), query);
    all.push_back(
        {variable["name"], fmt::format("count by ({}) ({})", match.str(2), match.str(1)), "", true});
  }
  return all;
}

/// Returns how far ahead to evaluate: one panel draws nothing until its rules have recorded half an hour.
std::chrono::seconds asked_ahead(const std::string& expression) {
  return expression.find("offset 30m") == std::string::npos ? 0s : 30min;
}

}  // namespace

TEST_CASE("a Prometheus answers every query of the dashboard with data") {
  auto queries = dashboard_queries();
  for (const auto& query : variable_queries()) queries.push_back(query);
  REQUIRE(queries.size() > 60);
  for (const auto& query : queries) {
    INFO(query.where, ": ", query.expression);
    CHECK(sent(query.expression).find('$') == std::string::npos);
  }
  const Site site;
  std::set<std::string> unanswered;
  const auto all_answered = [&] {
    unanswered.clear();
    for (const auto& query : queries) {
      // Ignores NaN, which Grafana does not draw.
      const auto data = fmt::format("count(({}) >= -Inf)", sent(query.expression));
      if (!site.prometheus.query(data, asked_ahead(query.expression))) {
        unanswered.insert(query.where + ": " + data);
      }
    }
    return unanswered.empty();
  };
  CHECK(eventually(all_answered, 60s));
  for (const auto& query : unanswered) FAIL_CHECK(query);
}
