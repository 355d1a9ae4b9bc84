#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "log/logger.hpp"

namespace dbpool {

/// A log line before it is formatted. Refers to the caller's values and owns none.
struct LogLine {
  std::chrono::system_clock::time_point time;
  LogLevel level;
  std::string_view component, message;
  const std::vector<LogField>& fields;
};

/// Formats `ts=… level=info component=pool pool=orders msg="…" key=value`, without a newline. A value is
/// quoted and escaped as in JSON unless it is visible ASCII without `=`, `"` and `\` and not empty; bytes
/// that are not UTF-8 become U+FFFD. A field named `pool` precedes the message.
std::string logfmt_line(const LogLine& line);

/// Formats `{"timestamp":…,"level":…,"component":…,"message":…,"context":{…}}`, without a newline.
std::string json_line(const LogLine& line);

}  // namespace dbpool
