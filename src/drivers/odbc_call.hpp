#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "dbpool/pool/driver.hpp"
#include "drivers/odbc_threads.hpp"

namespace dbpool {

/// A call that nobody can interrupt, under way on another thread, and what one waits for meanwhile. One
/// thread at a time. Destroying it does not end the call.
class OdbcCall {
 public:
  /// On the other thread. Owns everything that it touches; throws DriverError.
  using Work = std::function<void()>;
  /// What became of a call that nobody waits for any more.
  enum class Left {
    never_began,  ///< and never will
    under_way,    ///< `cleanup` will run on its thread when it returns
    over,         ///< it had returned already
  };

  /// Queues `work`. throws DriverError (other) when the system gives no descriptor, or no thread and no room.
  OdbcCall(OdbcLane& lane, Work work, OdbcThreads::Task cleanup);

  /// What to wait for; nullopt when it has returned. throws what the work threw.
  std::optional<IoWait> poll(Deadline deadline);
  /// Gives it up: one that has not begun leaves the lane. REQUIRES: called once, and nothing after it.
  Left leave();

 private:
  struct Shared;

  std::shared_ptr<Shared> shared_;
  std::shared_ptr<OdbcLane> lane_;
  OdbcLane::Ticket ticket_ = 0;
};

}  // namespace dbpool
