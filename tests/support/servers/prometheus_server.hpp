#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "support/servers/child_process.hpp"

namespace dbpool {

/// What a Prometheus is started as: a `receiver` also accepts remote write, and an `agent` only sends and
/// answers no query.
enum class PrometheusRole { server, receiver, agent };

/// A real Prometheus on a free loopback port, which stores exemplars. It is ready when the constructor
/// returns and is killed by the destructor. One thread at a time.
class PrometheusServer {
 public:
  /// Scrapes an exporter every second. `target`: the exporter's loopback port. throws std::runtime_error if
  /// Prometheus does not start.
  explicit PrometheusServer(std::uint16_t target);
  /// `files`: prometheus.yml and the files that it refers to. throws std::runtime_error as above.
  explicit PrometheusServer(const std::map<std::string, std::string>& files,
                            PrometheusRole role = PrometheusRole::server);

  std::uint16_t port() const noexcept { return port_; }

  /// Returns the value of the first series of an instant query; nullopt if it is absent. `ahead`: how far in
  /// the future to evaluate. throws std::runtime_error if Prometheus rejects the query.
  std::optional<double> query(const std::string& expression, std::chrono::seconds ahead = {}) const;

  /// Returns the labels of the exemplars of an expression in the last hour, each as JSON. throws
  /// std::runtime_error if Prometheus rejects the query.
  std::vector<std::string> exemplars(const std::string& expression) const;

  /// Returns the errors of its rules, one line each, including rules not evaluated yet. throws
  /// std::runtime_error if there is no answer.
  std::vector<std::string> bad_rules() const;

 private:
  static std::string config(std::uint16_t target);

  std::string get(const std::string& path) const;

  const TemporaryDirectory directory_;
  const std::uint16_t port_;
  ChildProcess process_;
};

}  // namespace dbpool
