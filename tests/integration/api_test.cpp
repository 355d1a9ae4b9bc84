#include <doctest/doctest.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "support/eventually.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/free_port.hpp"
#include "support/servers/postgres_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

json document(const ExporterProcess& exporter, const std::string& path) {
  const HttpAnswer answer = exporter.get(path);
  CAPTURE(path);
  CHECK(answer.header("content-type") == "application/json");
  return json::parse(answer.body);
}

json default_pool(const ExporterProcess& exporter) {
  return document(exporter, "/connections/pools/stats")["pools"]["default"];
}

bool is_up(const ExporterProcess& exporter) {
  return eventually([&] { return exporter.get("/-/ready").status == 200; }, 5s) &&
         eventually([&] { return default_pool(exporter)["lifecycle"] == "healthy"; }, 5s);
}

std::string last_error(const ExporterProcess& exporter) {
  const json error = document(exporter, "/health")["database"]["last_error"];
  return error.is_null() ? "" : error.get<std::string>();
}

bool is_error(const HttpAnswer& answer, int status) {
  const json body = json::parse(answer.body, nullptr, false);
  return answer.status == status && answer.header("content-type") == "application/json" && body.is_object() &&
         body.size() == 2 && body["status"] == "error" && body["error"].is_string();
}

}  // namespace

TEST_CASE("every document tells of the running pool, and they agree with one another and with the metrics") {
  const ExporterProcess exporter;
  REQUIRE(is_up(exporter));
  const json pool = default_pool(exporter);
  CHECK(pool["name"] == "default");
  CHECK(pool["total_capacity"] == 10);
  CHECK(pool["min_size"] == 2);
  CHECK(pool["pool_statistics"]["total_connections"] == 2);
  CHECK(pool["pool_statistics"]["connection_max_age"] == 3600);
  CHECK(pool["pool_statistics"]["last_error"].is_null());
  CHECK(pool["statistics"]["created"] ==
        exporter.metric("dbpool_connections_created_total", {{"pool", "default"}}));

  const json one = document(exporter, "/connections/pools/stats/default");
  CHECK(one["pool"]["name"] == "default");
  REQUIRE(one["connections"].size() == 2);
  CHECK(one["connections"][0]["age_seconds"] > 0);

  const json health = document(exporter, "/connections/pools/health");
  CHECK(health["overall_status"] == "healthy");
  CHECK(health["pools"][0]["message"] == "All systems operational");
  CHECK(document(exporter, "/connections/pools/metrics")["total_connections"] == 2);
  CHECK(document(exporter, "/connections/pools/leaks")["leaks"].empty());

  const json whole = document(exporter, "/health");
  CHECK(whole["status"] == "healthy");
  CHECK(whole["database"]["status"] == "connected");
  CHECK(whole["database"]["pool"] == json{{"total", 2}, {"idle", 2}, {"active", 0}, {"waiting", 0}});
  CHECK(whole["database"]["latency_ms"] > 0);
  CHECK(whole["uptime_seconds"] > 0);
}

TEST_CASE("history gets an item each interval, ends with the present, and reaches back as far as asked") {
  const ExporterProcess exporter(
      {.config = "history_interval: 1s\npools:\n  - {name: default, driver: sqlite}\n"});
  const auto items = [&](const std::string& query) {
    const json history = document(exporter, "/connections/pools/history/default" + query);
    CHECK(history["interval_seconds"] == 1);
    return history["history"];
  };
  CHECK(eventually([&] { return items("").size() >= 4; }, 8s));
  const json hour = items("?hours=1");
  for (std::size_t i = 1; i + 1 < hour.size(); ++i) CHECK(hour[i - 1]["timestamp"] < hour[i]["timestamp"]);
  // The present may be in the millisecond of the last item.
  CHECK(hour[hour.size() - 2]["timestamp"] <= hour.back()["timestamp"]);
  CHECK(hour.back()["total_connections"] == 2);
  CHECK(items("?hours=0").size() == 1);
  CHECK(items("?hours=0.0004").size() <= 3);  // 1.44 s
}

