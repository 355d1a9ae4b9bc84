#include "sources/ca_file.hpp"

#include <doctest/doctest.h>

#include "support/child_process.hpp"

using namespace dbpool;

namespace {

// Bytes 30 03 02 01 01: a SEQUENCE of one INTEGER, which is as much of a certificate as is looked at.
const std::string good = "-----BEGIN CERTIFICATE-----\nMAMC\nAQE=\n-----END CERTIFICATE-----\n";

std::string problem_of(const std::string& text) {
  const TemporaryDirectory directory;
  return ca_file_problem(directory.write("ca.pem", text));
}

}  // namespace

TEST_CASE("a file with well-formed certificates is fine, whatever else is in it") {
  CHECK(problem_of(good).empty());
  CHECK(problem_of("# ours\n" + good + "\r\n# theirs\n" + good).empty());
  CHECK(problem_of("-----BEGIN PRIVATE KEY-----\n!!\n-----END PRIVATE KEY-----\n" + good).empty());
  CHECK(problem_of("-----BEGIN TRUSTED CERTIFICATE-----\nMAMCAQEwAA==\n-----END TRUSTED CERTIFICATE-----\n")
            .empty());
}

TEST_CASE("a file without a certificate, or with a broken one, is described for what it is") {
  CHECK(problem_of("") == "a file without a certificate");
  CHECK(problem_of("hunter2") == "a file without a certificate");
  CHECK(problem_of("-----BEGIN PRIVATE KEY-----\nMAMCAQE=\n-----END PRIVATE KEY-----\n") ==
        "a file without a certificate");
  CHECK(problem_of("-----BEGIN CERTIFICATE-----\nMAMCAQE=\n") == "a file with a certificate that is cut off");
  CHECK(problem_of(good + "-----BEGIN CERTIFICATE-----\nMAMC") ==
        "a file with a certificate that is cut off");
  for (const char* body : {"", "hunter2!", "MAMC", "AAAA", "MIQ=", "MIL//w=="}) {
    CHECK(problem_of(good + "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n") ==
          "a file with a malformed certificate");
  }
}

TEST_CASE("what is no file, or is not there, is not read") {
  CHECK(ca_file_problem("/nonexistent/ca.pem") == "not a readable file");
  CHECK(ca_file_problem("/") == "not a readable file");
  CHECK(ca_file_problem("/dev/zero") == "not a readable file");
}

TEST_CASE("a certificate that OpenSSL makes is well-formed") {
  const auto made =
      run_to_end({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                  "-subj", "/CN=test", "-keyout", "/dev/null"});
  REQUIRE(made.exit_code == 0);
  CHECK(problem_of(made.output).empty());
}
