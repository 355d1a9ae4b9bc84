#pragma once

#include <memory>
#include <string>
#include <vector>

#include "log/logger.hpp"
#include "web/router.hpp"
#include "web/web_options.hpp"

namespace dbpool {

/// The HTTP server: turns what clients send into Requests and gives back what the router answers. Serves from
/// its construction to `stop()`, with threads of its own that have stacks of 100 KB: see client_limits.hpp.
/// What it refuses, no route sees: request_policy.hpp. Every connection ends with its answer.
class CivetServer {
 public:
  /// throws Error that names the address and the system's reason when it cannot listen. `logger` outlives it.
  /// REQUIRES: `options.listen` is not empty.
  CivetServer(const WebOptions& options, Router router, Logger& logger);
  ~CivetServer();

  /// Where it listens, in the order of the options, with the ports that the system chose in place of 0.
  const std::vector<ListenAddress>& addresses() const noexcept;

  /// Listens no more, lets answers that are being made have half a second, hangs up on every client and ends
  /// every thread; a handler that still runs is waited for. The owner calls it; a second call does nothing.
  void stop();

 private:
  struct Core;
  std::unique_ptr<Core> core_;
};

}  // namespace dbpool
