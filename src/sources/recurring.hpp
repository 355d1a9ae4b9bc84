#pragma once

#include <algorithm>
#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <utility>

#include "dbpool/pool/driver.hpp"
#include "dbpool/sync/scheduler.hpp"
#include "pool/backoff.hpp"

namespace dbpool {

/// Work in turns: a chain of tasks on the scheduler. Each task starts the next, so that two never run at the
/// same time. A turn ends with `rest`, `rest_after_failure` or `next_turn_at`. A rest does not
/// keep the object alive; an operation in progress does. Owned by a shared_ptr.
class Recurring : public std::enable_shared_from_this<Recurring> {
 public:
  virtual ~Recurring() = default;
  Recurring(const Recurring&) = delete;
  Recurring& operator=(const Recurring&) = delete;

  /// Begins the first turn on the scheduler. Called once.
  void start();
  /// Begins no further turn; does not wait for the present one. Any thread may call it.
  void stop() noexcept { stopped_ = true; }

 protected:
  explicit Recurring(Runtime runtime) : runtime_(std::move(runtime)) {}

  /// Begins a turn, which may go on in later tasks.
  virtual void turn() = 0;

  bool stopped() const noexcept { return stopped_; }
  const Runtime& runtime() const noexcept { return runtime_; }
  const Clock& clock() const noexcept { return *runtime_.clock; }
  /// Returns when the present turn began.
  TimePoint began() const noexcept { return began_; }

  /// Runs `operation`, then `done` with nullptr or the exception of `advance()`, and keeps this object alive
  /// meanwhile. REQUIRES: this object owns the operation, and destroys it in `done` at the earliest.
  void run(Operation& operation, std::function<void(const std::exception_ptr&)> done);

  /// Ends the turn. The next one begins `interval` after the beginning of this one, or at once if that is
  /// over.
  void rest(Duration interval) { next_turn_at(began_ + interval); }
  /// Same, but at least 1, 2, 4, 8, 16, 16 … s after it: longer with each failure since `forget_failures`.
  void rest_after_failure(Duration interval) { rest(std::max(interval, backoff_.next())); }
  void forget_failures() noexcept { backoff_.reset(); }
  /// Ends the turn. The next one begins at `moment`, or at once if that has passed.
  void next_turn_at(TimePoint moment);

 private:
  void begin();

  const Runtime runtime_;
  std::atomic<bool> stopped_ = false;
  // Used only by the running task.
  TimePoint began_;
  Backoff backoff_{std::chrono::seconds(1), std::chrono::seconds(16)};
};

}  // namespace dbpool
