#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/http/http_exchange.hpp"
#include "support/http/scrape.hpp"
#include "support/servers/child_process.hpp"

namespace dbpool {

/// A line of the log: keys and values as text. In a JSON line the keys of the context are beside the others,
/// which have their logfmt names (ts, level, component, msg).
using LogLine = std::map<std::string, std::string>;

/// The start parameters of an exporter, besides its address.
struct ExporterSetup {
  std::string config = {};  ///< YAML; "" = no file
  std::vector<std::string> flags = {};
  ChildProcess::Environment environment = {};
  std::vector<std::string> launcher = {};  ///< command before the program, such as `prlimit …`
};

/// The real exporter on a free loopback port, listening when the constructor returns. One thread at a time.
/// The destructor sends SIGTERM unless `wait_exit` has returned an exit code; the test case fails unless the
/// exporter then ends within a stretched 5 s with exit code 0. So every case also covers a clean end and a
/// sanitizer's final report.
class ExporterProcess {
 public:
  /// throws std::runtime_error with the exporter's output if it does not listen in time.
  explicit ExporterProcess(const ExporterSetup& setup = {});
  ExporterProcess(const ExporterProcess&) = delete;
  ExporterProcess& operator=(const ExporterProcess&) = delete;
  ~ExporterProcess();

  ChildProcess& process() noexcept { return process_; }
  std::uint16_t port() const noexcept { return port_; }

  HttpAnswer get(std::string_view path) const { return http_exchange(port_, "GET", path); }
  HttpAnswer post(std::string_view path) const { return http_exchange(port_, "POST", path); }
  /// Returns the current metrics. throws std::runtime_error with the log on failure.
  Scrape scrape() const;
  std::optional<double> metric(std::string_view name, const Labels& labels = {}) const;

  /// Returns the log lines with that message, in order.
  std::vector<LogLine> log(std::string_view message) const;
  std::vector<LogLine> log() const;

  /// Replaces the configuration file without a reload.
  void configure(const std::string& text) const { directory_.write("config.yml", text); }

 private:
  static std::vector<std::string> command_line(const ExporterSetup& setup,
                                               const TemporaryDirectory& directory);

  const TemporaryDirectory directory_;
  ChildProcess process_;
  std::uint16_t port_ = 0;
};

/// Runs the exporter with these flags until it ends.
Finished run_exporter(const std::vector<std::string>& flags,
                      const ChildProcess::Environment& environment = {});

}  // namespace dbpool
