#include <doctest/doctest.h>
#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>

#include "contract/promql.hpp"
#include "integration/alerts.hpp"
#include "support/eventually.hpp"
#include "support/servers/alertmanager_server.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/postgres_server.hpp"
#include "support/servers/prometheus_server.hpp"
#include "support/servers/webhook_receiver.hpp"

using namespace dbpool;
using namespace std::chrono_literals;
using Json = nlohmann::json;

namespace {

std::string config_of(const std::string& dsn) {
  return fmt::format(R"(
pools:
  - name: orders
    driver: postgres
    dsn: {}
    canary: {{interval: 200ms}}
  - name: cache
    dsn: ':memory:'
)",
                     dsn);
}

/// The real chain with shortened durations: exporter, Prometheus, Alertmanager and receivers.
struct Watch {
  explicit Watch(const std::string& dsn) : exporter({.config = config_of(dsn)}) {}

  const ExporterProcess exporter;
  // Before Prometheus starts: with these durations two seconds without connections are an outage.
  const bool ready = eventually(
      [&] {
        return exporter.metric("dbpool_up", {{"source", "orders"}}) == 1;
      },
      20s);
  const WebhookReceiver webhook;
  const AlertmanagerServer alertmanager{ShippedAlerts::alertmanager(webhook.port())};
  const PrometheusServer prometheus{ShippedAlerts::prometheus(exporter.port(), alertmanager.port())};

  /// Returns the first message with that status that `receiver` got about missing connections. On a busy
  /// machine there are others, because the latency objective is missed as well.
  std::optional<Json> told(const std::string& receiver, const std::string& status) const {
    for (const auto& posted : webhook.posted()) {
      if (posted.path != "/" + receiver) continue;
      auto message = Json::parse(posted.body);
      const bool expected =
          message.at("commonLabels").value("alertname", "") == "ConnectionPoolNoConnections";
      if (expected && message.at("status") == status) return message;
    }
    return std::nullopt;
  }
};

/// Returns every selector of every rule, unchanged.
std::set<std::string> all_selectors(const std::map<std::string, std::string>& files) {
  std::set<std::string> all;
  for (const auto& [name, text] : files) {
    const YAML::Node groups = YAML::Load(text)["groups"];
    for (const auto& group : groups) {
      for (const auto& rule : group["rules"]) {
        for (const auto& selector : selectors_in(rule["expr"].as<std::string>())) {
          all.insert(selector.name + "{" + selector.matchers + "}");
        }
      }
    }
  }
  return all;
}

/// Only probed sources have these, or what is recorded of them.
std::set<std::string> selectors_of_probed_sources() {
  return {"dbpool_clients{}",
          "dbpool_clients_used{}",
          "dbpool_clients_max{}",
          "dbpool_exporter_source_file_ok{}",  // with source files
          "dbpool_oldest_transaction_seconds{}",
          "dbpool_paused{}",
          "dbpool_pool_info{probe_only=\"true\"}",
          "dbpool_queries_total{}",
          "dbpool_query_seconds_total{}",
          "dbpool_source_events_lost_total{}",
          "dbpool_source_events_rejected_total{reason!=\"stale\"}",
          "dbpool_source_events_rejected_total{reason=\"too_large\"}",
          "dbpool_source_events_total{}",
          "dbpool_source_senders{}",
          "dbpool_source_last_success_timestamp_seconds{}",
          "dbpool_server_connections{}",
          "dbpool_server_connections_max{}",
          "dbpool_transactions_total{}",
          "dbpool_up{kind!=\"owned\"}",
          "pool:dbpool_cause:paged{}",  // while a pool has a page
          "pool:dbpool_clients:sum{}",
          "pool:dbpool_connections:needed{}",  // while a pool is too small
          "pool:dbpool_query_seconds:mean5m{}",
          "source:dbpool_source_events_unused:share10m{}",
          "pool:dbpool_leaked_connections:behind{}",
          "pool:dbpool_transactions:increase1m{}"};
}

/// `database`: the server of the pool, host:port.
void check_page(const Json& message, const Watch& watch, const std::string& database) {
  REQUIRE(message.at("alerts").size() == 1);
  const Json& alert = message.at("alerts").at(0);
  const Labels expected{{"alertname", "ConnectionPoolNoConnections"},
                        {"severity", "critical"},
                        {"component", "connection_pool"},
                        {"job", "dbpool"},
                        {"instance", fmt::format("127.0.0.1:{}", watch.exporter.port())},
                        {"server", database},
                        {"source", "orders"},
                        {"pool", "orders"}};
  CHECK(alert.at("labels").get<Labels>() == expected);
  const Json& annotations = alert.at("annotations");
  CHECK(annotations.at("summary") == "Pool orders has no connections");
  // Recent errors may be another reason.
  const auto cause = annotations.at("cause").get<std::string>();
  CHECK_MESSAGE(cause.starts_with("reasons: "), cause);
  CHECK_MESSAGE(cause.find("no connections") != std::string::npos, cause);
  CHECK(annotations.at("runbook_url").get<std::string>().ends_with("/ConnectionPoolNoConnections.md"));
  CHECK(annotations.at("dashboard_url").get<std::string>().ends_with("&var-pool=orders"));
}

}  // namespace

TEST_CASE("a database that dies is a page and a ticket, and its return resolves both") {
  PostgresServer server;
  const std::string database = fmt::format("127.0.0.1:{}", server.port());
  const Watch watch(server.dsn());
  REQUIRE(watch.ready);
  REQUIRE(eventually(
      [&] { return watch.prometheus.query("pool:dbpool_connections:sum{pool='orders'}") == 2; }, 20s));
  CHECK_FALSE(watch.told("pagerduty", "firing").has_value());

  server.kill();
  REQUIRE(eventually([&] { return watch.told("pagerduty", "firing").has_value(); }, 30s));
  check_page(*watch.told("pagerduty", "firing"), watch, database);
  CHECK(eventually([&] { return watch.told("tickets", "firing").has_value(); }, 10s));
  CHECK_FALSE(watch.told("pagerduty", "resolved").has_value());

  server.start();
  REQUIRE(eventually([&] { return watch.told("pagerduty", "resolved").has_value(); }, 60s));
  check_page(*watch.told("pagerduty", "resolved"), watch, database);
  CHECK(eventually([&] { return watch.told("tickets", "resolved").has_value(); }, 10s));
}

TEST_CASE(
    "every rule can be evaluated, and what it selects comes from the exporter or from a probed source") {
  const auto of_probed_sources = selectors_of_probed_sources();
  PostgresServer server;
  const Watch watch(server.dsn());
  const auto selectors = all_selectors(ShippedAlerts::prometheus(0, 0));
  REQUIRE(selectors.size() > 30);
  std::set<std::string> without_series;
  const auto as_expected = [&] {
    without_series.clear();
    for (const auto& selector : selectors) {
      if (selector.starts_with("ALERTS{")) continue;
      if (!watch.prometheus.query("count(" + selector + ")")) without_series.insert(selector);
    }
    return without_series == of_probed_sources;
  };
  CHECK(eventually(as_expected, 40s));
  for (const auto& selector : without_series) {
    CHECK_MESSAGE(of_probed_sources.contains(selector), selector);
  }
  CHECK(eventually([&] { return watch.prometheus.bad_rules().empty(); }, 40s));
  for (const auto& what : watch.prometheus.bad_rules()) FAIL_CHECK(what);
}
