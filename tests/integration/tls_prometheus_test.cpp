#include <doctest/doctest.h>

#include "support/servers/prometheus_server.hpp"
#include "tls_scene.hpp"

namespace dbpool::tls {

using namespace std::chrono_literals;

TEST_CASE("a real Prometheus scrapes with a client's certificate and a password, and not without") {
  const Scene scene(server_keys + "  client_ca_file: live-ca.pem\n" +
                    "  client_auth_type: RequireAndVerifyClientCert\n  client_allowed_sans: [prometheus]\n" +
                    "basic_auth_users: {ann: " + hash_of_secret + "}\n");
  scene.certificates.make_signed("client", "ca", "DNS:prometheus");
  const std::string file = scene.certificates.path() / "client";
  const std::string target = "[{targets: [\"127.0.0.1:" + std::to_string(scene.exporter->port()) + "\"]}]\n";
  const std::string ca = "ca_file: " + scene.certificates.file("ca.pem").string();
  const std::string keys = ", cert_file: " + file + ".pem, key_file: " + file + ".key";
  const std::string login = "    basic_auth: {username: ann, password: secret}\n";
  const auto job = [&](const std::string& name, const std::string& tls, const std::string& auth) {
    return "  - job_name: " + name + "\n    scheme: https\n    tls_config: {" + tls + "}\n" + auth +
           "    static_configs: " + target;
  };
  const PrometheusServer prometheus(
      {{"prometheus.yml", "global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs:\n" +
                              job("both", ca + keys, login) + job("password", ca, login) +
                              job("certificate", ca + keys, "")}});
  CHECK(eventually([&] { return prometheus.query("up{job=\"both\"}") == 1; }, 20s));
  for (const char* job_name : {"password", "certificate"}) {
    const std::string up = "up{job=\"" + std::string(job_name) + "\"}";
    CHECK(eventually([&] { return prometheus.query(up) == 0; }, 20s));
  }
}

}  // namespace dbpool::tls
