#pragma once

#include <memory>

#include "dbpool/sync/scheduler.hpp"
#include "log/logger.hpp"
#include "web/router.hpp"
#include "web/web_options.hpp"

namespace dbpool {

/// Serves plain HTTP/1.1 on the scheduler, without threads of its own: one request per connection. At most
/// 128 connections, or an eighth of the descriptors: then a new one evicts the one that has waited longest
/// for its client, so that slow clients cost the others nothing.
class HttpListener {
 public:
  /// Listens on an IPv4 or IPv6 address, on every IPv4 interface without one, or for `localhost` on both of
  /// its addresses. throws Error: it cannot. `logger` outlives the scheduler's tasks.
  HttpListener(const ListenAddress& address, Router router, Runtime runtime, Logger& logger);
  /// Closes the port at once. Requests in progress are cut off; handlers that run are not waited for.
  ~HttpListener();
  HttpListener(const HttpListener&) = delete;
  HttpListener& operator=(const HttpListener&) = delete;

  /// Returns the address, with the port that the system chose for port 0.
  const ListenAddress& address() const noexcept;

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace dbpool
