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

/// What a change under the lock has left to do without it: connections to destroy, observers to tell, tasks
/// to schedule. Declare it before taking the lock; its destructor does the work. Costs nothing where there is
/// none.
class AfterUnlock {
 public:
  /// A member to be called at a moment, with the wait that led there.
  struct Later {
    TimePoint when;
    Duration wait;
    void (PoolCore::*act)(Duration);
  };
  struct Work {
    std::shared_ptr<PoolCore> core;  ///< once unlocked, nothing else may hold it
    std::vector<std::unique_ptr<Connection>> closing;
    std::vector<PoolNotice> notices;
    std::vector<Scheduler::Task> tasks;
    std::vector<Slot*> checks;  ///< taken out of idle, to be checked
    std::vector<Later> later;
    unsigned opens = 0;  ///< counted in PoolState::opening already
  };

  explicit AfterUnlock(PoolCore& core) noexcept : core_(core) {}
  ~AfterUnlock() {
    if (work_) run();
  }
  AfterUnlock(const AfterUnlock&) = delete;
  AfterUnlock& operator=(const AfterUnlock&) = delete;

  /// REQUIRES: the lock is held.
  Work* operator->();
  /// Does the work now, with the lock given back for as long as it takes.
  void run_unlocked(std::unique_lock<std::mutex>& lock);
  PoolCore& core() const noexcept { return core_; }

 private:
  void run();

  PoolCore& core_;
  std::unique_ptr<Work> work_;
};

}  // namespace dbpool
