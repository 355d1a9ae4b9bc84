#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace dbpool {

/// Counts requests that are being answered. Any thread may call it.
class AnswersInProgress {
 public:
  void begin() {
    const std::lock_guard lock(mutex_);
    ++count_;
  }
  void end() {
    const std::lock_guard lock(mutex_);
    if (--count_ == 0) none_left_.notify_all();
  }
  /// Waits until there is none, at most for `patience`.
  void wait(std::chrono::nanoseconds patience) {
    std::unique_lock lock(mutex_);
    none_left_.wait_for(lock, patience, [this] { return count_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable none_left_;
  int count_ = 0;
};

}  // namespace dbpool
