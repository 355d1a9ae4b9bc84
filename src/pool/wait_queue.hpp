#pragma once

#include <array>
#include <cstddef>
#include <exception>
#include <source_location>

#include "dbpool/pool/pool.hpp"
#include "dbpool/sync/clock.hpp"

namespace dbpool {

class AfterUnlock;

/// Somebody who wants a connection. It lives with whoever waits, so that queueing allocates nothing.
struct Waiter {
  enum class Outcome { pending, granted, turned_away };

  /// `request_` outlives the waiter.
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): clearing `stack` would cost every acquire
  Waiter(Duration began_, const AcquireRequest& request_, std::source_location where_) noexcept
      : began(began_), request(request_), where(where_) {}
  virtual ~Waiter() = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  /// Tells the waiter that it has `slot`, or else that `failure` says why not. Called under the pool's lock.
  virtual void wake(AfterUnlock& after) = 0;
  void capture_stack() noexcept;

  const Duration began;  ///< stopwatch
  const AcquireRequest& request;
  const std::source_location where;
  LeasePurpose purpose = LeasePurpose::work;
  std::array<void*, 16> stack;  ///< the first `stack_depth` are set
  int stack_depth = 0;
  bool validates = false;         ///< whether it can check what it gets before it counts as lent
  unsigned connect_failures = 0;  ///< attempts that failed while it waited; parallel ones are one
  Outcome outcome = Outcome::pending;
  Slot* slot = nullptr;                  ///< when granted
  std::exception_ptr failure;            ///< when turned away
  TimePoint expires = TimePoint::max();  ///< when the pool turns it away; a waiter with a thread looks itself
  Waiter* ahead = nullptr;
  Waiter* behind = nullptr;
};

/// Waiters in the order in which they are to be served. Not thread-safe. Owns nothing.
class WaitQueue {
 public:
  void push_back(Waiter& waiter) noexcept;
  /// For one that was served before, in vain: where it stood by its age.
  void put_back(Waiter& waiter) noexcept;
  void remove(Waiter& waiter) noexcept;
  /// REQUIRES: not empty.
  Waiter& pop_front() noexcept;

  bool empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }
  /// nullptr when empty; the rest by `behind`.
  Waiter* front() const noexcept { return front_; }

 private:
  Waiter* front_ = nullptr;
  Waiter* back_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace dbpool
