#include "tls/go_names.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <array>

namespace dbpool {
namespace {

constexpr auto suites = std::to_array<std::string_view>({
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
});

constexpr auto curves_of_go =
    std::to_array<std::string_view>({"CurveP256", "CurveP384", "CurveP521", "X25519"});
constexpr auto curves_of_openssl = std::to_array<std::string_view>({"P-256", "P-384", "P-521", "X25519"});

void append(std::string& list, std::string_view name) {
  list.append(list.empty() ? "" : ":").append(name);
}

}  // namespace

std::span<const std::string_view> go_cipher_suites() {
  return suites;
}

std::span<const std::string_view> go_curves() {
  return curves_of_go;
}

std::string openssl_ciphers(std::span<const std::string_view> suites) {
  std::string list;
  for (const std::string_view suite : suites) {
    const bool is_of_tls12 = suite.find("_WITH_") != std::string_view::npos;
    if (is_of_tls12) append(list, ::OPENSSL_cipher_name(std::string(suite).c_str()));
  }
  return list;
}

std::string openssl_groups(const std::vector<std::string>& curves) {
  std::string list;
  for (const std::string& curve : curves) {
    const auto at = std::ranges::find(curves_of_go, curve) - curves_of_go.begin();
    append(list, curves_of_openssl[static_cast<std::size_t>(at)]);
  }
  return list;
}

}  // namespace dbpool
