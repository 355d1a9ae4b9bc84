#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "support/http/scrape.hpp"
#include "support/servers/child_process.hpp"

namespace dbpool {

/// A real Alertmanager on a free loopback port, without a cluster. It is ready when the constructor returns
/// and is killed by the destructor. One thread at a time.
class AlertmanagerServer {
 public:
  /// `config`: the text of its configuration file. throws std::runtime_error if it does not start.
  explicit AlertmanagerServer(const std::string& config);

  std::uint16_t port() const noexcept { return port_; }

  /// Reports alerts with these labels as firing. throws std::runtime_error if it does not accept them.
  void post(const std::vector<Labels>& alerts) const;
  /// Returns each alert's labels and whether the alert is active, that is neither inhibited nor silenced.
  /// throws std::runtime_error if there is no answer.
  std::map<Labels, bool> active() const;

 private:
  const TemporaryDirectory directory_;
  const std::uint16_t port_;
  ChildProcess process_;
};

}  // namespace dbpool
