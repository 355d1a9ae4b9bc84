#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/eventually.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/free_port.hpp"
#include "support/servers/hostile_server.hpp"
#include "support/servers/postgres_server.hpp"
#include "support/servers/scripted_http_server.hpp"
#include "support/servers/tls_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

constexpr auto in_time = 30s;

std::string url_of(std::uint16_t port) {
  return fmt::format("--url=http://127.0.0.1:{}", port);
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// A document of health with one pool.
std::string health_document(const std::string& name, const std::string& status) {
  return nlohmann::json{{"overall_status", status},
                        {"pools", {{{"name", name}, {"status", status}, {"active_connections", 1}}}},
                        {"healthy_pools", 1},
                        {"total_pools", 1}}
      .dump();
}

}  // namespace

TEST_CASE("status and explain follow a database that goes and comes back, with their exit codes") {
  PostgresServer server;
  const ExporterProcess exporter({.config = fmt::format(R"(
pools:
  - name: orders
    driver: postgres
    dsn: "host=127.0.0.1 port={} user=postgres dbname=postgres"
    canary: {{interval: 200ms}}
    health: {{recovery_hold: 1s, error_window: 1s, wait_window: 1s}}
)",
                                                        server.port())});
  const std::string url = url_of(exporter.port());
  const auto comes_to = [&](int exit_code) {
    return eventually([&] { return run_exporter({"status", url}).exit_code == exit_code; }, in_time);
  };
  CHECK(comes_to(0));
  CHECK(run_exporter({"explain"}, {{"DBPOOL_URL", url.substr(6)}}).exit_code == 0);
  server.stop();
  CHECK(comes_to(1));
  const Finished status = run_exporter({"status", url});
  CHECK(status.output.starts_with("unhealthy: 0 of 1 pools healthy\n"));
  CHECK(says(status.output, "\nunhealthy  orders"));
  CHECK_FALSE(says(status.output, "\x1b"));
  CHECK(status.error.empty());
  const Finished why = run_exporter({"explain", "orders", url});
  CHECK(why.exit_code == 1);
  CHECK(says(why.output, "orders: unhealthy, database_down\n"));
  CHECK(says(why.output, "  Next: "));
  CHECK(says(why.output, "  Runbook: alerts/runbooks/ConnectionPoolNoConnections.md\n"));
  const auto listed = nlohmann::json::parse(run_exporter({"status", "--output=json", url}).output);
  CHECK(listed["pools"][0]["verdict"] == "database_down");
  const auto diagnosis =
      nlohmann::json::parse(run_exporter({"explain", "orders", "--output=json", url}).output);
  CHECK(diagnosis["verdict"] == "database_down");

  const Finished unknown = run_exporter({"explain", "order", url});
  CHECK(unknown.exit_code == 2);
  CHECK(unknown.error == "dbpool_exporter: explain: there is no pool named \"order\"; there is: orders\n");
  server.start();
  CHECK(comes_to(0));
}

TEST_CASE("without an answer the exit code is 3, and the error says what was tried and what to check") {
  const Finished refused = run_exporter({"status", url_of(free_port())});
  CHECK(refused.exit_code == 3);
  CHECK(refused.output.empty());
  CHECK(says(refused.error, "no answer from http://127.0.0.1:"));
  CHECK(says(refused.error, ": Connection refused\n"));
  CHECK(says(refused.error, "--url"));
  for (const Hostility hostility :
       {Hostility::silent, Hostility::reset, Hostility::garbage, Hostility::drip}) {
    const HostileServer server(hostility);
    CHECK(run_exporter({"explain", url_of(server.port())}).exit_code == 3);
  }
  const ScriptedHttpServer large([](const std::string&) {
    return http_answer("200 OK", std::string((std::size_t{16} << 20U) + 1, ' '));
  });
  const Finished too_large = run_exporter({"status", url_of(large.port())});
  CHECK(too_large.exit_code == 3);
  CHECK(says(too_large.error, "its answer is larger than 16 MiB"));
  CHECK(run_exporter({"status", "--url=unix:/no/such/socket"}).exit_code == 3);
  CHECK(run_exporter({"status", "--url=nonsense"}).exit_code == 2);
}

TEST_CASE("a login goes in a header, its password comes from a file, and a name does no harm") {
  const ScriptedHttpServer server([](const std::string& request) {
    const bool knows = says(request, "Authorization: Basic bWU6czNjcmV0\r\n");  // me:s3cret
    return knows ? http_answer("200 OK", health_document("a\x1b[2J\nb", "healthy"))
                 : http_answer("401 Unauthorized", R"({"status":"error","error":"a login is needed"})");
  });
  const TemporaryDirectory directory;
  const std::string password = "--password-file=" + directory.write("password", "s3cret\n").string();
  const Finished known = run_exporter({"status", url_of(server.port()), "--user=me", password});
  CHECK(known.exit_code == 0);
  CHECK(says(known.output,
             "healthy    a\xEF\xBF\xBD[2J\xEF\xBF\xBD"
             "b"));
  const Finished unknown = run_exporter({"status", url_of(server.port())});
  CHECK(unknown.exit_code == 3);
  CHECK(says(unknown.error, "answered 401: a login is needed\n"));
  CHECK(says(unknown.error, "--password-file"));
  const Finished absent =
      run_exporter({"status", url_of(server.port()), "--user=me", "--password-file=/no/such/file"});
  CHECK(absent.exit_code == 2);
  CHECK(says(absent.error, "/no/such/file"));
}

TEST_CASE("an exporter with TLS is trusted by its authority's file alone") {
  const TemporaryDirectory directory;
  make_certificate(directory, "exporter", "IP:127.0.0.1");
  std::filesystem::create_directories(directory.path() / "connections/pools");
  std::ofstream(directory.path() / "connections/pools/health") << health_document("orders", "degraded");
  const TlsServer server(directory, "-cert exporter.cert -key exporter.key -WWW");
  const std::string url = fmt::format("--url=https://127.0.0.1:{}", server.port());
  const std::string ca = "--ca-file=" + (directory.path() / "exporter.cert").string();
  CHECK(eventually([&] { return run_exporter({"status", url, ca}).exit_code == 1; }, in_time));
  const Finished untrusted = run_exporter({"status", url});
  CHECK(untrusted.exit_code == 3);
  CHECK(says(untrusted.error, "--ca-file"));
  const Finished absent = run_exporter({"status", url, "--ca-file=/no/such/file"});
  CHECK(absent.exit_code == 2);
  CHECK(says(absent.error, "--ca-file: cannot read \"/no/such/file\""));
}
