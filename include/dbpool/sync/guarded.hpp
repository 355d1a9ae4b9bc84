#pragma once

#include <mutex>
#include <utility>

namespace dbpool {

/// State that is accessible only under its lock. A const Guarded gives const state.
template <typename State>
class Guarded {
 public:
  /// Holds the lock during its lifetime. `Seen`: State or const State.
  template <typename Seen>
  class AccessTo {
   public:
    AccessTo(std::mutex& mutex, Seen& state)
        : lock_(mutex, std::try_to_lock), waited_(!lock_.owns_lock()), state_(&state) {
      if (waited_) lock_.lock();
    }
    Seen& operator*() const noexcept { return *state_; }
    Seen* operator->() const noexcept { return state_; }
    /// Returns the lock, for waiting on a condition variable and for unlocking early.
    std::unique_lock<std::mutex>& lock() noexcept { return lock_; }
    /// Returns whether another thread held the lock at the request.
    bool waited() const noexcept { return waited_; }

   private:
    std::unique_lock<std::mutex> lock_;
    bool waited_;
    Seen* state_;
  };
  using Access = AccessTo<State>;

  template <typename... Args>
  explicit Guarded(Args&&... args) : state_(std::forward<Args>(args)...) {}
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;

  /// Locks the state. Blocks until the lock is free.
  Access access() { return Access(mutex_, state_); }
  AccessTo<const State> access() const { return AccessTo<const State>(mutex_, state_); }

 private:
  mutable std::mutex mutex_;
  State state_;
};

}  // namespace dbpool
