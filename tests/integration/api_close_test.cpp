#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "support/eventually.hpp"
#include "support/servers/exporter_process.hpp"

using namespace dbpool;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

ExporterSetup two_pools(const std::string& canary) {
  return {.config = "pools:\n  - {name: a, driver: sqlite, canary: " + canary +
                    "}\n  - {name: b, driver: sqlite, canary: {interval: 0s}}\n",
          .flags = {"--web.enable-admin-api"}};
}

double closed(const Scrape& scrape, const std::string& pool) {
  return scrape.at("dbpool_connections_closed_total", {{"pool", pool}, {"reason", "closed"}});
}
double connections(const Scrape& scrape, const std::string& pool, const std::string& state) {
  return scrape.at("dbpool_connections", {{"pool", pool}, {"state", state}});
}
bool is_filled(const ExporterProcess& exporter, const std::string& pool) {
  return eventually([&] { return connections(exporter.scrape(), pool, "idle") == 2; }, 5s);
}

}  // namespace

TEST_CASE("closing a pool closes its idle connections at once, and the canary's next turn refills it") {
  const ExporterProcess exporter(two_pools("{interval: 1s}"));
  REQUIRE(is_filled(exporter, "a"));
  REQUIRE(is_filled(exporter, "b"));
  const HttpAnswer answer = exporter.post("/connections/pools/close/a");
  CHECK(answer.status == 200);
  CHECK(json::parse(answer.body)["status"] == "success");
  CHECK(json::parse(answer.body)["closed_idle"].get<int>() +
            json::parse(answer.body)["closing_active"].get<int>() ==
        2);
  CHECK(eventually([&] { return closed(exporter.scrape(), "a") == 2; }, 2s));
  CHECK(exporter.log("connections closed by request").size() == 1);
  CHECK(is_filled(exporter, "a"));
  CHECK(exporter.scrape().at("dbpool_connections_created_total", {{"pool", "a"}}) >= 4);
  CHECK(closed(exporter.scrape(), "b") == 0);
}

TEST_CASE("a connection that is lent closes when it comes back") {
  const ExporterProcess exporter(two_pools("{interval: 10s, hold: 2s}"));
  REQUIRE(is_filled(exporter, "b"));
  REQUIRE(eventually([&] { return connections(exporter.scrape(), "a", "active") == 1; }, 5s));
  const json answer = json::parse(exporter.post("/connections/pools/close/a").body);
  CHECK(answer["closed_idle"] == 1);
  CHECK(answer["closing_active"] == 1);
  const Scrape now = exporter.scrape();
  CHECK(closed(now, "a") == 1);
  CHECK(connections(now, "a", "active") == 1);
  CHECK(eventually([&] { return closed(exporter.scrape(), "a") == 2; }, 5s));
  CHECK(connections(exporter.scrape(), "a", "idle") == 0);
}

TEST_CASE("closing all pools closes each, and a pool that nobody uses stays empty") {
  const ExporterProcess exporter(two_pools("{interval: 0s}"));
  REQUIRE(is_filled(exporter, "a"));
  REQUIRE(is_filled(exporter, "b"));
  const json answer = json::parse(exporter.post("/connections/pools/close-all").body);
  for (const char* pool : {"a", "b"}) {
    CHECK(answer["pools"][pool] == json{{"status", "success"}, {"closed_idle", 2}, {"closing_active", 0}});
    CHECK(connections(exporter.scrape(), pool, "idle") == 0);
  }
  CHECK(eventually([&] { return exporter.get("/health").status == 503; }, 3s));
}

TEST_CASE("closing is refused to every page, by GET, and for a pool that is not owned") {
  const ExporterProcess exporter(two_pools("{interval: 0s}"));
  REQUIRE(is_filled(exporter, "a"));
  const auto post = [&](const HttpDetails& details) {
    return http_exchange(exporter.port(), "POST", "/connections/pools/close/a", details).status;
  };
  CHECK(post({.headers = "Origin: http://evil.example\r\n"}) == 403);
  CHECK(post({.headers = "Origin: http://127.0.0.1\r\n"}) == 403);
  CHECK(post({.json = "{}"}) == 413);
  CHECK(exporter.get("/connections/pools/close/a").status == 405);
  CHECK(exporter.post("/connections/pools/close/nobody").status == 404);
  CHECK(closed(exporter.scrape(), "a") == 0);
  CHECK(post({}) == 200);
  CHECK(closed(exporter.scrape(), "a") == 2);
}
