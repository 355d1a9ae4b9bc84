#pragma once

#include <chrono>

namespace dbpool {

/// The length of a history and the time between its items.
struct HistoryOptions {
  std::chrono::nanoseconds span = std::chrono::hours(24);
  std::chrono::nanoseconds interval = std::chrono::minutes(1);
  bool operator==(const HistoryOptions&) const = default;
};

}  // namespace dbpool
