#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "dbpool/pool/pool_observer.hpp"
#include "dbpool/sync/guarded.hpp"
#include "dbpool/sync/scheduler.hpp"
#include "pool/pool_state.hpp"

namespace dbpool {

class PoolCore;

/// A change of a pool. Holds the pool's lock during its lifetime, and gives access to the state. Work that
/// must not run under the lock is only noted: the destructor unlocks, then does it. Without such work, a
/// change costs no more than the lock.
class Change {
 public:
  inline explicit Change(PoolCore& core);  // in pool_core.hpp: each acquire and each release begins one
  ~Change() {
    if (work_) finish();
  }
  Change(const Change&) = delete;
  Change& operator=(const Change&) = delete;

  PoolState& operator*() const noexcept { return *state_; }
  PoolState* operator->() const noexcept { return &*state_; }
  PoolCore& core() const noexcept { return core_; }
  /// Returns whether another thread held the lock at the beginning.
  bool waited() const noexcept { return state_.waited(); }
  /// Returns the lock, for waiting on a condition variable.
  std::unique_lock<std::mutex>& lock() noexcept { return state_.lock(); }

  /// Destroys `connection` after unlocking.
  void close(std::unique_ptr<Connection> connection);
  /// Notifies the observer after unlocking.
  void notify(PoolNotice notice);
  /// Posts `task` after unlocking.
  void post(Scheduler::Task task);
  /// Schedules `act` after unlocking, for `moment`. It does not run if the core is destroyed by then.
  void at(TimePoint moment, std::function<void(PoolCore&)> act);
  /// Begins to check `slot` after unlocking. Counts the check at once. REQUIRES: the slot leaves `idle`
  /// within this change.
  void check(Slot& slot);
  /// Begins `connects` connects after unlocking. Counts them as opening at once.
  void open(std::size_t connects = 1);
  /// Does the work that is noted until now. Releases the lock meanwhile.
  void work_unlocked();

 private:
  struct Later {
    TimePoint moment;
    std::function<void(PoolCore&)> act;
  };
  struct Work {
    std::shared_ptr<PoolCore> core;  // after unlocking, this may be the last reference
    std::vector<std::unique_ptr<Connection>> closing;
    std::vector<PoolNotice> notices;
    std::vector<Scheduler::Task> tasks;
    std::vector<Later> later;
    std::vector<Slot*> checks;
    std::size_t opens = 0;
  };

  Work& work();
  void finish();

  PoolCore& core_;
  Guarded<PoolState>::Access state_;
  std::unique_ptr<Work> work_;
};

}  // namespace dbpool
