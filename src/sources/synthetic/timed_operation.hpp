#pragma once

#include <functional>
#include <optional>

#include "dbpool/pool/driver.hpp"

namespace dbpool {

/// An operation that reports when it misses its time, but continues until it ends by itself or is given up.
/// Also measures how long it took, without the time before its first step.
class TimedOperation : public Operation {
 public:
  struct Listener {
    std::function<void()> late;    ///< called once, when the operation has missed its time
    std::function<bool()> leaves;  ///< called from then on, at least every second; returns whether to give up
  };

  /// REQUIRES: `operation`, which has no deadline, and `clock` outlive this.
  TimedOperation(Operation& operation, const Clock& clock, Duration timeout, Listener listener)
      : operation_(operation), clock_(clock), timeout_(timeout), listener_(std::move(listener)) {}

  /// throws also DriverError (timeout) when the operation is given up.
  std::optional<IoWait> advance(TimePoint now) override;

  /// Returns whether `late` was called.
  bool is_late() const noexcept { return late_; }
  /// Returns how long the operation took; 0 until it is done.
  Duration took() const noexcept { return took_; }

 private:
  struct Start {
    Duration tick;
    TimePoint deadline;
  };

  Operation& operation_;
  const Clock& clock_;
  const Duration timeout_;
  const Listener listener_;
  std::optional<Start> began_;
  bool late_ = false;
  Duration took_{0};
};

}  // namespace dbpool
