#pragma once

#include "sync/descriptor.hpp"
#include "web/web_options.hpp"

namespace dbpool {

/// A request of this process to its own web server, which shows whether that one answers. Never blocks.
class OwnRequest {
 public:
  /// Sends it. `address`: one on which the server listens.
  explicit OwnRequest(const ListenAddress& address);

  /// Returns whether the server has begun an answer, or has closed the connection: a server with TLS does, as
  /// the request is plain.
  bool is_answered() const;

 private:
  Descriptor socket_;
  bool is_sent_ = false;
};

}  // namespace dbpool
