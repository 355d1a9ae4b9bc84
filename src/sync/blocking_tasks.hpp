#pragma once

#include <algorithm>
#include <list>
#include <optional>
#include <unordered_map>
#include <utility>

#include "dbpool/sync/scheduler.hpp"

namespace dbpool {

/// Places for tasks that may block, and the queue for them. A resource that holds a place gets another one
/// only while fewer than `places / 2 - 1` (at least 1) are taken, and queues behind resources that hold none.
/// So with eight places, a resource without one waits only while six others hold them all. Not thread-safe.
class BlockingTasks {
 public:
  struct Held {
    Scheduler::Task task;
    const void* on = nullptr;
  };

  /// `places`: 1 or more.
  explicit BlockingTasks(unsigned places) : places_(places), shared_(std::max(places / 2, 2U) - 1) {}

  /// Gives a place to a task on `on`. Returns false if there is none for it.
  bool begin(const void* on) {
    if (!has_room(on)) return false;
    ++running_;
    ++running_on_[on];
    return true;
  }
  /// Queues a task that got no place.
  void hold(Held held) { held_.push_back(std::move(held)); }
  /// Frees a place of `on`. Returns the next task, which then holds a place: the oldest on a resource without
  /// a place, otherwise the oldest whose resource may have another one.
  std::optional<Held> end(const void* on) {
    --running_;
    if (--running_on_[on] == 0) running_on_.erase(on);
    auto next =
        std::ranges::find_if(held_, [this](const Held& held) { return !running_on_.contains(held.on); });
    if (next == held_.end())
      next = std::ranges::find_if(held_, [this](const Held& held) { return has_room(held.on); });
    if (next == held_.end()) return std::nullopt;
    Held held = std::move(*next);
    held_.erase(next);
    begin(held.on);
    return held;
  }
  /// Removes and returns the queued tasks.
  std::list<Held> drop() { return std::exchange(held_, {}); }

 private:
  bool has_room(const void* on) const { return running_ < (running_on_.contains(on) ? shared_ : places_); }

  const unsigned places_, shared_;
  unsigned running_ = 0;
  std::unordered_map<const void*, unsigned> running_on_;
  std::list<Held> held_;
};

}  // namespace dbpool