TEST_CASE("what cannot be answered is a JSON error with its code") {
  const ExporterProcess exporter;
  CHECK(is_error(exporter.get("/connections/pools/stats/nobody"), 404));
  CHECK(is_error(exporter.get("/connections/pools/history/nobody"), 404));
  CHECK(is_error(exporter.get("/health?pool=nobody"), 404));
  CHECK(is_error(exporter.get("/connections/pools/history/default?hours=25"), 400));
  CHECK(is_error(exporter.get("/connections/pools/history/default?hours=-1"), 400));
  CHECK(is_error(exporter.get("/connections/pools/stats/%zz"), 400));
  const HttpAnswer posted = exporter.post("/connections/pools/stats");
  CHECK(is_error(posted, 405));
  CHECK(posted.header("allow") == "GET, HEAD");
  CHECK(is_error(http_exchange(exporter.port(), "GET", "/health", {.json = "{}"}), 413));
  CHECK(is_error(exporter.post("/connections/pools/close-all"), 403));
  CHECK(exporter.get("/connections/pools/stats/d%65fault?unknown=1").status == 200);
  const HttpAnswer head = http_exchange(exporter.port(), "HEAD", "/health");
  CHECK(head.status == 200);
  CHECK(head.body.empty());
  CHECK(head.header("content-length").value_or("0") != "0");
}

TEST_CASE("the health document turns 503 in an outage, says what is wrong, and forgets it after recovery") {
  PostgresServer server;
  const ExporterProcess exporter(
      {.config = fmt::format("pools:\n  - {{name: default, driver: postgres, dsn: '{}', "
                             "canary: {{interval: 200ms}}}}\n",
                             server.dsn())});
  REQUIRE(is_up(exporter));
  CHECK(exporter.get("/health").status == 200);
  server.stop();
  CHECK(eventually([&] { return exporter.get("/health").status == 503; }, 5s));
  CHECK(eventually([&] { return last_error(exporter).starts_with("Database connection refused"); }, 5s));
  CHECK(document(exporter, "/health")["database"]["status"] == "disconnected");
  const json health = document(exporter, "/connections/pools/health");
  CHECK(exporter.get("/connections/pools/health").status == 200);
  CHECK(health["pools"][0]["message"] == "No healthy connections available");
  CHECK(health["warnings"].size() == 1);
  server.start();
  CHECK(eventually([&] { return exporter.get("/health").status == 200; }, 20s));
  CHECK(eventually([&] { return last_error(exporter).empty(); }, 5s));
  const json statistics = default_pool(exporter)["pool_statistics"];
  CHECK(statistics["last_error"].get<std::string>().starts_with("Database connection refused"));
  CHECK(statistics["last_error_time"].is_string());
}

TEST_CASE("a lease that is held for too long is listed with its site, an acquisition in vain is told") {
  const ExporterProcess exporter({.config = R"(
pools:
  - name: default
    driver: sqlite
    min_size: 1
    max_size: 1
    acquire_timeout: 100ms
    leak_detection_timeout: 400ms
    canary: {interval: 100ms, concurrency: 2, hold: 3s}
)"});
  json leaks;
  CHECK(eventually([&] { return !(leaks = document(exporter, "/connections/pools/leaks")["leaks"]).empty(); },
                   5s));
  REQUIRE(leaks.size() == 1);
  CHECK(leaks[0]["pool"] == "default");
  CHECK(leaks[0]["age_seconds"] >= 0.4);
  CHECK_FALSE(leaks[0]["site"].get<std::string>().empty());
  CHECK(leaks[0]["lease"] > 0);
  CHECK(default_pool(exporter)["leaked"] == 1);
  CHECK(eventually([&] { return last_error(exporter).starts_with("Connection acquisition timeout"); }, 3s));
}
