#include <doctest/doctest.h>

#include "tls_scene.hpp"

namespace dbpool::tls {
namespace {

using namespace std::chrono_literals;

constexpr auto soon = 10s;

/// Returns the subject of the certificate that a client is shown.
std::string shown_subject(const Scene& scene) {
  const Finished finished =
      run_to_end({"sh", "-c",
                  "openssl s_client -connect 127.0.0.1:" + std::to_string(scene.exporter->port()) +
                      " </dev/null 2>/dev/null | openssl x509 -noout -subject"});
  return finished.output;
}

bool shows(const Scene& scene, const std::string& name) {
  return shown_subject(scene).find("CN = " + name) != std::string::npos;
}

std::string reload_state(const Scene& scene) {
  const std::string name = "\ndbpool_exporter_web_config_last_reload_successful ";
  const std::string text = scene.ask({}, "/metrics").text;
  const auto at = text.find(name);
  return at == std::string::npos ? "" : text.substr(at + name.size(), 1);
}

bool is_refused_eventually(const Scene& scene, const std::string& client) {
  return eventually([&] { return scene.ask_as(client).status == 0; }, soon);
}

}  // namespace

TEST_CASE("half a rotation keeps the old certificate, and the key completes it, without a failed client") {
  const Scene scene(server_keys);
  scene.certificates.make_signed("next", "ca", "DNS:localhost,IP:127.0.0.1");
  scene.certificates.copy_file("next.pem", "live.pem");
  CHECK(eventually([&] { return reload_state(scene) == "0"; }, soon));
  CHECK(shows(scene, "server"));
  const auto failed = scene.exporter->log("web configuration reload failed");
  REQUIRE(failed.size() == 1);
  CHECK(failed[0].at("problem").find("the key does not fit the certificate") != std::string::npos);

  scene.certificates.copy_file("next.key", "live.key");
  CHECK(eventually([&] { return shows(scene, "next"); }, soon));
  CHECK(reload_state(scene) == "1");
  CHECK(scene.exporter->log("web configuration reloaded").size() == 1);
  CHECK(scene.exporter->log("web configuration reload failed").size() == 1);
}

TEST_CASE("rotations under load fail no handshake") {
  const Scene scene(server_keys);
  scene.certificates.make_signed("next", "ca", "DNS:localhost,IP:127.0.0.1");
  int failed = 0;
  for (int turn = 0; turn < 20; ++turn) {
    const std::string name = turn % 2 == 0 ? "next" : "server";
    scene.certificates.copy_file(name + ".pem", "live.pem");
    if (scene.ask().status != 200) ++failed;
    scene.certificates.copy_file(name + ".key", "live.key");
    if (scene.ask().status != 200) ++failed;
  }
  CHECK(failed == 0);
  scene.certificates.copy("next", "live");
  CHECK(eventually([&] { return shows(scene, "next"); }, soon));
}

TEST_CASE("an encrypted key is not put in force, and an expired certificate is, with a warning") {
  const Scene scene(server_keys);
  const Certificates& certificates = scene.certificates;
  certificates.make_signed("next", "ca", "DNS:localhost");
  run_to_end({"openssl", "ec", "-in", certificates.file("next.key"), "-aes256", "-passout", "pass:x", "-out",
              certificates.file("encrypted.key")});
  certificates.copy_file("encrypted.key", "live.key");
  certificates.copy_file("next.pem", "live.pem");
  const auto is_said = [&](const std::string& message, const std::string& part) {
    return eventually(
        [&] {
          scene.ask();
          const auto lines = scene.exporter->log(message);
          return !lines.empty() && lines.back().at("problem").find(part) != std::string::npos;
        },
        soon);
  };
  CHECK(is_said("web configuration reload failed", "the key is encrypted"));
  CHECK(shows(scene, "server"));

  certificates.make_signed("late", "ca", "DNS:localhost", -1);
  certificates.copy("late", "live");
  CHECK(is_said("web configuration may not mean what it says", "the certificate has expired"));
  CHECK(shows(scene, "late"));
  CHECK(scene.ask({"--insecure"}).status == 200);
  CHECK(scene.ask().status == 0);
}

TEST_CASE("another authority, and another rule for clients, count from the next connection on") {
  const std::string verified =
      "  client_ca_file: live-ca.pem\n  client_auth_type: RequireAndVerifyClientCert\n";
  const Scene scene(server_keys + verified);
  scene.certificates.make_authority("other");
  scene.certificates.make_signed("old", "ca", "DNS:old");
  scene.certificates.make_signed("new", "other", "DNS:new");
  CHECK(scene.ask_as("old").status == 200);
  CHECK(scene.ask_as("new").status == 0);

  scene.certificates.copy_file("other.pem", "live-ca.pem");
  CHECK(is_refused_eventually(scene, "old"));
  CHECK(scene.ask_as("new").status == 200);

  scene.configure(server_keys + verified + "  client_allowed_sans: [another]\n");
  CHECK(is_refused_eventually(scene, "new"));
  scene.configure(server_keys + "  min_version: TLS13\n");
  CHECK(eventually([&] { return scene.ask().status == 200; }, soon));
  CHECK(scene.ask({"--tls-max", "1.2"}).status == 0);
}

TEST_CASE("a file without TLS, a broken one and a vanished one are bad versions while TLS is on") {
  const Scene scene(server_keys);
  const auto refuse = [&](const std::string& text) {
    scene.configure(text);
    CHECK(eventually([&] { return reload_state(scene) == "0"; }, soon));
    CHECK(scene.ask().status == 200);
    scene.configure(server_keys);
    CHECK(eventually([&] { return reload_state(scene) == "1"; }, soon));
  };
  refuse("basic_auth_users: {ann: " + hash_of_secret + "}\n");
  refuse("tls_server_config: [\n");
  scene.certificates.copy_file("live.yml", "kept.yml");
  std::filesystem::remove(scene.certificates.file("live.yml"));
  CHECK(eventually([&] { return reload_state(scene) == "0"; }, soon));
  scene.configure(server_keys);
  CHECK(eventually([&] { return reload_state(scene) == "1"; }, soon));
}

}  // namespace dbpool::tls
