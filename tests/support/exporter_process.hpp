#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/child_process.hpp"
#include "support/http_exchange.hpp"
#include "support/scrape.hpp"

namespace dbpool {

/// A line of the log: its keys and their values as text. Of a JSON line, the keys of the context stand beside
/// the others, which have their logfmt names (ts, level, component, msg).
using LogLine = std::map<std::string, std::string>;

/// What an exporter is started with, beside its address.
struct ExporterSetup {
  std::string config = {};  ///< YAML; "" = no file
  std::vector<std::string> flags = {};
  ChildProcess::Environment environment = {};
  std::vector<std::string> launcher = {};  ///< what stands before the program, such as `prlimit …`
};

/// The real exporter on a free loopback port, started and listening when the constructor returns. One thread
/// at a time. It is told to end with the object, and must then end soon and cleanly, or the test case fails,
/// as it does when the process has ended before without the test having waited for it; so every case is one
/// about a clean end, and about what a sanitizer finds at it.
class ExporterProcess {
 public:
  /// throws std::runtime_error with what the exporter said when it does not listen soon.
  explicit ExporterProcess(const ExporterSetup& setup = {});
  ExporterProcess(const ExporterProcess&) = delete;
  ExporterProcess& operator=(const ExporterProcess&) = delete;
  ~ExporterProcess();

  ChildProcess& process() noexcept { return process_; }
  std::uint16_t port() const noexcept { return port_; }

  HttpAnswer get(std::string_view path) const { return http_exchange(port_, "GET", path); }
  HttpAnswer post(std::string_view path) const { return http_exchange(port_, "POST", path); }
  /// The metrics now. throws std::runtime_error with the log when they cannot be had.
  Scrape scrape() const;
  std::optional<double> metric(std::string_view name, const Labels& labels = {}) const;

  /// The lines with that message, in order.
  std::vector<LogLine> log(std::string_view message) const;
  std::vector<LogLine> log() const;

  /// Replaces the configuration file; a reload is another matter.
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
