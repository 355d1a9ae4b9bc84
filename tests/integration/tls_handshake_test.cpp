#include <doctest/doctest.h>

#include "support/servers/slow_clients.hpp"
#include "tls_scene.hpp"

namespace dbpool::tls {
namespace {

using namespace std::chrono_literals;

bool is_refused_with(const CurlAnswer& answer, const std::string& alert) {
  return answer.status == 0 && answer.error.find(alert) != std::string::npos;
}

/// A scene with clients of two authorities, one of which the exporter knows.
struct SceneWithClients : Scene {
  explicit SceneWithClients(const std::string& auth)
      : Scene(server_keys + "  client_ca_file: live-ca.pem\n  client_auth_type: " + auth) {
    certificates.make_authority("other");
    certificates.make_signed("prometheus", "ca", "DNS:prometheus.monitoring");
    certificates.make_signed("stranger", "other", "DNS:prometheus.monitoring");
  }
};

}  // namespace

TEST_CASE("a certificate in the web configuration makes the exporter serve TLS 1.2 and 1.3 alone") {
  const Scene scene(server_keys);
  CHECK(scene.ask({"--tls-max", "1.2"}).status == 200);
  CHECK(scene.ask({"--tlsv1.3"}).status == 200);
  CHECK(is_refused_with(scene.ask({"--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0"}),
                        "alert protocol version"));
  CHECK(scene.exporter->get("/-/healthy").status == 0);
  const CurlAnswer metrics = scene.ask({}, "/metrics");
  CHECK(metrics.text.find("dbpool_exporter_web_config_last_reload_successful 1\n") != std::string::npos);
}

TEST_CASE(
    "with TLS the exporter loads the libraries that it was built with, not those of a development package") {
  Scene scene(server_keys);
  const std::string maps = read_whole("/proc/" + std::to_string(scene.exporter->process().pid()) + "/maps");
  CHECK(maps.find("/shims/libssl.so\n") != std::string::npos);
}

TEST_CASE("without TLS the exporter does not load the libraries that CivetWeb needs for it") {
  ExporterProcess exporter;
  CHECK(read_whole("/proc/" + std::to_string(exporter.process().pid()) + "/maps").find("/shims/") ==
        std::string::npos);
}

TEST_CASE("each type of client authentication asks for what Go's asks for") {
  struct Expected {
    const char* type;
    int none, good, other;  // the answer without a certificate, with a good one, with another authority's
  };
  for (const auto& [type, none, good, other] :
       std::vector<Expected>{{"RequireAndVerifyClientCert", 0, 200, 0},
                             {"VerifyClientCertIfGiven", 200, 200, 0},
                             {"RequireAnyClientCert", 0, 200, 200},
                             {"RequireClientCert", 0, 200, 200},
                             {"RequestClientCert", 200, 200, 200}}) {
    CAPTURE(type);
    const SceneWithClients scene(type);
    for (const char* version : {"1.2", "1.3"}) {
      CAPTURE(version);
      CHECK(scene.ask({"--tls-max", version}).status == none);
      CHECK(scene.ask_as("prometheus", {"--tls-max", version}).status == good);
      CHECK(scene.ask_as("stranger", {"--tls-max", version}).status == other);
    }
  }
}

TEST_CASE("an expired certificate of a client is refused") {
  const SceneWithClients scene("RequireAndVerifyClientCert");
  scene.certificates.make_signed("late", "ca", "DNS:prometheus.monitoring", -1);
  // curl's words vary: the end of the connection may outrun the alert.
  for (const char* version : {"1.2", "1.3"}) {
    CHECK(scene.ask_as("prometheus", {"--tls-max", version}).status == 200);
    CHECK(scene.ask_as("late", {"--tls-max", version}).status == 0);
  }
}

TEST_CASE("a client's certificate needs one of the allowed names, of whatever kind") {
  const Scene scene(server_keys + R"(
  client_ca_file: live-ca.pem
  client_auth_type: RequireAndVerifyClientCert
  client_allowed_sans: ["prometheus.monitoring", "ops@example.org", "spiffe://cluster/prom", "10.1.2.3", "fd00::1"]
)");
  int number = 0;
  const auto status_with = [&](const std::string& names) {
    const std::string client = "client" + std::to_string(++number);
    scene.certificates.make_signed(client, "ca", names);
    return scene.ask_as(client).status;
  };
  for (const char* name : {"DNS:a,DNS:prometheus.monitoring", "email:ops@example.org",
                           "URI:spiffe://cluster/prom", "IP:10.1.2.3", "IP:fd00::1"}) {
    CAPTURE(name);
    CHECK(status_with(name) == 200);
  }
  CHECK(status_with("DNS:else.monitoring") == 0);
  CHECK(status_with("DNS:www.prometheus.monitoring") == 0);
}

TEST_CASE("suites, curves and versions are those of the configuration") {
  const Scene scene(server_keys + R"(
  max_version: TLS12
  cipher_suites: [TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256]
  curve_preferences: [CurveP384]
)");
  CHECK(scene.ask({"--ciphers", "ECDHE-ECDSA-AES128-GCM-SHA256", "--tls-max", "1.2"}).status == 0);
  CHECK(scene.ask({"--ciphers", "ECDHE-ECDSA-CHACHA20-POLY1305", "--curves", "X25519:P-256"}).status == 0);
  CHECK(scene.ask({"--ciphers", "ECDHE-ECDSA-CHACHA20-POLY1305", "--curves", "P-384:P-256"}).status == 200);
  CHECK(scene.ask({"--tlsv1.3"}).status == 0);
}

TEST_CASE("a session is never resumed, so that every client is verified anew") {
  const Scene scene(server_keys);
  for (const char* version : {"-tls1_2", "-tls1_3"}) {
    const Finished finished =
        run_to_end({"sh", "-c",
                    "openssl s_client -reconnect " + std::string(version) +
                        " -connect 127.0.0.1:" + std::to_string(scene.exporter->port()) + " </dev/null"});
    CHECK(finished.output.find("New, TLSv1") != std::string::npos);
    CHECK(finished.output.find("Reused") == std::string::npos);
  }
}

TEST_CASE("fifty clients that send one byte of a handshake and wait do not keep a scrape waiting") {
  const Scene scene(server_keys);
  const SlowClients slow(scene.exporter->port(), 50, {Slowness::begins_tls});
  REQUIRE(eventually([&] { return slow.hung_up() >= 50; }, 30s));
  // Each of them is given up after a second: a scrape behind all of them would not be answered in curl's
  // time.
  for (int i = 0; i < 10; ++i) CHECK(scene.ask({}, "/metrics").status == 200);
}

TEST_CASE("a large answer arrives whole over TLS, also at a client that reads slowly") {
  std::string config = "pools:\n";
  for (int i = 0; i < 100; ++i) {
    config += "  - {name: pool" + std::to_string(i) + ", min_size: 0, max_size: 1, canary: {interval: 0}}\n";
  }
  Scene scene(server_keys);
  scene.certificates.write("pools.yml", config);
  scene.exporter.reset();
  scene.exporter.emplace(ExporterSetup{
      .config = config, .flags = {"--web.config.file=" + scene.certificates.file("live.yml").string()}});
  for (const auto& further : {std::vector<std::string>{}, std::vector<std::string>{"--limit-rate", "1M"}}) {
    const CurlAnswer answer = scene.ask(further, "/metrics");
    CHECK(answer.status == 200);
    CHECK(answer.text.find("process_start_time_seconds") != std::string::npos);
  }
}

}  // namespace dbpool::tls
