#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "integration/alerts.hpp"
#include "support/eventually.hpp"
#include "support/servers/alertmanager_server.hpp"
#include "support/servers/webhook_receiver.hpp"

using namespace dbpool;
using namespace std::chrono_literals;
using Json = nlohmann::json;

namespace {

/// Returns an alert of the exporter at a:10127. `more`: labels to add or replace.
Labels alert(const std::string& name, const std::string& severity, Labels more = {}) {
  more.insert({{"alertname", "ConnectionPool" + name},
               {"severity", severity},
               {"component", "connection_pool"},
               {"job", "dbpool"},
               {"instance", "a:10127"}});
  return more;
}

Labels of_pool(const std::string& name, const std::string& severity, Labels more = {}) {
  more.insert({{"source", "orders"}, {"pool", "orders"}});
  return alert(name, severity, more);
}

/// Posts all alerts. Checks that `loud` become active and `silenced` inhibited within a stretched 10 s.
void check(const std::vector<Labels>& loud, const std::vector<Labels>& silenced) {
  const WebhookReceiver webhook;
  const AlertmanagerServer server(ShippedAlerts::alertmanager(webhook.port()));
  auto all = loud;
  all.insert(all.end(), silenced.begin(), silenced.end());
  server.post(all);
  std::vector<std::string> wrong;
  const auto settled = [&] {
    const auto active = server.active();
    wrong.clear();
    for (const Labels& one : loud) {
      if (!active.contains(one) || !active.at(one)) wrong.push_back(one.at("alertname") + " is not active");
    }
    for (const Labels& one : silenced) {
      if (!active.contains(one) || active.at(one)) wrong.push_back(one.at("alertname") + " is not inhibited");
    }
    return active.size() == all.size() && wrong.empty();
  };
  CHECK(eventually(settled, 10s));
  for (const auto& what : wrong) FAIL_CHECK(what);
}

const Labels elsewhere{{"instance", "b:10127"}};
const Labels other_pool{{"source", "invoices"}, {"pool", "invoices"}};
const Labels fast_burn{{"slo", "availability"}, {"window", "1h"}};

}  // namespace

TEST_CASE("an exporter that is gone silences whatever else is said of it, and nobody else") {
  check({alert("ExporterDown", "critical"),
         of_pool("NoConnections", "critical", elsewhere),
         of_pool("Leak", "warning", {{"job", "other"}}),
         {{"alertname", "DiskFull"}, {"job", "dbpool"}, {"instance", "a:10127"}, {"severity", "critical"}}},
        {of_pool("NoConnections", "critical"), of_pool("Leak", "warning"), alert("ReloadFailed", "warning"),
         alert("SourceDown", "critical", {{"source", "pgb"}})});
}

TEST_CASE("a source that cannot be read silences its pools, not those of other sources") {
  check({alert("SourceDown", "critical", {{"source", "pgb"}}), alert("ReloadFailed", "warning"),
         of_pool("Exhausted", "critical"), alert("SourceDown", "critical", {{"source", "pgp"}})},
        {of_pool("Exhausted", "critical", {{"source", "pgb"}, {"pool", "pgb/app/u"}}),
         alert("SourceStale", "warning", {{"source", "pgb"}}),
         alert("SourceSilent", "warning", {{"source", "pgb"}})});
}

TEST_CASE("a pool without connections silences everything else of the same pool") {
  check({of_pool("NoConnections", "critical"), of_pool("Unhealthy", "critical", other_pool),
         of_pool("Unhealthy", "critical", elsewhere), alert("ReloadFailed", "warning")},
        {of_pool("Unhealthy", "critical"), of_pool("Exhausted", "critical"), of_pool("Waiting", "warning"),
         of_pool("Errors", "warning", {{"error_type", "connect"}}),
         of_pool("AvailabilityBudgetBurn", "critical", {{"slo", "availability"}, {"window", "1h"}})});
}

