#include <doctest/doctest.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "support/eventually.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/postgres_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

constexpr auto within_outage = 30s;

struct Journalling : ExporterProcess {
  using ExporterProcess::ExporterProcess;

  nlohmann::json events() const {
    return nlohmann::json::parse(get("/connections/pools/events").body)["events"];
  }
  /// Returns the newest entry of this kind; null = there is none.
  nlohmann::json newest(const std::string& kind) const {
    for (const auto& event : events()) {
      if (event["kind"] == kind) return event;
    }
    return nullptr;
  }
  bool comes_to(const std::string& kind) const {
    return eventually([&] { return !newest(kind).is_null(); }, within_outage);
  }
};

}  // namespace

TEST_CASE("an outage, its end and reloads are in the journal as in the log, newest first") {
  PostgresServer server;
  const std::string config = fmt::format(R"(
pools:
  - name: orders
    driver: postgres
    dsn: "host=127.0.0.1 port={0} user=postgres dbname=postgres"
    canary: {{interval: 200ms}}
sources:
  - {{name: srv, type: pg_stat_activity, interval: 1s, dsn: "host=127.0.0.1 port={0} user=postgres dbname=postgres"}}
)",
                                         server.port());
  Journalling exporter({.config = config, .flags = {"--web.enable-lifecycle"}});
  REQUIRE(eventually([&] { return exporter.metric("dbpool_up", {{"source", "srv"}}) == 1; }, within_outage));
  server.stop();
  CHECK(exporter.comes_to("connection_lost"));
  CHECK(exporter.comes_to("source_lost"));
  CHECK(exporter.newest("source_lost")["source"] == "srv");
  CHECK(exporter.newest("source_lost")["pool"].is_null());
  CHECK(exporter.newest("connection_lost")["pool"] == "orders");
  server.start();
  CHECK(exporter.comes_to("connection_recovered"));
  CHECK(exporter.comes_to("source_found"));
  CHECK(exporter.comes_to("health_changed"));

  CHECK(exporter.post("/-/reload").status == 200);
  exporter.configure("pools: nonsense");
  CHECK(exporter.post("/-/reload").status == 500);
  const auto events = exporter.events();
  CHECK(events[0]["kind"] == "reload_failed");
  CHECK(events[0]["source"].is_null());
  CHECK(events[0]["message"].get<std::string>().starts_with("configuration reload failed: "));
  CHECK_FALSE(exporter.newest("reloaded").is_null());
  for (std::size_t i = 1; i < events.size(); ++i) CHECK(events[i - 1]["timestamp"] >= events[i]["timestamp"]);
}
