#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dbpool {

/// The cipher suites of Go's `tls.CipherSuites()`: those of TLS 1.2 and, at the end, of TLS 1.3.
std::span<const std::string_view> go_cipher_suites();

/// The curves that exporter-toolkit knows.
std::span<const std::string_view> go_curves();

/// Returns OpenSSL's list of those `suites` that belong to TLS 1.2; "" = there is none. Those of TLS 1.3 are
/// not chosen, as in Go. REQUIRES: each is in `go_cipher_suites()`.
std::string openssl_ciphers(std::span<const std::string_view> suites);

/// Returns OpenSSL's list of `curves`. REQUIRES: each is in `go_curves()`.
std::string openssl_groups(const std::vector<std::string>& curves);

}  // namespace dbpool
