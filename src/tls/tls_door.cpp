#include "tls/tls_door.hpp"

#include <openssl/ssl.h>

#include <new>

#include "tls/handshake_settings.hpp"
#include "tls/tls_settings.hpp"

namespace dbpool {
namespace {

using Kept = std::shared_ptr<const TlsSettings>;

void release(void* /*connection*/, void* kept, CRYPTO_EX_DATA* /*data*/, int /*index*/, long /*argument*/,
             void* /*pointer*/) {
  delete static_cast<Kept*>(kept);
}

/// The place in a connection for its settings, which OpenSSL frees with it.
int place_of_settings() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, release);
  return index;
}

/// Called by OpenSSL with the first message of a client.
int on_hello(SSL* connection, int* alert, void* current) noexcept {
  try {
    choose((*static_cast<const TlsDoor::Current*>(current))(), connection);
    return SSL_CLIENT_HELLO_SUCCESS;
  } catch (...) {
    *alert = SSL_AD_INTERNAL_ERROR;
    return SSL_CLIENT_HELLO_ERROR;
  }
}

}  // namespace

std::shared_ptr<ssl_ctx_st> new_context() {
  std::shared_ptr<SSL_CTX> context(::SSL_CTX_new(::TLS_server_method()), ::SSL_CTX_free);
  if (!context) throw std::bad_alloc();
  ::SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  ::SSL_CTX_set_num_tickets(context.get(), 0);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  // CivetWeb sends the rest of a partial write from another address.
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
  return context;
}

void choose(std::shared_ptr<const TlsSettings> settings, ssl_st* connection) {
  auto kept = std::make_unique<Kept>(std::move(settings));
  (*kept)->apply_to(connection);
  if (::SSL_set_ex_data(connection, place_of_settings(), kept.get()) != 1) throw std::bad_alloc();
  static_cast<void>(kept.release());
}

const TlsSettings* settings_of(const ssl_st* connection) {
  const auto* const kept = static_cast<const Kept*>(::SSL_get_ex_data(connection, place_of_settings()));
  return kept == nullptr ? nullptr : kept->get();
}

TlsDoor::TlsDoor(Current current) : current_(std::move(current)), context_(new_context()) {
  ::SSL_CTX_set_client_hello_cb(context_.get(), on_hello, const_cast<Current*>(&current_));
}

}  // namespace dbpool
