#pragma once

#include <string>
#include <vector>

namespace dbpool {

/// What is asked of a client's certificate, as in Go's crypto/tls.
enum class ClientAuth { none, request, require_any, verify_if_given, require_and_verify };

enum class TlsVersion { tls10, tls11, tls12, tls13 };

/// How the web server proves who it is, and what its clients must prove. Certificates and keys are texts in
/// PEM format.
struct TlsOptions {
  std::string certificate;     ///< the server's, and those that lead to a root
  std::string key;             ///< of the server's certificate, not encrypted
  std::string client_ca = {};  ///< the roots of clients' certificates; "" = none
  ClientAuth client_auth = ClientAuth::none;
  /// A client's certificate must have one of these DNS names, addresses and URIs; empty = any certificate.
  std::vector<std::string> client_sans = {};
  TlsVersion min_version = TlsVersion::tls12, max_version = TlsVersion::tls13;
  std::vector<std::string> cipher_suites = {};  ///< Go's names (see go_names.hpp); none = all of them
  std::vector<std::string> curves = {};         ///< Go's names; none = OpenSSL's default
  bool prefers_own_ciphers = true;              ///< false: the client's order counts
};

/// Returns whether the certificates of clients are verified against `client_ca`.
constexpr bool verifies(ClientAuth auth) {
  return auth == ClientAuth::verify_if_given || auth == ClientAuth::require_and_verify;
}

}  // namespace dbpool
