// The name that CivetWeb asks libssl for, and that OpenSSL 3 has only as a macro.
#include <openssl/ssl.h>

#undef SSL_get_peer_certificate

// NOLINTNEXTLINE(readability-identifier-naming): the name of OpenSSL
extern "C" X509* SSL_get_peer_certificate(const SSL* connection) {
  return SSL_get1_peer_certificate(connection);
}
