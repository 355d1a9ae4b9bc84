#include "log/spdlog_logger.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <mutex>

#include "log/line_format.hpp"

namespace dbpool {
namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

/// Writes each message as one line, and drops the rest of a line that the descriptor does not accept.
///
/// Locking: spdlog's base sink holds its mutex around `sink_it_`, so that lines do not mix.
class DescriptorSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit DescriptorSink(int descriptor) : descriptor_(descriptor) {}

 private:
  static constexpr int patience_ms = 50;

  void sink_it_(const spdlog::details::log_msg& message) override {
    std::string line;
    if (in_line_) line += '\n';
    line.append(message.payload.data(), message.payload.size()) += '\n';
    std::string_view rest = line;
    while (!rest.empty() && takes_more()) {
      // A pipe that polls writable accepts PIPE_BUF bytes without blocking; more might block.
      const ssize_t written = ::write(descriptor_, rest.data(), std::min<std::size_t>(rest.size(), PIPE_BUF));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) break;
      rest.remove_prefix(static_cast<std::size_t>(written));
    }
    if (rest.size() != line.size()) in_line_ = !rest.empty();
  }

  void flush_() override {}

  bool takes_more() {
    pollfd poll_for{descriptor_, POLLOUT, 0};
    const int ready = ::poll(&poll_for, 1, blocked_ ? 0 : patience_ms);
    blocked_ = ready == 0;
    return ready > 0;
  }

  int descriptor_;
  bool blocked_ = false;  // the last wait for the reader timed out
  bool in_line_ = false;  // the last write ended within a line
};

class SpdlogLogger final : public LeveledLogger {
 public:
  SpdlogLogger(const LogOptions& options, int descriptor)
      : logger_("dbpool", std::make_shared<DescriptorSink>(descriptor)),
        format_(options.format == LogFormat::json ? json_line : logfmt_line) {
    set_level(options.level);
    // spdlog's own handler would write a line of another format to standard error, for example without
    // memory.
    logger_.set_error_handler([](const std::string&) {});
  }

  void log(LogLevel level, std::string_view component, std::string_view message,
           const std::vector<LogField>& fields) noexcept override {
    if (!logger_.should_log(to_spdlog(level))) return;
    try {
      const auto now = std::chrono::system_clock::now();
      const std::string line = format_({now, level, component, message, fields});
      logger_.log(to_spdlog(level), spdlog::string_view_t(line));
    } catch (...) {
      // Out of memory: drops the line, since the caller's work matters more.
    }
  }

  LogLevel level() const noexcept override { return level_; }
  void set_level(LogLevel level) noexcept override {
    level_ = level;
    logger_.set_level(to_spdlog(level));
  }

 private:
  spdlog::logger logger_;
  std::atomic<LogLevel> level_;
  std::string (*format_)(const LogLine&);
};

}  // namespace

std::unique_ptr<LeveledLogger> spdlog_logger(const LogOptions& options, int descriptor) {
  return std::make_unique<SpdlogLogger>(options, descriptor);
}

}  // namespace dbpool
