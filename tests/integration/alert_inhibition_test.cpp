#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "integration/alerts.hpp"
#include "support/eventually.hpp"
#include "support/servers/alertmanager_server.hpp"
#include "support/servers/webhook_receiver.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

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
         alert("SourceStale", "warning", {{"source", "pgb"}})});
}

TEST_CASE("a pool without connections silences everything else of the same pool") {
  check({of_pool("NoConnections", "critical"), of_pool("Unhealthy", "critical", other_pool),
         of_pool("Unhealthy", "critical", elsewhere), alert("ReloadFailed", "warning")},
        {of_pool("Unhealthy", "critical"), of_pool("Exhausted", "critical"), of_pool("Waiting", "warning"),
         of_pool("Errors", "warning", {{"error_type", "connect"}}),
         of_pool("AvailabilityBudgetBurn", "critical", {{"slo", "availability"}, {"window", "1h"}})});
}

TEST_CASE("an exhausted pool silences what follows from that, not its leaks and errors") {
  check(
      {of_pool("Exhausted", "critical"), of_pool("Leak", "warning"), of_pool("Unhealthy", "critical"),
       of_pool("Errors", "warning", {{"error_type", "query"}}), of_pool("Waiting", "warning", other_pool)},
      {of_pool("Waiting", "warning"), of_pool("FullyUtilized", "warning"), of_pool("LowCapacity", "warning"),
       of_pool("HighLatency", "warning"), of_pool("SaturationPredicted", "warning")});
}

TEST_CASE("a pooler that takes no more clients silences its own warning and its health, not its pools") {
  const Labels front{{"source", "pgb"}, {"pool", "pgb"}};
  const Labels behind{{"source", "pgb"}, {"pool", "pgb/app/u"}};
  check({alert("erClientsExhausted", "critical", front), alert("Exhausted", "critical", behind),
         alert("Unhealthy", "critical", behind),
         alert("erClientsExhausted", "warning", {{"source", "pgc"}, {"pool", "pgc"}})},
        {alert("erClientsExhausted", "warning", front), alert("Unhealthy", "critical", front),
         alert("Degraded", "warning", front)});
}

TEST_CASE("the graver alert about leaks or health silences the lesser") {
  check({of_pool("LeakExhausting", "critical"), of_pool("Unhealthy", "critical"),
         of_pool("Leak", "warning", other_pool), of_pool("Degraded", "warning", elsewhere)},
        {of_pool("Leak", "warning"), of_pool("Degraded", "warning"), of_pool("HealthFlapping", "warning")});
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
