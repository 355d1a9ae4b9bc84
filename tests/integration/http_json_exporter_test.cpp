#include <doctest/doctest.h>
#include <fmt/format.h>

#include <atomic>
#include <nlohmann/json.hpp>

#include "support/eventually.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/hostile_server.hpp"
#include "support/servers/scripted_http_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

constexpr auto soon = 20s;

bool is_up(const ExporterProcess& exporter, const std::string& source) {
  return exporter.metric("dbpool_up", {{"source", source}, {"kind", "http_json"}}) == 1;
}

std::string percent_encoded(const std::string& name) {
  std::string encoded;
  for (const char byte : name) encoded += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
  return encoded;
}

nlohmann::json document(const ExporterProcess& exporter, const std::string& path) {
  return nlohmann::json::parse(exporter.get(path).body);
}

}  // namespace

TEST_CASE("one exporter reads another's documents, each with its preset") {
  const ExporterProcess owner{{.config = R"(
pools:
  - {name: orders, driver: sqlite, dsn: "file:a?mode=memory&cache=shared", min_size: 3, max_size: 7, canary: {interval: 100ms}}
)"}};
  const std::string at = fmt::format("http://localhost:{}", owner.port());
  const ExporterProcess watcher{{.config = fmt::format(R"(
sources:
  - {{name: stats, type: http_json, url: "{0}/connections/pools/stats", interval: 200ms}}
  - {{name: one, type: http_json, url: "{0}/connections/pools/stats/orders", interval: 200ms}}
  - {{name: words, type: http_json, url: "{0}/connections/pools/health", interval: 200ms}}
  - {{name: totals, type: http_json, url: "{0}/connections/pools/metrics", interval: 200ms}}
  - {{name: doc, type: http_json, url: "{0}/health", preset: codebase-mcp, interval: 200ms}}
  - name: own
    type: http_json
    url: {0}/
    preset: custom
    fields: {{idle: "connections/pools/metrics#/total_idle", status: "health#/status"}}
    interval: 200ms
)",
                                                       at)}};
  const Labels stats{{"source", "stats"}, {"pool", "stats/orders"}};
  REQUIRE(
      eventually([&] { return watcher.metric("dbpool_acquisitions_total", stats).value_or(0) >= 3; }, soon));
  CHECK(watcher.metric("dbpool_connections_min", stats) == 3);
  CHECK(watcher.metric("dbpool_connections_max", stats) == 7);
  for (const char* source : {"stats", "one", "words", "totals", "doc", "own"}) {
    CAPTURE(source);
    CHECK(eventually([&] { return is_up(watcher, source); }, soon));
  }
  CHECK(watcher.metric("dbpool_connections", {{"pool", "words/orders"}, {"state", "idle"}}).value_or(0) >= 2);
  CHECK(watcher.metric("dbpool_connections_max", {{"pool", "totals"}}) == 7);
  CHECK_FALSE(watcher.metric("dbpool_connections_max", {{"pool", "doc"}}));
  CHECK(watcher.metric("dbpool_errors_total", {{"pool", "stats/orders"}, {"error_type", "other"}}) == 0);
  CHECK_FALSE(watcher.metric("dbpool_errors_total", {{"pool", "stats/orders"}, {"error_type", "connect"}}));
  const auto health = document(watcher, "/connections/pools/health");
  for (const auto& pool : health.at("pools")) {
    if (pool["name"] == "own" || pool["name"] == "doc") CHECK(pool["source_status"] == "healthy");
  }
}

TEST_CASE("an endpoint that fails leaves nothing dead that looks alive, and comes back") {
  std::atomic<bool> works = true;
  const ScriptedHttpServer server([&](const std::string&) {
    return works ? http_answer("200 OK", R"({"pools": {"main": {"pool_size": 3, "active_connections": 2}}})")
                 : http_answer("500 Internal Server Error", "hunter2 is the password");
  });
  const ExporterProcess exporter{
      {.config = fmt::format("sources: [{{name: app, type: http_json, interval: 200ms, "
                             "url: \"http://bob:hunter2@127.0.0.1:{}/?key=hunter2\"}}]",
                             server.port())}};
  const Labels pool{{"source", "app"}, {"pool", "app/main"}};
  const auto idle = [&] {
    return exporter.metric("dbpool_connections", {{"pool", "app/main"}, {"state", "idle"}});
  };
  REQUIRE(eventually([&] { return idle() == 3; }, soon));
  works = false;
  REQUIRE(eventually([&] { return !is_up(exporter, "app"); }, soon));
  CHECK_FALSE(idle());
  CHECK(exporter.metric("dbpool_health_status", {{"pool", "app/main"}, {"status", "unknown"}}) == 1);
  CHECK(exporter.metric("dbpool_source_read_failures_total", {{"source", "app"}}).value_or(0) >= 1);
  const auto sources = document(exporter, "/connections/pools/stats")["sources"];
  CHECK(sources[0]["last_error"] ==
        fmt::format("cannot read http://127.0.0.1:{}/?***: it answered 500", server.port()));
  works = true;
  CHECK(eventually([&] { return idle() == 3; }, soon));
  for (const char* path : {"/metrics", "/", "/connections/pools/stats", "/connections/pools/health"}) {
    CHECK(exporter.get(path).body.find("hunter2") == std::string::npos);
  }
  CHECK(const_cast<ExporterProcess&>(exporter).process().standard_error().find("hunter2") ==
        std::string::npos);
}

