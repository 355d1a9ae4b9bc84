#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "dbpool/pool/driver.hpp"
#include "dbpool/pool/pool_observer.hpp"
#include "dbpool/sync/scheduler.hpp"

namespace dbpool {

class PoolCore;
struct Slot;

/// Work that a change under the lock leaves for after unlocking: connections to destroy, observers to notify,
/// tasks to schedule. Declare it before the lock; its destructor does the work. No work costs nothing.
class AfterUnlock {
 public:
  /// A call of the member `act` at `when`; its argument is the `wait` before it.
  struct Later {
    TimePoint when;
    Duration wait;
    void (PoolCore::*act)(Duration);
  };
  struct Work {
    std::shared_ptr<PoolCore> core;  ///< after unlocking, this may be the last reference
    std::vector<std::unique_ptr<Connection>> closing;
    std::vector<PoolNotice> notices;
    std::vector<Scheduler::Task> tasks;
    std::vector<Slot*> checks;  ///< to check; already removed from idle
    std::vector<Later> later;
    unsigned opens = 0;  ///< already counted in PoolState::opening
  };

  explicit AfterUnlock(PoolCore& core) noexcept : core_(core) {}
  ~AfterUnlock() {
    if (work_) run();
  }
  AfterUnlock(const AfterUnlock&) = delete;
  AfterUnlock& operator=(const AfterUnlock&) = delete;

  /// Returns the work to add to. REQUIRES: the lock is held.
  Work* operator->();
  /// Does the work now. Releases `lock` meanwhile.
  void run_unlocked(std::unique_lock<std::mutex>& lock);
  PoolCore& core() const noexcept { return core_; }

 private:
  void run();

  PoolCore& core_;
  std::unique_ptr<Work> work_;
};

}  // namespace dbpool
