#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "support/child_process.hpp"

namespace dbpool {

/// A real Prometheus on a free loopback port that scrapes one exporter every second. It is ready when the
/// constructor returns and killed with the object. One thread at a time.
class PrometheusServer {
 public:
  /// `target`: the exporter's loopback port. throws std::runtime_error when it does not start.
  explicit PrometheusServer(std::uint16_t target);

  /// The value of the first series of an instant query; nullopt when it has none. throws std::runtime_error
  /// when Prometheus does not understand it.
  std::optional<double> query(const std::string& expression) const;

 private:
  static std::string config(std::uint16_t target);

  const TemporaryDirectory directory_;
  const std::uint16_t port_;
  ChildProcess process_;
};

}  // namespace dbpool
