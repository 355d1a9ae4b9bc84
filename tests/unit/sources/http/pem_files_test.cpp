#include "sources/http/pem_files.hpp"

#include <doctest/doctest.h>

#include "support/servers/child_process.hpp"
#include "support/servers/tls_server.hpp"

using namespace dbpool;

namespace {

std::string new_certificate() {
  const auto made =
      run_to_end({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                  "-subj", "/CN=test", "-keyout", "/dev/null"});
  REQUIRE(made.exit_code == 0);
  return made.output.substr(made.output.find("-----BEGIN"));
}

std::string problem_with_certificates(const std::string& text) {
  const TemporaryDirectory directory;
  return certificates_problem(directory.write("ca.pem", text));
}

const char* const without = "a file without a certificate";
const char* const broken = "a file with a certificate that is malformed or cut off";

}  // namespace

TEST_CASE("a file with certificates is fine, whatever else is in it") {
  const std::string good = new_certificate();
  CHECK(problem_with_certificates(good).empty());
  CHECK(problem_with_certificates("# ours\n" + good + "\r\n# theirs\n" + new_certificate()).empty());
  CHECK(problem_with_certificates("-----BEGIN PRIVATE KEY-----\nMAMCAQE=\n-----END PRIVATE KEY-----\n" + good)
            .empty());
}

TEST_CASE("a file without a certificate, or with a broken one, is described for what it is") {
  const std::string good = new_certificate();
  CHECK(problem_with_certificates("") == without);
  CHECK(problem_with_certificates("hunter2") == without);
  CHECK(problem_with_certificates("-----BEGIN PRIVATE KEY-----\nMAMCAQE=\n-----END PRIVATE KEY-----\n") ==
        without);
  CHECK(problem_with_certificates(good.substr(0, good.find("-----END"))) == broken);
  CHECK(problem_with_certificates(good + "-----BEGIN CERTIFICATE-----\nMAMC") == broken);
  for (const char* body : {"", "hunter2!", "MAMC", "AAAA", "MIQ=", "MIL//w=="}) {
    CAPTURE(body);
    CHECK(problem_with_certificates(good + "-----BEGIN CERTIFICATE-----\n" + body +
                                    "\n-----END CERTIFICATE-----\n") == broken);
  }
  const std::string encrypted =
      "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\n"
      "DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\nMAMCAQE=\n"
      "-----END CERTIFICATE-----\n";
  CHECK(problem_with_certificates(encrypted) == broken);
}

TEST_CASE("a path that is no regular file is not read") {
  CHECK(certificates_problem("/nonexistent/ca.pem") == "not a readable file");
  CHECK(certificates_problem("/") == "not a readable file");
  CHECK(certificates_problem("/dev/zero") == "not a readable file");
}

TEST_CASE("a private key is fine in any form, unless it is encrypted or not there") {
  const TemporaryDirectory directory;
  const std::string path = (directory.path() / "key.pem").string();
  const auto make = [&](std::vector<std::string> more) {
    std::vector<std::string> command{"openssl", "genpkey", "-algorithm", "ed25519", "-out", path};
    command.insert(command.end(), more.begin(), more.end());
    REQUIRE(run_to_end(command).exit_code == 0);
    return private_key_problem(path);
  };
  CHECK(make({}).empty());
  const char* const unreadable = "a file without a private key that can be read";
  CHECK(make({"-aes-128-cbc", "-pass", "pass:hunter2"}) == unreadable);
  CHECK(private_key_problem(directory.write("cert.pem", new_certificate())) == unreadable);
  CHECK(private_key_problem(directory.write("empty.pem", "")) == unreadable);
  CHECK(private_key_problem("/nonexistent/key.pem") == "not a readable file");
}

TEST_CASE("a key that belongs to another certificate is described for what it is") {
  const TemporaryDirectory files;
  make_certificate(files, "a", "DNS:a");
  make_certificate(files, "b", "DNS:b");
  CHECK(key_pair_problem(files.path() / "a.cert", files.path() / "a.key").empty());
  CHECK(key_pair_problem(files.path() / "a.cert", files.path() / "b.key") ==
        "a key that does not belong to the certificate");
}
