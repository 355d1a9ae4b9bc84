#pragma once

#include <functional>
#include <optional>

#include "dbpool/pool/driver.hpp"

namespace dbpool {

/// Goes through with an operation that may miss its time: somebody hears of that, but the operation goes on
/// until it ends by itself. Also tells how long it took, without the scheduler's part before.
class PatientOperation : public Operation {
 public:
  struct Listener {
    std::function<void()> late;    ///< it has missed its time; called once
    std::function<bool()> leaves;  ///< asked every second from then on: whether it is to be given up
  };

  /// `patient`, which has no deadline, and `clock` outlive this.
  PatientOperation(Operation& patient, const Clock& clock, Duration timeout, Listener listener)
      : patient_(patient), clock_(clock), timeout_(timeout), listener_(std::move(listener)) {}

  /// throws also DriverError (timeout) when it is given up.
  std::optional<IoWait> advance() override;

  /// Whether `late` was called.
  bool is_late() const noexcept { return late_; }
  /// 0 until it is done.
  Duration took() const noexcept { return took_; }

 private:
  struct Start {
    Duration tick;
    TimePoint deadline;
  };

  Operation& patient_;
  const Clock& clock_;
  const Duration timeout_;
  const Listener listener_;
  std::optional<Start> began_;
  bool late_ = false;
  Duration took_{0};
};

}  // namespace dbpool