TEST_CASE(
    "an exhausted pool silences what follows from that and the generic page, not its leaks and errors") {
  check({of_pool("Exhausted", "critical"), of_pool("Leak", "warning"),
         of_pool("Errors", "warning", {{"error_type", "query"}}), of_pool("Waiting", "warning", other_pool),
         of_pool("Unhealthy", "critical", other_pool)},
        {of_pool("Waiting", "warning"), of_pool("FullyUtilized", "warning"),
         of_pool("LowCapacity", "warning"), of_pool("HighLatency", "warning"), of_pool("PeakWait", "warning"),
         of_pool("SaturationPredicted", "warning"), of_pool("Unhealthy", "critical"),
         of_pool("AvailabilityBudgetBurn", "critical", fast_burn)});
}

TEST_CASE("a pool that stands still is one page, also when it is exhausted later") {
  check({of_pool("Stalled", "critical"), of_pool("Exhausted", "critical", other_pool)},
        {of_pool("Exhausted", "critical"), of_pool("LeakExhausting", "critical"),
         of_pool("Unhealthy", "critical"), of_pool("Waiting", "warning"),
         of_pool("LatencyBudgetBurn", "critical", {{"slo", "latency"}, {"window", "30m"}})});
}

TEST_CASE("a pause that pages silences its own warning and what follows from waiting") {
  check({of_pool("PausedWithWaiters", "critical"), of_pool("PausedWithWaiters", "warning", other_pool)},
        {of_pool("PausedWithWaiters", "warning"), of_pool("Waiting", "warning"),
         of_pool("Unhealthy", "critical"), of_pool("AvailabilityBudgetBurn", "critical", fast_burn)});
}

TEST_CASE("a server that is gone makes its other pools unhealthy, where it is known") {
  const Labels here{{"server", "db:5432"}};
  const Labels beside{{"server", "db:5432"}, {"source", "invoices"}, {"pool", "invoices"}};
  const Labels far{{"server", "db:5433"}, {"source", "users"}, {"pool", "users"}};
  check({of_pool("NoConnections", "critical", here), of_pool("Exhausted", "critical", beside),
         of_pool("Unhealthy", "critical", far)},
        {of_pool("Unhealthy", "critical", beside), of_pool("Errors", "warning", beside)});
  const Labels pooler{{"server", "db:5432"}, {"source", "pgb"}, {"pool", "pgb/app/u"}};
  check({of_pool("BackendDown", "critical", pooler), of_pool("Unhealthy", "critical", far)},
        {of_pool("Unhealthy", "critical", here), of_pool("BelowMinimum", "warning", beside)});
  check({of_pool("NoConnections", "critical"), of_pool("Unhealthy", "critical", other_pool)}, {});
}

TEST_CASE("a full server silences its own warning and what its pools lack, not a pool without connections") {
  const Labels full{{"server", "db:5432"}, {"source", "srv"}, {"pool", "srv"}};
  const Labels here{{"server", "db:5432"}};
  const Labels far{{"server", "db:5433"}, {"source", "users"}, {"pool", "users"}};
  check({of_pool("ServerFull", "critical", full), of_pool("NoConnections", "critical", here),
         of_pool("BelowMinimum", "warning", far), of_pool("ServerFull", "warning", far)},
        {of_pool("ServerFull", "warning", full), of_pool("BelowMinimum", "warning", here),
         of_pool("Errors", "warning", {{"server", "db:5432"}, {"error_type", "connect"}})});
  check({of_pool("ServerFull", "warning", full), of_pool("Errors", "warning", here)}, {});
}

