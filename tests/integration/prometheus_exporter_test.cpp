#include <doctest/doctest.h>
#include <fmt/format.h>

#include <atomic>
#include <nlohmann/json.hpp>

#include "support/eventually.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/scripted_http_server.hpp"
#include "support/servers/tls_server.hpp"
#include "support/servers/visible.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

constexpr auto soon = 20s;

/// An application's answer: a busy pool of HikariCP as Micrometer shows it, among other metrics.
std::string micrometer(int active, int pending) {
  return fmt::format(R"(# HELP jvm_threads_live_threads The current number of live threads
# TYPE jvm_threads_live_threads gauge
jvm_threads_live_threads{{application="shop",}} 31.0
# HELP hikaricp_connections_active Active connections
# TYPE hikaricp_connections_active gauge
hikaricp_connections_active{{application="shop",pool="HikariPool-1",}} {}.0
# HELP hikaricp_connections_idle Idle connections
# TYPE hikaricp_connections_idle gauge
hikaricp_connections_idle{{application="shop",pool="HikariPool-1",}} {}.0
# HELP hikaricp_connections_pending Pending threads
# TYPE hikaricp_connections_pending gauge
hikaricp_connections_pending{{application="shop",pool="HikariPool-1",}} {}.0
# HELP hikaricp_connections_max Max connections
# TYPE hikaricp_connections_max gauge
hikaricp_connections_max{{application="shop",pool="HikariPool-1",}} 10.0
# HELP hikaricp_connections_acquire_seconds Connection acquire time
# TYPE hikaricp_connections_acquire_seconds histogram
hikaricp_connections_acquire_seconds_bucket{{application="shop",pool="HikariPool-1",le="0.005",}} 20.0
hikaricp_connections_acquire_seconds_bucket{{application="shop",pool="HikariPool-1",le="0.01",}} 30.0
hikaricp_connections_acquire_seconds_bucket{{application="shop",pool="HikariPool-1",le="+Inf",}} 34.0
hikaricp_connections_acquire_seconds_count{{application="shop",pool="HikariPool-1",}} 34.0
hikaricp_connections_acquire_seconds_sum{{application="shop",pool="HikariPool-1",}} 1.25
)",
                     active, 10 - active, pending);
}

/// A source that needs no preset. `more`: further keys.
std::string config_for(const std::string& url, const std::string& more = "") {
  return fmt::format(R"(
sources:
  - name: shop
    type: prometheus
    url: "{}"
    preset: custom
    pool: "{{pool}}"
    fields:
      active: hikaricp_connections_active
      idle: hikaricp_connections_idle
      waiting: hikaricp_connections_pending
      max: hikaricp_connections_max
      acquisition_duration: {{histogram: hikaricp_connections_acquire_seconds}}
    interval: 200ms
    health: {{recovery_hold: 0s}}
{})",
                     url, more);
}

const Labels pool{{"source", "shop"}, {"pool", "shop/HikariPool-1"}};

std::optional<double> connections(const ExporterProcess& exporter, const char* state) {
  return exporter.metric("dbpool_connections", {{"pool", "shop/HikariPool-1"}, {"state", state}});
}

bool is_up(const ExporterProcess& exporter) {
  return exporter.metric("dbpool_up", {{"source", "shop"}, {"kind", "prometheus"}}) == 1;
}

std::string last_error(const ExporterProcess& exporter) {
  const auto stats = nlohmann::json::parse(exporter.get("/connections/pools/stats").body);
  const auto& error = stats["sources"][0]["last_error"];
  return error.is_string() ? error.get<std::string>() : "";
}

}  // namespace

TEST_CASE("a pool in an application's metrics is shown and judged like an owned one") {
  std::atomic<int> active = 3, pending = 0;
  const ScriptedHttpServer server(
      [&](const std::string&) { return http_answer("200 OK", micrometer(active, pending)); });
  const ExporterProcess exporter{{.config = config_for(server.url("/actuator/prometheus"))}};
  REQUIRE(eventually([&] { return connections(exporter, "active") == 3; }, soon));
  CHECK(is_up(exporter));
  CHECK(connections(exporter, "idle") == 7);
  CHECK(exporter.metric("dbpool_connections_max", pool) == 10);
  CHECK(exporter.metric("dbpool_acquisition_duration_seconds_bucket",
                        {{"pool", "shop/HikariPool-1"}, {"le", "0.01"}}) == 30);
  CHECK(exporter.metric("dbpool_acquisition_duration_seconds_count", pool) == 34);
  CHECK(exporter.metric("dbpool_acquisitions_slow_total", pool) == 4);
  const auto judged = [&](const char* status) {
    return exporter.metric("dbpool_health_status", {{"pool", "shop/HikariPool-1"}, {"status", status}}) == 1;
  };
  CHECK(eventually([&] { return judged("healthy"); }, soon));
  active = 10;
  pending = 6;
  CHECK(eventually([&] { return judged("unhealthy"); }, soon));
  const auto health = nlohmann::json::parse(exporter.get("/connections/pools/health").body);
  CHECK(health["pools"][0]["name"] == "shop/HikariPool-1");
  CHECK(health["pools"][0]["message"].get<std::string>().find("6 requests waiting") != std::string::npos);
  CHECK(exporter.get("/connections/pools/stats/shop/HikariPool-1").status == 200);
}

