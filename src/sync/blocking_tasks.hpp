#pragma once

#include <algorithm>
#include <list>
#include <optional>
#include <unordered_map>
#include <utility>

#include "dbpool/sync/scheduler.hpp"

namespace dbpool {

/// Which tasks that may block have one of the places, and which wait for one. What already holds a place gets
/// another only while fewer than half of them are taken, less one, and waits behind what holds none. So of
/// eight places a thing that holds none finds none only while six others hold them. One thread at a time.
class BlockingTasks {
 public:
  struct Held {
    Scheduler::Task task;
    const void* on;
  };

  /// `places`: 1 or more.
  explicit BlockingTasks(unsigned places) : places_(places), shared_(std::max(places / 2, 2U) - 1) {}

  /// Takes a place for a task on `on`. Returns whether there was one.
  bool begin(const void* on) {
    if (!has_room(on)) return false;
    ++running_;
    ++running_on_[on];
    return true;
  }
  /// Keeps a task that found no place.
  void hold(Held held) { held_.push_back(std::move(held)); }
  /// Gives a place back. Returns the task that is to have it, with its place: the one that has waited longest
  /// of those on something that holds none, or else of those that may have another.
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
  /// Hands over what waits.
  std::list<Held> drop() { return std::exchange(held_, {}); }

 private:
  bool has_room(const void* on) const { return running_ < (running_on_.contains(on) ? shared_ : places_); }

  const unsigned places_, shared_;
  unsigned running_ = 0;
  std::unordered_map<const void*, unsigned> running_on_;
  std::list<Held> held_;
};

}  // namespace dbpool
