#include <doctest/doctest.h>

#include "support/servers/scripted_http_server.hpp"
#include "tls_scene.hpp"

namespace dbpool::tls {
namespace {

using namespace std::chrono_literals;

/// Returns whether `status` finds an exporter by these flags whose pools become healthy.
bool finds_healthy(std::vector<std::string> flags) {
  flags.insert(flags.begin(), "status");
  return eventually([&] { return run_exporter(flags).exit_code == 0; }, 30s);
}

bool is_refused_for(const Finished& finished, const std::string& reason) {
  CAPTURE(finished.error);
  CHECK(finished.output.empty());
  return finished.exit_code == 3 && finished.error.find(reason) != std::string::npos;
}

}  // namespace

TEST_CASE("status and explain ask over TLS with a client's certificate and a password, and not without") {
  const Scene scene(
      server_keys + "  client_ca_file: live-ca.pem\n" +
      "  client_auth_type: RequireAndVerifyClientCert\nbasic_auth_users: {ann: " + hash_of_secret + "}\n");
  const Certificates& certificates = scene.certificates;
  certificates.make_signed("client", "ca", "DNS:laptop");
  certificates.write("password", "secret\n");
  certificates.write("wrong", "another\n");
  const std::string url = "--url=" + scene.url(""), ca = "--ca-file=" + certificates.file("ca.pem").string(),
                    certificate = "--cert-file=" + certificates.file("client.pem").string(),
                    key = "--key-file=" + certificates.file("client.key").string(), user = "--user=ann",
                    password = "--password-file=" + certificates.file("password").string(),
                    wrong = "--password-file=" + certificates.file("wrong").string();
  CHECK(finds_healthy({url, ca, certificate, key, user, password}));
  const Finished explained = run_exporter({"explain", "default", url, ca, certificate, key, user, password});
  CHECK(explained.exit_code == 0);
  CHECK(explained.output.starts_with("default: healthy"));
  CHECK(is_refused_for(run_exporter({"status", url, ca, certificate, key}), "answered 401"));
  CHECK(is_refused_for(run_exporter({"status", url, ca, certificate, key, user, wrong}), "answered 401"));
  CHECK(is_refused_for(run_exporter({"status", url, ca, user, password}), "--cert-file"));
  CHECK(is_refused_for(run_exporter({"status", url, certificate, key, user, password}), "--ca-file"));
}

TEST_CASE("status and explain ask on a Unix socket, without TLS and with it") {
  const TemporaryDirectory directory;
  const std::string socket = directory.path() / "web.sock", url = "--url=unix:" + socket;
  {
    const ExporterProcess plain({.flags = {"--web.listen-address=unix:" + socket}});
    CHECK(finds_healthy({url}));
    CHECK(run_exporter({"explain", "default", url}).output.starts_with("default: healthy"));
  }
  const Scene scene(server_keys, {"--web.listen-address=unix:" + socket});
  const std::string ca = "--ca-file=" + scene.certificates.file("ca.pem").string();
  CHECK(finds_healthy({url, ca}));
  CHECK(run_exporter({"explain", "default", url, ca}).output.starts_with("default: healthy"));
  CHECK(is_refused_for(run_exporter({"status", url}), "or --ca-file with a"));
}

TEST_CASE(
    "status and explain ask behind the path that a proxy adds, also for a pool whose name has a slash") {
  const ExporterProcess exporter({.config = "pools: [{name: shop/orders, canary: {interval: 100ms}}]"});
  const ScriptedHttpServer proxy([&](const std::string& request) {
    const std::string prefix = "GET /ops/dbpool/";
    if (!request.starts_with(prefix)) return http_answer("404 Not Found", "{}");
    const std::size_t begin = prefix.size() - 1;
    return http_answer("200 OK", exporter.get(request.substr(begin, request.find(' ', begin) - begin)).body);
  });
  for (const std::string& url : {proxy.url("/ops/dbpool"), proxy.url("/ops/dbpool/")}) {
    CAPTURE(url);
    CHECK(finds_healthy({"--url=" + url}));
    const Finished explained = run_exporter({"explain", "shop/orders", "--url=" + url});
    CHECK(explained.output.starts_with("shop/orders: healthy"));
  }
  CHECK(run_exporter({"status", "--url=" + proxy.url("/else")}).exit_code == 3);
}

}  // namespace dbpool::tls
