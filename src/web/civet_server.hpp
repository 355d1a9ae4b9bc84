#pragma once

#include <memory>
#include <string>
#include <vector>

#include "log/logger.hpp"
#include "web/live_web_config.hpp"
#include "web/router.hpp"
#include "web/web_options.hpp"

namespace dbpool {

/// The HTTP server: passes requests to the router and sends the responses. Serves from construction to
/// `stop()`, on its own threads, which have stacks of 100 KB (see client_limits.hpp). Routes do not see
/// refused requests (see request_policy.hpp). Every connection is closed after its answer.
class CivetServer {
 public:
  /// Starts to listen. throws Error that names the address and the system's reason if it cannot. `logger`
  /// outlives the server. REQUIRES: `options.listen` is not empty.
  /// With `config` it serves TLS if that has it, and refuses requests as it says; nullptr = neither.
  CivetServer(const WebOptions& options, Router router, Logger& logger,
              std::shared_ptr<LiveWebConfig> config = nullptr);
  ~CivetServer();

  /// Returns the addresses on which it listens, in the order of the options, with the ports that the system
  /// chose for port 0.
  const std::vector<ListenAddress>& addresses() const noexcept;

  /// Stops listening, gives unfinished answers half a second, then closes every connection and ends every
  /// thread. Waits for a handler that still runs. The owner calls it; a second call does nothing.
  void stop();

 private:
  struct Core;
  std::unique_ptr<Core> core_;
};

}  // namespace dbpool
