#pragma once

#include <optional>
#include <string>
#include <vector>

#include "log/logger.hpp"

namespace dbpool {

/// The result of closing one pool's connections.
struct ClosedPool {
  std::string name;
  unsigned closed_idle = 0;
  unsigned closing_active = 0;  ///< closed on their return
};

/// Commands that the web server gives to the program. Any thread may call them, several at once.
class AdminCommands {
 public:
  virtual ~AdminCommands() = default;

  /// Reads the configuration again and applies it. Returns its problems; empty = applied.
  virtual std::vector<std::string> reload() = 0;
  /// Closes an owned pool's idle connections now and its active ones on their return. Returns nullopt if
  /// there is no such pool.
  virtual std::optional<ClosedPool> close(const std::string& pool) = 0;
  /// Closes the connections of every owned pool in the same way.
  virtual std::vector<ClosedPool> close_all() = 0;
  /// Returns the lowest level of the log.
  virtual LogLevel log_level() const = 0;
  /// Sets it until the next start.
  virtual void set_log_level(LogLevel level) = 0;
};

}  // namespace dbpool
