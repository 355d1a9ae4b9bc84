#pragma once

#include <algorithm>
#include <list>
#include <optional>
#include <unordered_map>
#include <utility>

#include "dbpool/sync/scheduler.hpp"

namespace dbpool {

/// Which tasks that may block have a place among the workers, and which wait for one. There are places for
/// half of the workers, and all but one of these may go to tasks on the same thing; one there always is. One
/// thread at a time.
class BlockingTasks {
 public:
  struct Held {
    Scheduler::Task task;
    const void* on;
  };

  explicit BlockingTasks(unsigned workers)
      : most_(std::max(workers / 2, 1U)), most_on_one_(std::max(most_ - 1, 1U)) {}

  /// Takes a place for a task on `on`. Returns whether there was one.
  bool begin(const void* on) {
    if (running_ == most_ || !has_room(on)) return false;
    ++running_;
    ++running_on_[on];
    return true;
  }
  /// Keeps a task that found no place.
  void hold(Held held) { held_.push_back(std::move(held)); }
  /// Gives a place back. Returns the task that has waited longest of those that may have it, with its place.
  std::optional<Held> end(const void* on) {
    --running_;
    if (--running_on_[on] == 0) running_on_.erase(on);
    const auto next = std::ranges::find_if(held_, [this](const Held& held) { return has_room(held.on); });
    if (next == held_.end()) return std::nullopt;
    Held held = std::move(*next);
    held_.erase(next);
    begin(held.on);
    return held;
  }
  /// Hands over what waits.
  std::list<Held> drop() { return std::exchange(held_, {}); }

 private:
  bool has_room(const void* on) const {
    const auto found = running_on_.find(on);
    return found == running_on_.end() || found->second < most_on_one_;
  }

  const unsigned most_, most_on_one_;
  unsigned running_ = 0;
  std::unordered_map<const void*, unsigned> running_on_;
  std::list<Held> held_;
};

}  // namespace dbpool
