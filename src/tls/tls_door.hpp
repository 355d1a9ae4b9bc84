#pragma once

#include <functional>
#include <memory>

struct ssl_ctx_st;

namespace dbpool {

class TlsSettings;

/// The context that a web server gives to each connection. It has no certificate: the settings are chosen
/// anew when a client has said hello, so that they change without a restart.
class TlsDoor {
 public:
  /// Returns the settings of now, never nullptr. Any thread calls it, several at once; after an exception the
  /// handshake fails.
  using Current = std::function<std::shared_ptr<const TlsSettings>()>;

  explicit TlsDoor(Current current);
  TlsDoor(const TlsDoor&) = delete;
  TlsDoor& operator=(const TlsDoor&) = delete;

  /// Returns OpenSSL's context. The door outlives the handshakes that begin with it.
  ssl_ctx_st* context() const noexcept { return context_.get(); }

 private:
  const Current current_;
  const std::shared_ptr<ssl_ctx_st> context_;
};

}  // namespace dbpool
