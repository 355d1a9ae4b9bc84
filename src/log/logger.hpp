#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace dbpool {

enum class LogLevel { debug, info, warn, error };

/// One key and its value. The logger escapes strings; it does not quote numbers and booleans.
struct LogField {
  std::string_view key;
  std::variant<std::string, double, std::int64_t, bool> value;
};

/// Writes structured lines. Any thread may call it. `message` is a fixed text; values that vary are in
/// `fields`.
class Logger {
 public:
  virtual ~Logger() = default;
  virtual void log(LogLevel level, std::string_view component, std::string_view message,
                   const std::vector<LogField>& fields = {}) noexcept = 0;
};

/// A logger whose level can change while it is used.
class LeveledLogger : public Logger {
 public:
  /// Returns the lowest level that is written.
  virtual LogLevel level() const noexcept = 0;
  virtual void set_level(LogLevel level) noexcept = 0;
};

}  // namespace dbpool
