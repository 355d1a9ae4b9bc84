#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "dbpool/pool/driver.hpp"
#include "drivers/odbc/threads.hpp"

namespace dbpool {

/// A call that cannot be interrupted, on another thread, and the wait for its end. Used by one thread at a
/// time. Destroying it does not end the call.
class OdbcCall {
 public:
  /// Runs on the other thread. Owns everything that it uses; throws DriverError.
  using Work = std::function<void()>;
  /// The state of a call when its caller stopped waiting.
  enum class Left {
    never_began,  ///< it will never begin
    under_way,    ///< `cleanup` will run on its thread when it returns
    over,         ///< it had returned already
  };

  /// Queues `work`. throws DriverError (other) if no descriptor, thread or place in the queue is free.
  OdbcCall(OdbcLane& lane, Work work, OdbcThreads::Task cleanup);

  /// Returns the wait for the call's end; nullopt if it has returned. throws what the work threw.
  std::optional<IoWait> poll(Deadline deadline);
  /// Stops waiting for the call; one that has not begun leaves the lane. REQUIRES: called once, and no other
  /// member after it.
  Left leave();

 private:
  struct Shared;

  std::shared_ptr<Shared> shared_;
  std::shared_ptr<OdbcLane> lane_;
  OdbcLane::Ticket ticket_ = 0;
};

}  // namespace dbpool