TEST_CASE("every name that the statistics show leads to its pool, whatever it is made of") {
  const nlohmann::json names{"a/b",
                             "a//b",
                             "..",
                             "a/../b",
                             ".",
                             "/",
                             "50%",
                             "%2F",
                             "x y",
                             "a+b",
                             "?q=1&r#f",
                             "\"",
                             "line\nbreak",
                             "\u00e9",
                             "<b>&amp;",
                             "\\",
                             "\u202e\u0007",
                             "{pool}",
                             std::string("n\0ul", 4),
                             "a;b,c='d'",
                             std::string(300, 'x')};
  std::string pools = R"({"pool_size": 1, "name": "raw )"
                      "\xFF\xC3"
                      R"("})";
  for (const auto& name : names) pools += R"(, {"pool_size": 1, "name": )" + name.dump() + "}";
  const ScriptedHttpServer server(
      [&](const std::string&) { return http_answer("200 OK", R"({"pools": [)" + pools + "]}"); });
  const ExporterProcess exporter{
      {.config = fmt::format("sources: [{{name: app, type: http_json, interval: 200ms, url: \"{}\"}}]",
                             server.url())}};
  REQUIRE(eventually([&] { return is_up(exporter, "app"); }, soon));
  const auto shown = document(exporter, "/connections/pools/stats")["pools"];
  REQUIRE(shown.size() == names.size() + 1);
  CHECK(shown.contains("app/raw \xEF\xBF\xBD\xEF\xBF\xBD"));
  for (const auto& [name, pool] : shown.items()) {
    CAPTURE(name);
    const std::string encoded = percent_encoded(name);
    CHECK(document(exporter, "/connections/pools/stats/" + encoded)["pool"]["name"] == name);
    CHECK(document(exporter, "/connections/pools/history/" + encoded)["pool"] == name);
    CHECK(exporter.get("/health?pool=" + encoded).status == 200);
  }
  CHECK(document(exporter, "/connections/pools/stats/app/a/b")["pool"]["name"] == "app/a/b");
}

TEST_CASE("an application that tells no active connections is saturated when its callers wait, and says so") {
  std::atomic<int> waiting = 7;
  const ScriptedHttpServer server([&](const std::string&) {
    return http_answer("200 OK",
                       fmt::format(R"({{"totalCount": 10, "idleCount": 0, "waitingCount": {}, "max": "10"}})",
                                   waiting.load()));
  });
  const ExporterProcess exporter{{.config = fmt::format(R"(
sources:
  - name: node
    type: http_json
    url: "{}"
    preset: custom
    fields: {{total: /totalCount, idle: /idleCount, waiting: /waitingCount, max: /max}}
    interval: 200ms
    health: {{recovery_hold: 0s}}
)",
                                                        server.url())}};
  const auto judged = [&] { return document(exporter, "/connections/pools/health")["pools"][0]; };
  REQUIRE(eventually([&] { return is_up(exporter, "node") && judged()["status"] == "unhealthy"; }, soon));
  CHECK(judged()["message"].get<std::string>().find(
            "Pool exhausted: 10 of 10 connections active, 7 requests waiting") != std::string::npos);
  CHECK(exporter.metric("dbpool_connections", {{"pool", "node"}, {"state", "active"}}) == 10);
  CHECK_FALSE(exporter.metric("dbpool_connections", {{"pool", "node"}, {"state", "unknown"}}));
}

TEST_CASE("a mapped field that leads to nothing is said once in the log and stands with the source") {
  const ScriptedHttpServer server([](const std::string&) { return http_answer("200 OK", R"({"a": 3})"); });
  ExporterProcess exporter{{.config = fmt::format(R"(
sources:
  - {{name: app, type: http_json, url: "{}", preset: custom, fields: {{active: /a, max: /maxx}}, interval: 100ms}}
)",
                                                  server.url())}};
  REQUIRE(eventually([&] { return server.requests().size() >= 5; }, soon));
  CHECK(document(exporter, "/connections/pools/stats")["sources"][0]["hints"] ==
        nlohmann::json{"max: /maxx leads to nothing"});
  CHECK(is_up(exporter, "app"));
  const std::string log = exporter.process().standard_error();
  const std::size_t line = log.find("hint=\"max: /maxx leads to nothing\"");
  REQUIRE(line != std::string::npos);
  CHECK(log.find("/maxx", line + 20) == std::string::npos);
}

