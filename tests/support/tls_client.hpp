#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <memory>
#include <string>

#include "support/self_signed.hpp"
#include "tls/tls_door.hpp"

namespace dbpool::test {

/// A client that makes handshakes with a door within this process, without sockets. It offers the session of
/// its last handshake again, and verifies nothing. One thread at a time.
class TlsClient {
 public:
  TlsClient() : context_(::SSL_CTX_new(::TLS_client_method()), ::SSL_CTX_free) {}
  explicit TlsClient(const KeyPair& own) : TlsClient() {
    const auto reader_of = [](const std::string& text) {
      return std::unique_ptr<BIO, int (*)(BIO*)>(::BIO_new_mem_buf(text.c_str(), -1), ::BIO_free);
    };
    const std::unique_ptr<X509, void (*)(X509*)> certificate(
        ::PEM_read_bio_X509(reader_of(own.certificate).get(), nullptr, nullptr, nullptr), ::X509_free);
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(
        ::PEM_read_bio_PrivateKey(reader_of(own.key).get(), nullptr, nullptr, nullptr), ::EVP_PKEY_free);
    ::SSL_CTX_use_certificate(context_.get(), certificate.get());
    ::SSL_CTX_use_PrivateKey(context_.get(), key.get());
  }

  /// Returns the common name in the certificate that the client is shown; "" = the handshake failed.
  std::string shown_by(const TlsDoor& door) {
    const Connection server(::SSL_new(door.context()), ::SSL_free),
        client(::SSL_new(context_.get()), ::SSL_free);
    if (session_) ::SSL_set_session(client.get(), session_.get());
    BIO *servers_end = nullptr, *clients_end = nullptr;
    ::BIO_new_bio_pair(&servers_end, 0, &clients_end, 0);
    ::SSL_set_bio(server.get(), servers_end, servers_end);
    ::SSL_set_bio(client.get(), clients_end, clients_end);
    ::SSL_set_accept_state(server.get());
    ::SSL_set_connect_state(client.get());
    if (!meet(*client, *server)) return "";
    has_resumed_ = has_resumed_ || ::SSL_session_reused(client.get()) == 1;
    keep_session_of(*client);
    std::array<char, 64> name{};
    ::X509_NAME_get_text_by_NID(::X509_get_subject_name(::SSL_get0_peer_certificate(client.get())),
                                NID_commonName, name.data(), name.size());
    return name.data();
  }

  /// Returns whether a server has ever resumed a session.
  bool has_resumed() const { return has_resumed_; }

 private:
  using Connection = std::unique_ptr<SSL, void (*)(SSL*)>;

  /// Lets both sides go on in turns, until both have ended or one has failed.
  static bool meet(SSL& client, SSL& server) {
    constexpr int most_turns = 20;
    for (int turn = 0; turn < most_turns; ++turn) {
      bool have_ended = true;
      for (SSL* const side : {&client, &server}) {
        ::ERR_clear_error();
        const int result = ::SSL_do_handshake(side);
        if (result != 1 && ::SSL_get_error(side, result) != SSL_ERROR_WANT_READ) return false;
        have_ended = have_ended && result == 1;
      }
      if (have_ended) return true;
    }
    return false;
  }

  void keep_session_of(SSL& client) {
    // TLS 1.3 sends tickets behind the handshake.
    char nothing = 0;
    ::SSL_read(&client, &nothing, 1);
    session_.reset(::SSL_get1_session(&client), ::SSL_SESSION_free);
    // A connection that ends without this takes its session with it.
    ::SSL_set_shutdown(&client, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  }

  std::shared_ptr<SSL_CTX> context_;
  std::shared_ptr<SSL_SESSION> session_;
  bool has_resumed_ = false;
};

}  // namespace dbpool::test
