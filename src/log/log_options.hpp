#pragma once

#include <array>
#include <string_view>

#include "log/logger.hpp"

namespace dbpool {

enum class LogFormat { logfmt, json };

/// Values of the flags `--log.level` and `--log.format`, in the order of the enumerators.
inline constexpr std::array<std::string_view, 4> log_level_names{"debug", "info", "warn", "error"};
inline constexpr std::array<std::string_view, 2> log_format_names{"logfmt", "json"};

/// Options of the log: its lowest level and the format of its lines.
struct LogOptions {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::logfmt;

  bool operator==(const LogOptions&) const = default;
};

}  // namespace dbpool
