#pragma once

#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "tls/tls_options.hpp"

struct ssl_st;
struct ssl_ctx_st;
struct x509_st;

namespace dbpool {

/// The part of the options that an error is about.
enum class TlsPart { certificate, key, client_ca, cipher_suites };

struct TlsProblem {
  TlsPart part;
  std::string what;  ///< and what is allowed; without a secret
};

/// Options that OpenSSL has accepted. Never changes, so that handshakes on several threads share it.
class TlsSettings {
 public:
  /// Returns the settings, or nullptr after it has added each error to `problems`.
  static std::shared_ptr<const TlsSettings> make(TlsOptions options, std::vector<TlsProblem>& problems);

  /// Makes a connection use the certificate and follow the rules. The settings outlive its handshake.
  void apply_to(ssl_st* connection) const;

  /// Returns whether a client's certificate has one of the names that are asked for, if any are.
  bool knows_name_in(const x509_st* certificate) const;
  ClientAuth client_auth() const noexcept { return options_.client_auth; }

  /// Returns whether the server's certificate is not valid any more.
  bool is_expired(std::time_t now) const;

 private:
  explicit TlsSettings(TlsOptions options) : options_(std::move(options)) {}
  void load(std::vector<TlsProblem>& problems);
  void load_certificate(std::vector<TlsProblem>& problems);
  void load_key(std::vector<TlsProblem>& problems);
  void load_client_ca(std::vector<TlsProblem>& problems);
  void choose_ciphers(std::vector<TlsProblem>& problems);

  TlsOptions options_;
  std::string ciphers_, groups_;  // OpenSSL's lists; "" = the default
  std::shared_ptr<ssl_ctx_st> context_;
};

}  // namespace dbpool