TEST_CASE("an application that Micrometer watches needs a name, a type and a URL") {
  const ScriptedHttpServer server([](const std::string&) { return http_answer("200 OK", micrometer(3, 2)); });
  const ExporterProcess exporter{
      {.config = fmt::format("sources: [{{name: shop, type: prometheus, url: \"{}\"}}]", server.url())}};
  REQUIRE(eventually([&] { return connections(exporter, "active") == 3; }, soon));
  CHECK(connections(exporter, "idle") == 7);
  CHECK(exporter.metric("dbpool_connections_max", pool) == 10);
  CHECK(exporter.metric("dbpool_acquisition_duration_seconds_count", pool) == 34);
}

TEST_CASE("metrics without the pool leave nothing that looks alive, until the pool is there again") {
  std::atomic<bool> has_pool = true;
  const ScriptedHttpServer server([&](const std::string&) {
    return http_answer("200 OK", has_pool ? micrometer(3, 0) : "jvm_threads_live_threads 31.0\n");
  });
  const ExporterProcess exporter{{.config = config_for(server.url())}};
  REQUIRE(eventually([&] { return connections(exporter, "active") == 3; }, soon));
  has_pool = false;
  REQUIRE(eventually([&] { return !is_up(exporter); }, soon));
  CHECK_FALSE(connections(exporter, "active"));
  CHECK(last_error(exporter).find("no pool series among its samples") != std::string::npos);
  has_pool = true;
  CHECK(eventually([&] { return connections(exporter, "active") == 3; }, soon));
}

TEST_CASE("a reload with other headers reads with them, and no header's value is shown anywhere") {
  const ScriptedHttpServer server([](const std::string& request) {
    return request.find("X-Key: hunter2\r\n") == std::string::npos ? http_answer("403 Forbidden", request)
                                                                   : http_answer("200 OK", micrometer(3, 0));
  });
  ExporterProcess exporter{{.config = config_for(server.url(), "    headers: {X-Key: hunter3}\n"),
                            .flags = {"--web.enable-lifecycle", "--log.level=debug"}}};
  REQUIRE(eventually([&] { return !last_error(exporter).empty(); }, soon));
  CHECK(last_error(exporter).find("it answered 403") != std::string::npos);
  exporter.configure(config_for(server.url(), "    headers: {X-Key: hunter2}\n"));
  CHECK(exporter.post("/-/reload").status == 200);
  CHECK(eventually([&] { return connections(exporter, "active") == 3; }, soon));
  exporter.configure(config_for(server.url(), "    headers: {X-Key: hunter2, Content-Length: hunter3}\n"));
  CHECK(exporter.post("/-/reload").status == 500);
  CHECK(everything_visible(exporter).find("hunter") == std::string::npos);
}

TEST_CASE("a certificate that is not checked is warned about at the start") {
  const TemporaryDirectory files;
  files.write("metrics", micrometer(3, 0));
  make_certificate(files, "other", "DNS:other.example");
  const TlsServer server(files, "-WWW -cert other.cert -key other.key");
  const ExporterProcess exporter{
      {.config = config_for(server.url("metrics"), "    insecure_skip_verify: true\n")}};
  CHECK(eventually([&] { return connections(exporter, "active") == 3; }, soon));
  const auto warnings = exporter.log("configuration may not mean what it says");
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].at("problem").starts_with("shop: insecure_skip_verify accepts any certificate"));
}

TEST_CASE("a key that is not the certificate's is found when the configuration is checked") {
  const TemporaryDirectory files;
  make_certificate(files, "a", "DNS:a");
  make_certificate(files, "b", "DNS:b");
  const auto checked = [&](const std::string& key) {
    const auto file = files.write(
        "c.yml",
        config_for("https://localhost/", fmt::format("    cert_file: {0}/a.cert\n    key_file: {0}/{1}\n",
                                                     files.path().string(), key)));
    return run_exporter({"--config.check", "--config.file=" + file.string()});
  };
  CHECK(checked("a.key").exit_code == 0);
  const Finished wrong = checked("b.key");
  CHECK(wrong.exit_code == 2);
  CHECK((wrong.output + wrong.error)
            .find("sources[0].key_file: a key that does not belong to the certificate; allowed: the key of "
                  "cert_file") != std::string::npos);
}
