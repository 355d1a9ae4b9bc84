#include "tls/tls_settings.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <utility>

#include "tls/client_names.hpp"
#include "tls/go_names.hpp"
#include "tls/handshake_settings.hpp"

namespace dbpool {
namespace {

using Certificate = std::unique_ptr<X509, void (*)(X509*)>;

std::unique_ptr<BIO, int (*)(BIO*)> reader_of(const std::string& text) {
  return {::BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), ::BIO_free};
}

/// Reads the certificates of a text in PEM format. None, if one of them is malformed.
std::vector<Certificate> certificates_in(const std::string& text) {
  const auto reader = reader_of(text);
  std::vector<Certificate> found;
  while (X509* const next = ::PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr)) {
    found.emplace_back(next, ::X509_free);
  }
  if (ERR_GET_REASON(::ERR_peek_last_error()) != PEM_R_NO_START_LINE) found.clear();
  ::ERR_clear_error();
  return found;
}

/// Records that a passphrase is needed, and has none.
int refuse_passphrase(char* /*into*/, int /*size*/, int /*is_writing*/, void* is_encrypted) {
  *static_cast<bool*>(is_encrypted) = true;
  return -1;
}

int version_number(TlsVersion version) {
  constexpr std::array numbers{TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION};
  return numbers.at(static_cast<std::size_t>(version));
}

int verify_mode(ClientAuth auth) {
  if (auth == ClientAuth::none) return SSL_VERIFY_NONE;
  const bool is_required = auth == ClientAuth::require_any || auth == ClientAuth::require_and_verify;
  return SSL_VERIFY_PEER | (is_required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0);
}

/// Called by OpenSSL for each certificate of a client's chain, the client's own last.
int verify(int is_valid, X509_STORE_CTX* chain) {
  const auto* const connection =
      static_cast<SSL*>(::X509_STORE_CTX_get_ex_data(chain, ::SSL_get_ex_data_X509_STORE_CTX_idx()));
  const TlsSettings* const settings = settings_of(connection);
  if (settings == nullptr) return 0;
  if (is_valid == 0 && verifies(settings->client_auth())) return 0;
  const bool is_clients_own = ::X509_STORE_CTX_get_error_depth(chain) == 0;
  if (!is_clients_own || settings->knows_name_in(::X509_STORE_CTX_get_current_cert(chain))) return 1;
  ::X509_STORE_CTX_set_error(chain, X509_V_ERR_APPLICATION_VERIFICATION);
  return 0;
}

}  // namespace

std::shared_ptr<const TlsSettings> TlsSettings::make(TlsOptions options, std::vector<TlsProblem>& problems) {
  const auto known = problems.size();
  const std::shared_ptr<TlsSettings> settings(new TlsSettings(std::move(options)));
  settings->load(problems);
  ::ERR_clear_error();
  return problems.size() == known ? settings : nullptr;
}

void TlsSettings::load(std::vector<TlsProblem>& problems) {
  context_ = new_context();
  load_certificate(problems);
  load_key(problems);
  load_client_ca(problems);
  choose_ciphers(problems);
  groups_ = openssl_groups(options_.curves);
}

void TlsSettings::load_certificate(std::vector<TlsProblem>& problems) {
  const auto chain = certificates_in(options_.certificate);
  if (chain.empty()) {
    problems.push_back({TlsPart::certificate, "not a certificate; allowed: certificates in PEM format"});
  } else if (::SSL_CTX_use_certificate(context_.get(), chain.front().get()) != 1) {
    problems.push_back(
        {TlsPart::certificate, "OpenSSL refuses the certificate as too weak; allowed: a stronger one"});
  }
  for (std::size_t i = 1; i < chain.size(); ++i) SSL_CTX_add1_chain_cert(context_.get(), chain[i].get());
}

void TlsSettings::load_key(std::vector<TlsProblem>& problems) {
  bool is_encrypted = false;
  const auto reader = reader_of(options_.key);
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(
      ::PEM_read_bio_PrivateKey(reader.get(), nullptr, refuse_passphrase, &is_encrypted), ::EVP_PKEY_free);
  ::ERR_clear_error();
  if (is_encrypted) {
    problems.push_back({TlsPart::key, "the key is encrypted; allowed: a key without a passphrase"});
  } else if (!key) {
    problems.push_back({TlsPart::key, "not a private key; allowed: one in PEM format"});
  } else if (::SSL_CTX_get0_certificate(context_.get()) != nullptr &&
             ::SSL_CTX_use_PrivateKey(context_.get(), key.get()) != 1) {
    problems.push_back({TlsPart::key, "the key does not fit the certificate; allowed: the key of it"});
  }
}

void TlsSettings::load_client_ca(std::vector<TlsProblem>& problems) {
  if (options_.client_ca.empty()) return;
  const auto roots = certificates_in(options_.client_ca);
  if (roots.empty())
    problems.push_back({TlsPart::client_ca, "not a certificate; allowed: certificates in PEM format"});
  for (const Certificate& root : roots) {
    ::X509_STORE_add_cert(::SSL_CTX_get_cert_store(context_.get()), root.get());
    ::SSL_CTX_add_client_CA(context_.get(), root.get());
  }
}

void TlsSettings::choose_ciphers(std::vector<TlsProblem>& problems) {
  const std::vector<std::string_view> chosen(options_.cipher_suites.begin(), options_.cipher_suites.end());
  ciphers_ = openssl_ciphers(chosen.empty() ? go_cipher_suites() : chosen);
  if (!ciphers_.empty()) return;
  // Only suites of TLS 1.3 are chosen, so a client of TLS 1.2 finds none.
  options_.min_version = TlsVersion::tls13;
  if (options_.max_version != TlsVersion::tls13)
    problems.push_back({TlsPart::cipher_suites,
                        "no suite of TLS 1.2; allowed: one at least where max_version is below TLS13"});
}

void TlsSettings::apply_to(ssl_st* connection) const {
  // Gives it the certificate and the key. The others are not taken from a context that is set later.
  ::SSL_set_SSL_CTX(connection, context_.get());
  SSL_set_min_proto_version(connection, version_number(options_.min_version));
  SSL_set_max_proto_version(connection, version_number(options_.max_version));
  if (!ciphers_.empty()) ::SSL_set_cipher_list(connection, ciphers_.c_str());
  if (!groups_.empty()) SSL_set1_groups_list(connection, groups_.c_str());
  if (options_.prefers_own_ciphers) ::SSL_set_options(connection, SSL_OP_CIPHER_SERVER_PREFERENCE);
  const int mode = verify_mode(options_.client_auth);
  ::SSL_set_verify(connection, mode, mode == SSL_VERIFY_NONE ? nullptr : verify);
  SSL_set1_verify_cert_store(connection, ::SSL_CTX_get_cert_store(context_.get()));
  ::SSL_set_client_CA_list(connection, ::SSL_dup_CA_list(::SSL_CTX_get_client_CA_list(context_.get())));
}

bool TlsSettings::knows_name_in(const x509_st* certificate) const {
  const auto is_wanted = [this](const std::string& name) {
    return std::ranges::find(options_.client_sans, name) != options_.client_sans.end();
  };
  return options_.client_sans.empty() || std::ranges::any_of(alternative_names(certificate), is_wanted);
}

bool TlsSettings::is_expired(std::time_t now) const {
  const X509* const certificate = ::SSL_CTX_get0_certificate(context_.get());
  return ::X509_cmp_time(::X509_get0_notAfter(certificate), &now) < 0;
}

}  // namespace dbpool