TEST_CASE("a dead server that an owned pool, a pooler and its own sessions see is one page") {
  const WebhookReceiver webhook;
  const AlertmanagerServer server(ShippedAlerts::alertmanager(webhook.port()));
  const Labels here{{"server", "db:5432"}};
  const Labels pooler{{"source", "pgb"}, {"pool", "pgb/app/u"}, {"server", "db:5432"}};
  server.post({of_pool("NoConnections", "critical", here), of_pool("BackendDown", "critical", pooler),
               alert("SourceDown", "critical", {{"source", "srv"}, {"server", "db:5432"}}),
               of_pool("Unhealthy", "critical", pooler),
               of_pool("AvailabilityBudgetBurn", "critical", fast_burn)});
  const auto pages = [&] {
    std::vector<Json> found;
    for (const auto& posted : webhook.posted()) {
      if (posted.path == "/pagerduty") found.push_back(Json::parse(posted.body));
    }
    return found;
  };
  REQUIRE(eventually([&] { return !pages().empty(); }, 20s));
  CHECK(pages().front().at("alerts").size() == 3);
  CHECK(pages().front().at("groupLabels") == Json{{"job", "dbpool"}, {"server", "db:5432"}});
}

TEST_CASE("two dead servers are two pages, and so are two sources whose server is not known") {
  const WebhookReceiver webhook;
  const AlertmanagerServer server(ShippedAlerts::alertmanager(webhook.port()));
  server.post({of_pool("NoConnections", "critical", {{"server", "db:5432"}}),
               of_pool("NoConnections", "critical", {{"server", "db:5433"}, {"source", "users"}}),
               alert("SourceDown", "critical", {{"source", "pgb"}}),
               alert("SourceDown", "critical", {{"source", "pgp"}})});
  const auto pages = [&] {
    return std::ranges::count(webhook.posted(), "/pagerduty", [](const auto& posted) { return posted.path; });
  };
  CHECK(eventually([&] { return pages() == 4; }, 20s));
}

TEST_CASE("a pooler that takes no more clients silences its own warning and its health, not its pools") {
  const Labels front{{"source", "pgb"}, {"pool", "pgb"}};
  const Labels behind{{"source", "pgb"}, {"pool", "pgb/app/u"}};
  check({alert("erClientsExhausted", "critical", front), alert("Unhealthy", "critical", behind),
         alert("erClientsExhausted", "warning", {{"source", "pgc"}, {"pool", "pgc"}})},
        {alert("erClientsExhausted", "warning", front), alert("Unhealthy", "critical", front),
         alert("Degraded", "warning", front)});
}

TEST_CASE("the graver alert about leaks or health silences the lesser") {
  check({of_pool("LeakExhausting", "critical"), of_pool("Unhealthy", "critical"),
         of_pool("Unhealthy", "critical", other_pool), of_pool("Leak", "warning", other_pool),
         of_pool("Degraded", "warning", elsewhere)},
        {of_pool("Leak", "warning"), of_pool("Degraded", "warning"),
         of_pool("HealthFlapping", "warning", other_pool), of_pool("Degraded", "warning", other_pool)});
}

TEST_CASE("two windows of one objective are one page") {
  const Labels slow{{"slo", "availability"}, {"window", "6h"}};
  Labels elsewhere_slow = elsewhere;
  elsewhere_slow.insert(slow.begin(), slow.end());
  check({of_pool("AvailabilityBudgetBurn", "critical", fast_burn),
         of_pool("AvailabilityBudgetBurn", "critical", elsewhere_slow)},
        {of_pool("AvailabilityBudgetBurn", "critical", slow)});
}

TEST_CASE("a page about an objective silences the warnings about the same one only") {
  const Labels fast{{"slo", "latency"}, {"window", "30m"}};
  const Labels slow{{"slo", "latency"}, {"window", "6h"}};
  const Labels other{{"slo", "availability"}, {"window", "1d"}};
  check({of_pool("LatencyBudgetBurn", "critical", fast), of_pool("AvailabilityBudgetBurn", "warning", other),
         of_pool("BelowMinimum", "warning"),
         of_pool("LatencyBudgetBurn", "warning",
                 [&] {
                   Labels both = other_pool;
                   both.insert(slow.begin(), slow.end());
                   return both;
                 }())},
        {of_pool("LatencyBudgetBurn", "warning", slow)});
}
