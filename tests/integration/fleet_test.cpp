#include <doctest/doctest.h>
#include <fmt/format.h>

#include <deque>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

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

constexpr std::size_t exporters_of_a_cluster = 3;

/// A pool `orders`, which every exporter has.
std::string pool_of(const std::string& driver, const std::string& dsn) {
  return fmt::format("pools: [{{name: orders, driver: {}, dsn: \"{}\", canary: {{interval: 200ms}}}}]\n",
                     driver, dsn);
}

/// Six exporters in two clusters, an agent in each, one centre and Alertmanager, with the shipped files. The
/// pool of the first exporter, in the cluster east, is on a PostgreSQL that the test stops; the others have
/// SQLite.
class TwoClusters {
 public:
  explicit TwoClusters(const std::string& dsn) {
    exporters_.emplace_back(ExporterSetup{.config = pool_of("postgres", dsn)});
    while (exporters_.size() < 2 * exporters_of_a_cluster) {
      exporters_.emplace_back(ExporterSetup{.config = pool_of("sqlite", ":memory:")});
    }
    // With shortened durations two seconds without connections are an outage.
    for (const auto& exporter : exporters_) {
      REQUIRE(eventually([&] { return exporter.metric("dbpool_up", {{"source", "orders"}}) == 1; }, 20s));
    }
    start_agent_of_east();
    west_.emplace(ShippedAlerts::agent("west", ports_from(exporters_of_a_cluster), centre_.port()),
                  PrometheusRole::agent);
    REQUIRE(eventually([&] { return centre_.query("count(dbpool_exporter_build_info)") == 6; }, 60s));
    REQUIRE(eventually([&] { return centre_.query("count(pool:dbpool_connections:sum > 0)") == 6; }, 30s));
  }

  void start_agent_of_east() {
    east_.emplace(ShippedAlerts::agent("east", ports_from(0), centre_.port()), PrometheusRole::agent);
  }
  /// Kills it. It comes back without its data.
  void kill_agent_of_east() { east_.reset(); }

  /// The instance whose database the test stops.
  std::string instance() const { return fmt::format("127.0.0.1:{}", exporters_.front().port()); }

  /// Returns the messages with that status that the pager got about an alert.
  std::vector<Json> paged(const std::string& alert, const std::string& status) const {
    std::vector<Json> found;
    for (const auto& posted : webhook_.posted()) {
      if (posted.path != "/pagerduty") continue;
      auto message = Json::parse(posted.body);
      const bool about = message.at("commonLabels").value("alertname", "") == alert;
      if (about && message.at("status") == status) found.push_back(std::move(message));
    }
    return found;
  }
  bool was_paged(const std::string& alert, const std::string& status) const {
    return !paged(alert, status).empty();
  }

 private:
  std::vector<int> ports_from(std::size_t first) const {
    std::vector<int> ports;
    for (std::size_t i = first; i < first + exporters_of_a_cluster; ++i)
      ports.push_back(exporters_[i].port());
    return ports;
  }

  std::deque<ExporterProcess> exporters_;
  const WebhookReceiver webhook_;
  const AlertmanagerServer alertmanager_{ShippedAlerts::alertmanager(webhook_.port())};
  const PrometheusServer centre_{ShippedAlerts::centre(alertmanager_.port()), PrometheusRole::receiver};
  std::optional<PrometheusServer> east_, west_;
};

constexpr const char* outage = "ConnectionPoolNoConnections";
constexpr const char* silence = "ConnectionPoolAgentSilent";

/// Returns the labels of the only alert of a message.
Labels labels_of(const Json& message) {
  REQUIRE(message.at("alerts").size() == 1);
  auto labels = message.at("alerts").at(0).at("labels").get<Labels>();
  labels.erase("server");  // PostgreSQL's address
  return labels;
}

Labels labels_of_the_outage(const TwoClusters& fleet) {
  return {{"alertname", outage}, {"severity", "critical"}, {"component", "connection_pool"},
          {"cluster", "east"},   {"job", "dbpool-east"},   {"instance", fleet.instance()},
          {"source", "orders"},  {"pool", "orders"}};
}

}  // namespace

TEST_CASE("an outage below an agent pages once, with its cluster, exporter and pool") {
  PostgresServer server;
  const TwoClusters fleet(server.dsn());
  CHECK_FALSE(fleet.was_paged(outage, "firing"));

  server.kill();
  REQUIRE(eventually([&] { return fleet.was_paged(outage, "firing"); }, 40s));
  CHECK(labels_of(fleet.paged(outage, "firing").front()) == labels_of_the_outage(fleet));

  server.start();
  REQUIRE(eventually([&] { return fleet.was_paged(outage, "resolved"); }, 90s));
  CHECK(fleet.paged(outage, "firing").size() == 1);
  CHECK(labels_of(fleet.paged(outage, "resolved").front()) == labels_of_the_outage(fleet));
  CHECK_FALSE(fleet.was_paged(silence, "firing"));
}

TEST_CASE("an agent that dies is a page, and its return brings the page of what happened meanwhile") {
  PostgresServer server;
  TwoClusters fleet(server.dsn());

  fleet.kill_agent_of_east();
  server.kill();
  REQUIRE(eventually([&] { return fleet.was_paged(silence, "firing"); }, 120s));
  CHECK(labels_of(fleet.paged(silence, "firing").front()) == Labels{{"alertname", silence},
                                                                    {"severity", "critical"},
                                                                    {"component", "connection_pool"},
                                                                    {"cluster", "east"},
                                                                    {"job", "dbpool-east"}});
  CHECK_FALSE(fleet.was_paged(outage, "firing"));  // what is not known is no outage

  fleet.start_agent_of_east();
  REQUIRE(eventually([&] { return fleet.was_paged(outage, "firing"); }, 60s));
  CHECK(labels_of(fleet.paged(outage, "firing").front()) == labels_of_the_outage(fleet));
  CHECK(eventually([&] { return fleet.was_paged(silence, "resolved"); }, 90s));
  CHECK(fleet.paged(outage, "firing").size() == 1);
  CHECK(fleet.paged(silence, "firing").size() == 1);
}
