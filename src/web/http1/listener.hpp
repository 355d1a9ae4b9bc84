#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "dbpool/sync/scheduler.hpp"
#include "log/logger.hpp"
#include "web/router.hpp"
#include "web/web_options.hpp"

namespace dbpool {

/// What a listener serves.
struct HttpSite {
  // NOLINTNEXTLINE(google-explicit-constructor,hicpp-explicit-conversions): most sites are routes alone
  HttpSite(Router of, std::function<bool(const Request&)> slow = nullptr)
      : router(std::move(of)), is_slow(std::move(slow)) {}

  Router router;
  /// Returns whether guards may take long to admit a request; null = for no request.
  std::function<bool(const Request&)> is_slow;
};

/// Serves plain HTTP/1.1 on the scheduler, without threads of its own: one request per connection. At most
/// 128 connections, or an eighth of the descriptors: then a new one evicts the oldest of those
/// that wait for their clients, so that slow clients cost the others nothing.
class HttpListener {
 public:
  /// Listens on an IPv4 or IPv6 address, on every IPv4 interface without one, or for `localhost` on both of
  /// its addresses. throws Error: it cannot. `logger` outlives the scheduler's tasks.
  HttpListener(const ListenAddress& address, HttpSite site, Runtime runtime, Logger& logger);
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