TEST_CASE("an Ombudsman endpoint is judged by its preset, recent errors included") {
  std::atomic<int> errors = 50;
  std::atomic<int> active = 1;
  const ScriptedHttpServer server([&](const std::string&) {
    return http_answer("200 OK",
                       fmt::format(R"({{"pools": {{"main": {{"pool_size": 3, "active_connections": {},
        "total_capacity": 10, "statistics": {{"errors": {}}}}}}}}})",
                                   active.load(), errors.load()));
  });
  const ExporterProcess exporter{
      {.config = fmt::format("sources: [{{name: app, type: http_json, interval: 200ms, url: \"{}\", "
                             "health: {{error_window: 2s, recovery_hold: 0s}}}}]",
                             server.url())}};
  const auto is = [&](const char* status) {
    return eventually(
        [&] {
          return exporter.metric("dbpool_health_status", {{"pool", "app/main"}, {"status", status}}) == 1;
        },
        soon);
  };
  CHECK(is("healthy"));
  errors = 53;
  CHECK(is("degraded"));
  CHECK(is("healthy"));
  active = 10;
  CHECK(is("unhealthy"));
}

TEST_CASE("pools beyond the limit are dropped and counted, and one reading serves however many scrapes") {
  const ScriptedHttpServer server([](const std::string&) {
    std::string pools;
    for (int i = 0; i < 1000; ++i)
      pools += fmt::format("{}\"p{:04}\": {{\"pool_size\": 1}}", i == 0 ? "" : ", ", i);
    return http_answer("200 OK", "{\"pools\": {" + pools + "}}");
  });
  const ExporterProcess exporter{
      {.config = fmt::format(
           "sources: [{{name: app, type: http_json, limit: 10, interval: 1h, url: \"{}\"}}]", server.url())}};
  REQUIRE(eventually([&] { return is_up(exporter, "app"); }, soon));
  CHECK(exporter.metric("dbpool_source_dropped_pools", {{"source", "app"}}) == 990);
  for (int i = 0; i < 20; ++i) CHECK(exporter.metric("dbpool_connections", {{"pool", "app/p0009"}}) == 1);
  CHECK_FALSE(exporter.metric("dbpool_connections", {{"pool", "app/p0010"}}));
  CHECK(server.requests().size() == 1);
}

TEST_CASE("dead endpoints delay neither a live one nor the metrics, and take no thread") {
  const ScriptedHttpServer live(
      [](const std::string&) { return http_answer("200 OK", R"({"pools": {"a": {"pool_size": 1}}})"); });
  const HostileServer hole(Hostility::black_hole), silent(Hostility::silent);
  std::string config =
      "sources:\n" +
      fmt::format("  - {{name: live, type: http_json, interval: 200ms, url: \"{}\"}}\n", live.url());
  for (int i = 0; i < 50; ++i) {
    for (const HostileServer* const dead : {&hole, &silent}) {
      config +=
          fmt::format("  - {{name: d{}-{}, type: http_json, url: \"http://127.0.0.1:{}/\", timeout: 1s}}\n",
                      i, dead->port(), dead->port());
    }
  }
  const ExporterProcess exporter{{.config = config}};
  const auto reads = [&] {
    return exporter.metric("dbpool_source_reads_total", {{"source", "live"}}).value_or(0);
  };
  CHECK(eventually([&] { return reads() >= 10; }, soon));
  CHECK(exporter.metric("process_threads").value_or(0) < 100);
  CHECK(eventually([&] { return exporter.get("/-/ready").status == 200; }, soon));
}

TEST_CASE("a configuration that cannot work is refused, and what it holds is not repeated") {
  const TemporaryDirectory directory;
  const auto file = directory.write("bad.yml", R"(
sources:
  - {name: a, type: http_json, url: "ftp://bob:hunter2@host/"}
  - {name: b, type: http_json, url: "http://host/", preset: custom, fields: {actives: /a, idle: a}}
  - {name: c, type: http_json, url: "http://host/", preset: custom, fields: {idle: "http://evil/#/a"}}
)");
  const Finished checked = run_exporter({"--config.check", "--config.file=" + file.string()});
  CHECK(checked.exit_code == 2);
  const std::string said = checked.output + checked.error;
  CHECK(said.find("sources[0].url: not an HTTP URL") != std::string::npos);
  CHECK(said.find("sources[1].fields.actives: no such field") != std::string::npos);
  CHECK(said.find("sources[1].fields.idle: neither a JSON pointer nor reference#pointer") !=
        std::string::npos);
  CHECK(said.find("sources[2]: it leads to another server") != std::string::npos);
  CHECK(said.find("hunter2") == std::string::npos);
}
