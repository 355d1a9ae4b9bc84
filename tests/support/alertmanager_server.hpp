#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "support/child_process.hpp"
#include "support/scrape.hpp"

namespace dbpool {

/// A real Alertmanager on a free loopback port, without a cluster. It is ready when the constructor returns
/// and killed with the object. One thread at a time.
class AlertmanagerServer {
 public:
  /// `config`: as in its configuration file. throws std::runtime_error when it does not start.
  explicit AlertmanagerServer(const std::string& config);

  std::uint16_t port() const noexcept { return port_; }

  /// Reports alerts with these labels as firing. throws std::runtime_error when it does not take them.
  void post(const std::vector<Labels>& alerts) const;
  /// What it knows now: each alert's labels, and whether it is active, that is neither inhibited nor
  /// silenced. throws std::runtime_error when it does not answer.
  std::map<Labels, bool> active() const;

 private:
  const TemporaryDirectory directory_;
  const std::uint16_t port_;
  ChildProcess process_;
};

}  // namespace dbpool
