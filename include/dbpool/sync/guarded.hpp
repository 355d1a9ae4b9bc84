#pragma once

#include <mutex>
#include <utility>

namespace dbpool {

/// State that is accessible only under its lock.
template <typename State>
class Guarded {
 public:
  /// Holds the lock during its lifetime.
  class Access {
   public:
    explicit Access(const Guarded& owner)
        : lock_(owner.mutex_, std::try_to_lock), waited_(!lock_.owns_lock()), state_(&owner.state_) {
      if (waited_) lock_.lock();
    }
    State& operator*() const noexcept { return *state_; }
    State* operator->() const noexcept { return state_; }
    /// Returns the lock, for waiting on a condition variable and for unlocking early.
    std::unique_lock<std::mutex>& lock() noexcept { return lock_; }
    /// Returns whether another thread held the lock at the request.
    bool waited() const noexcept { return waited_; }

   private:
    std::unique_lock<std::mutex> lock_;
    bool waited_;
    State* state_;
  };

  template <typename... Args>
  explicit Guarded(Args&&... args) : state_(std::forward<Args>(args)...) {}
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;

  /// Locks the state. Blocks until the lock is free.
  Access access() const { return Access(*this); }

 private:
  mutable std::mutex mutex_;
  mutable State state_;
};

}  // namespace dbpool
