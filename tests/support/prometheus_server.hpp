#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "support/child_process.hpp"

namespace dbpool {

/// A real Prometheus on a free loopback port. It is ready when the constructor returns and killed with the
/// object. One thread at a time.
class PrometheusServer {
 public:
  /// One that scrapes an exporter every second. `target`: the exporter's loopback port. throws
  /// std::runtime_error when it does not start.
  explicit PrometheusServer(std::uint16_t target);
  /// `files`: prometheus.yml, and what it refers to beside itself. throws std::runtime_error as above.
  explicit PrometheusServer(const std::map<std::string, std::string>& files);

  /// The value of the first series of an instant query; nullopt when it has none. `ahead`: as if it were so
  /// much later. throws std::runtime_error when Prometheus does not understand it.
  std::optional<double> query(const std::string& expression, std::chrono::seconds ahead = {}) const;

  /// What is wrong with its rules, one line each: those that could not be evaluated, and those that have not
  /// been yet. throws std::runtime_error when it does not answer.
  std::vector<std::string> bad_rules() const;

 private:
  static std::string config(std::uint16_t target);

  std::string get(const std::string& path) const;

  const TemporaryDirectory directory_;
  const std::uint16_t port_;
  ChildProcess process_;
};

}  // namespace dbpool
