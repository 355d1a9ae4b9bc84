#pragma once

#include <array>
#include <cstddef>
#include <exception>
#include <source_location>

#include "dbpool/pool/pool.hpp"
#include "dbpool/sync/clock.hpp"

namespace dbpool {

class Change;

/// A caller that waits for a connection. The queue does not own it, so queueing allocates nothing.
struct Waiter {
  enum class Outcome { pending, granted, turned_away };

  /// REQUIRES: `request_` outlives the waiter.
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): clearing `stack` would cost every acquire
  Waiter(Duration began_, const AcquireRequest& request_, std::source_location where_) noexcept
      : began(began_), request(request_), where(where_) {}
  virtual ~Waiter() = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  /// Notifies the waiter that `slot` or `failure` is set. Called under the pool's lock.
  virtual void wake(Change& change) = 0;
  void capture_stack() noexcept;

  const Duration began;  ///< stopwatch
  const AcquireRequest& request;
  const std::source_location where;
  LeasePurpose purpose = LeasePurpose::work;
  std::array<void*, 16> stack;  ///< only the first `stack_depth` are set
  int stack_depth = 0;
  bool validates = false;         ///< whether it validates a slot before the slot counts as lent
  unsigned connect_failures = 0;  ///< failed connects while it waited; parallel ones count once
  Outcome outcome = Outcome::pending;
  Slot* slot = nullptr;                  ///< set when granted
  std::exception_ptr failure;            ///< set when turned_away
  TimePoint expires = TimePoint::max();  ///< deadline of a waiter without a thread; others watch their own
  Waiter* ahead = nullptr;
  Waiter* behind = nullptr;
};

/// Waiters in the order of service. Not thread-safe. Does not own the waiters.
class WaitQueue {
 public:
  void push_back(Waiter& waiter) noexcept;
  /// Inserts a waiter by its age, after the validation of its slot failed.
  void put_back(Waiter& waiter) noexcept;
  void remove(Waiter& waiter) noexcept;
  /// REQUIRES: not empty.
  Waiter& pop_front() noexcept;

  bool empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }
  /// Returns the first waiter, linked to the others by `behind`; nullptr if empty.
  Waiter* front() const noexcept { return front_; }

 private:
  Waiter* front_ = nullptr;
  Waiter* back_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace dbpool
