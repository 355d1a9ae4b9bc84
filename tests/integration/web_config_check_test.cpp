#include <doctest/doctest.h>

#include <utility>

#include "tls_scene.hpp"

namespace dbpool::tls {
namespace {

struct Made : Certificates {
  Made() {
    make_authority("ca");
    make_signed("live", "ca", "DNS:localhost");
  }
};

/// Checks a web configuration beside the certificates.
Finished check(const Certificates& certificates, const std::string& web) {
  certificates.write("web.yml", web);
  return run_exporter({"--config.check", "--web.config.file=" + certificates.file("web.yml").string()});
}

std::string indented(const std::string& text) {
  std::string lines = "    ";
  for (const char c : text) lines += c == '\n' ? "\n    " : std::string(1, c);
  return lines;
}

const std::string clients = "  client_ca_file: ca.pem\n  client_auth_type: RequireAndVerifyClientCert\n";

}  // namespace

TEST_CASE("good web configurations are accepted") {
  const Made certificates;
  const std::string inline_keys = "tls_server_config:\n  cert: |\n" +
                                  indented(certificates.text("live.pem")) + "\n  key: |\n" +
                                  indented(certificates.text("live.key")) + "\n";
  for (const std::string& good :
       {std::string(), std::string("tls_server_config: {}\n"), std::string("rate_limit: {interval: 0}\n"),
        std::string("rate_limit: {interval: 500ms, burst: 10}\n"), server_keys, inline_keys,
        server_keys + clients, server_keys + clients + "  client_allowed_sans: [a, b]\n",
        server_keys + "  client_auth_type: NoClientCert\n",
        server_keys + "  client_auth_type: RequestClientCert\n",
        server_keys + "  min_version: TLS10\n  max_version: TLS13\n",
        server_keys + "  cipher_suites: [TLS_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA]\n",
        server_keys + "  prefer_server_cipher_suites: false\n  curve_preferences: [X25519, CurveP256]\n",
        server_keys + "http_server_config: {http2: false, headers: {X-Frame-Options: SAMEORIGIN}}\n",
        "basic_auth_users: {ann: " + hash_of_secret + ", bob: " + hash_of_secret + "}\n"}) {
    CAPTURE(good);
    const Finished finished = check(certificates, good);
    CAPTURE(finished.error);
    CHECK(finished.exit_code == 0);
    CHECK(finished.output == "OK\n");
  }
}

TEST_CASE("bad web configurations are refused with the line and the key") {
  const Made certificates;
  certificates.make_signed("other", "ca", "DNS:localhost");
  run_to_end({"openssl", "ec", "-in", certificates.file("live.key"), "-aes256", "-passout", "pass:x", "-out",
              certificates.file("encrypted.key")});
  const std::string tls = "tls_server_config: {cert_file: live.pem, key_file: live.key, ";
  for (const auto& [bad, problem] : std::vector<std::pair<std::string, std::string>>{
           {"nonsense: 1\n", "unknown key"},
           {"tls_config: {}\n", "unknown key \"tls_config\""},
           {"[a]\n", "not a mapping"},
           {"tls_server_config: {cert_file: live.pem}\n", "key is missing"},
           {"tls_server_config: {key_file: live.key}\n", "cert is missing"},
           {"tls_server_config: {client_auth_type: NoClientCert}\n", "cert is missing"},
           {"tls_server_config: {cert_file: \"\", key_file: live.key}\n", "tls_server_config.cert_file"},
           {"tls_server_config: {cert_file: none.pem, key_file: live.key}\n", "not a readable file"},
           {"tls_server_config: {cert_file: live.key, key_file: live.key}\n", "not a certificate"},
           {"tls_server_config: {cert_file: live.pem, key_file: live.pem}\n", "not a private key"},
           {"tls_server_config: {cert_file: live.pem, key_file: other.key}\n",
            "does not fit the certificate"},
           {"tls_server_config: {cert_file: live.pem, key_file: encrypted.key}\n", "the key is encrypted"},
           {tls + "cert: x}\n", "cert is given as well"},
           {tls + "client_ca_file: ca.pem}\n", "no client is asked for a certificate"},
           {tls + "client_ca_file: live.key, client_auth_type: RequireAndVerifyClientCert}\n",
            "tls_server_config.client_ca_file: not a certificate"},
           {tls + "client_auth_type: RequireAndVerifyClientCert}\n", "there is no client_ca"},
           {tls + "client_auth_type: Always}\n", "tls_server_config.client_auth_type"},
           {tls + "client_allowed_sans: [a]}\n", "no client is asked for a certificate"},
           {tls + "min_version: TLS111}\n", "TLS10, TLS11, TLS12 or TLS13"},
           {tls + "min_version: TLS13, max_version: TLS12}\n", "min_version is above max_version"},
           {tls + "cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]}\n", "cipher_suites[0]"},
           {tls + "cipher_suites: [TLS_AES_128_GCM_SHA256], max_version: TLS12}\n", "no suite of TLS 1.2"},
           {tls + "curve_preferences: [CurveP255]}\n", "CurveP256, CurveP384, CurveP521 or X25519"},
           {"http_server_config: {headers: {X-Other: a}}\n", "unknown key \"X-Other\""},
           {"http_server_config: {headers: {X-Frame-Options: allow}}\n", "deny or sameorigin"},
           {"http_server_config: {headers: {X-XSS-Protection: \"a\\r\\nSet-Cookie: b\"}}\n", "not one line"},
           {"http_server_config: {http2: perhaps}\n", "http_server_config.http2"},
           {"basic_auth_users: {ann: rq1fUCkIs3bSE}\n", "a user without a bcrypt hash"},
           {"basic_auth_users: {ann: \"$2y$31" + hash_of_secret.substr(6) + "\"}\n", "a cost of 4 to 15"},
           {"basic_auth_users: {ann: secret}\n", "a user without a bcrypt hash"},
           {"rate_limit: {interval: -1s, burst: 1}\n", "rate_limit.interval"},
           {"rate_limit: {interval: 1s}\n", "burst is missing"},
           {"rate_limit: {interval: 1s, burst: 0}\n", "rate_limit.burst"}}) {
    CAPTURE(bad);
    const Finished finished = check(certificates, bad);
    CAPTURE(finished.error);
    CHECK(finished.exit_code == 2);
    CHECK(finished.error.find("web.yml:1: ") != std::string::npos);
    CHECK(finished.error.find(problem) != std::string::npos);
  }
}

TEST_CASE("an expired certificate is a warning, since clients decide about it") {
  const Made certificates;
  certificates.make_signed("live", "ca", "DNS:localhost", -1);
  const Finished finished = check(certificates, server_keys);
  CHECK(finished.exit_code == 0);
  CHECK(finished.error.find("the certificate has expired") != std::string::npos);
}

TEST_CASE("every problem of both configurations is reported at once, without a secret") {
  const Made certificates;
  certificates.write("web.yml",
                     "tls_server_config: {key: canary-key, cert: canary-cert, min_version: TLS111}\n"
                     "basic_auth_users: {canary-user: canary-hash}\n");
  certificates.write("config.yml", "history: never\n");
  const Finished finished =
      run_exporter({"--config.check", "--config.file=" + certificates.file("config.yml").string(),
                    "--web.config.file=" + certificates.file("web.yml").string()});
  CAPTURE(finished.error);
  CHECK(finished.exit_code == 2);
  for (const char* problem :
       {"config.yml:1: history", "tls_server_config.key: not a private key",
        "tls_server_config.cert: not a certificate", "min_version", "basic_auth_users"}) {
    CHECK(finished.error.find(problem) != std::string::npos);
  }
  CHECK(finished.error.find("canary") == std::string::npos);
}

TEST_CASE("a missing web configuration ends the start with the name of the file") {
  const Finished finished = run_exporter({"--web.config.file=/nowhere/web.yml"});
  CHECK(finished.exit_code == 2);
  CHECK(finished.error.find("/nowhere/web.yml") != std::string::npos);
}

}  // namespace dbpool::tls
