#pragma once

#include <cstdint>
#include <string>

#include "support/servers/child_process.hpp"

namespace dbpool {

/// Writes `<name>.cert` and `<name>.key` in PEM format: a certificate that signs itself, for `subject`, such
/// as "IP:127.0.0.1" or "DNS:shop.example". throws std::runtime_error.
void make_certificate(const TemporaryDirectory& directory, const std::string& name,
                      const std::string& subject);

/// OpenSSL's own TLS server on a free loopback port. It may not listen yet when the constructor returns.
class TlsServer {
 public:
  /// `arguments`: of `openssl s_server`, which runs in `directory`. With `-WWW` it sends that directory's
  /// files as text/plain, otherwise it prints what it receives.
  TlsServer(const TemporaryDirectory& directory, const std::string& arguments);

  std::string url(const std::string& file) const {
    return "https://127.0.0.1:" + std::to_string(port_) + "/" + file;
  }
  std::uint16_t port() const noexcept { return port_; }
  std::string received() const { return server_.standard_output(); }

 private:
  const std::uint16_t port_;
  ChildProcess server_;
};

}  // namespace dbpool
