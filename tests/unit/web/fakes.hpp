#pragma once

#include <algorithm>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "log/logger.hpp"
#include "web/admin_commands.hpp"

namespace dbpool::test {

/// Keeps the messages logged at warn and error. Any thread may call it.
class KeepingLogger : public Logger {
 public:
  void log(LogLevel level, std::string_view, std::string_view message,
           const std::vector<LogField>& fields) noexcept override {
    if (level < LogLevel::warn) return;
    const std::lock_guard lock(mutex_);
    std::string line(message);
    for (const LogField& field : fields) {
      if (const auto* text = std::get_if<std::string>(&field.value)) line += " " + *text;
    }
    lines_.push_back(std::move(line));
  }
  std::vector<std::string> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

/// Counts the reloads and returns the problems and pools set by the test.
class ScriptedCommands : public AdminCommands {
 public:
  std::vector<std::string> reload() override {
    ++reloads;
    return problems;
  }

  std::optional<ClosedPool> close(const std::string& pool) override {
    const auto found = std::ranges::find(pools, pool, &ClosedPool::name);
    if (found == pools.end()) return std::nullopt;
    closed.push_back(pool);
    return *found;
  }
  std::vector<ClosedPool> close_all() override {
    for (const ClosedPool& pool : pools) closed.push_back(pool.name);
    return pools;
  }

  LogLevel log_level() const override { return level; }
  void set_log_level(LogLevel wanted) override { level = wanted; }

  LogLevel level = LogLevel::info;
  std::vector<std::string> problems;
  int reloads = 0;
  std::vector<ClosedPool> pools;
  std::vector<std::string> closed;  ///< names of pools, in order
};

}  // namespace dbpool::test
