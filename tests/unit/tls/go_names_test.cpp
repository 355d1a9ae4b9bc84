#include "tls/go_names.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

namespace dbpool {

TEST_CASE("OpenSSL knows each of Go's suites of TLS 1.2, and those of TLS 1.3 are not chosen") {
  const std::string all = openssl_ciphers(go_cipher_suites());
  CHECK(std::ranges::count(all, ':') == 9);
  CHECK(all.find("NONE") == std::string::npos);
  CHECK(all.starts_with("ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"));
  const std::array<std::string_view, 1> newest{"TLS_AES_128_GCM_SHA256"};
  CHECK(openssl_ciphers(newest).empty());
}

TEST_CASE("the curves have OpenSSL's names, in the given order") {
  CHECK(openssl_groups({"X25519", "CurveP256", "CurveP521", "CurveP384"}) == "X25519:P-256:P-521:P-384");
  CHECK(openssl_groups({}).empty());
}

}  // namespace dbpool
