#pragma once

#include <optional>
#include <string>
#include <vector>

namespace dbpool {

/// What came of closing one pool's connections.
struct ClosedPool {
  std::string name;
  unsigned closed_idle = 0;
  unsigned closing_active = 0;  ///< these close when they come back
};

/// What the web can ask the program to do. Any thread may call it, several at once.
class AdminCommands {
 public:
  virtual ~AdminCommands() = default;

  /// Reads the configuration anew and applies it. Returns what is wrong with it; empty = applied.
  virtual std::vector<std::string> reload() = 0;
  /// Closes an owned pool's idle connections now and its active ones on return; nullopt = no such pool.
  virtual std::optional<ClosedPool> close(const std::string& pool) = 0;
  /// Does so with every owned pool.
  virtual std::vector<ClosedPool> close_all() = 0;
};

}  // namespace dbpool
