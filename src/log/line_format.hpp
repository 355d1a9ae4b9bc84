#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "log/logger.hpp"

namespace dbpool {

/// One line before it is written; a view of what its maker holds.
struct LogLine {
  std::chrono::system_clock::time_point time;
  LogLevel level;
  std::string_view component, message;
  const std::vector<LogField>& fields;
};

/// `ts=… level=info component=pool pool=orders msg="…" key=value`, without the line's end. A value is quoted
/// and escaped as in JSON where it holds anything but visible ASCII without `=`, `"` and `\`; what is not
/// UTF-8 becomes U+FFFD. A field named `pool` comes before the message.
std::string logfmt_line(const LogLine& line);

/// `{"timestamp":…,"level":…,"component":…,"message":…,"context":{…}}`, without the line's end.
std::string json_line(const LogLine& line);

}  // namespace dbpool
