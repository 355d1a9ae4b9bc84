#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "dbpool/pool/pool.hpp"
#include "dbpool/sync/guarded.hpp"
#include "pool/change.hpp"
#include "pool/pool_state.hpp"

namespace dbpool {

/// A failure as it is counted and reported.
struct Failure {
  ErrorKind kind;
  std::string text;
  bool ended = false;  ///< the peer closed the connection
};

/// Returns an operation's exception as a Failure; nullopt for nullptr.
std::optional<Failure> failure_of(const std::exception_ptr& thrown);

struct ParkedWaiter;

/// The implementation of a pool, shared by the pool and its scheduled work. Leases point to it, so it stays
/// alive until the last lease is returned, even if the pool is destroyed.
///
/// Locking: one mutex guards PoolState. It is held for a few container operations and the folding of events.
/// It is never held while a driver, an observer, a task or a connection's destructor runs: see Change.
class PoolCore : public std::enable_shared_from_this<PoolCore> {
 public:
  PoolCore(PoolOptions options, std::shared_ptr<Driver> driver, Runtime runtime,
           std::shared_ptr<PoolObserver> observer);

  void start();
  Lease acquire(const AcquireRequest& request, std::source_location where);
  std::optional<Lease> try_acquire(std::source_location where);
  void acquire_async(const AcquireRequest& request, LeasePurpose purpose, Pool::AsyncResult done,
                     std::source_location where);
  Lease lease(Slot& slot) noexcept { return {*this, slot}; }
  PoolClosed closed() const;
  void discard(Slot& slot) noexcept;
  bool has_ended(const Slot& slot) const noexcept;
  void give_back(Slot& slot) noexcept;
  void command_failed(Slot& slot, const Failure& failure, Duration began);
  void check_lease(Lease lease, const std::string& query, std::function<void(Lease)> done);

  bool warm_up(Duration timeout);
  CloseResult close_connections();
  void set_latency_objective(Duration objective);
  void shut_down();
  /// Shuts down, and stays alive until the last lease is returned.
  void abandon();
  bool drain(Duration timeout);

  PoolPhase phase() const;
  PoolSnapshot snapshot() const;
  std::vector<ConnectionSnapshot> connections() const;
  std::vector<LeakReport> leaks() const;
  const PoolOptions& options() const noexcept { return options_; }
  const Clock& clock() const noexcept { return *runtime_.clock; }

 private:
  friend class Change;

  // acquire.cpp
  Slot& wait_for_slot(ParkedWaiter& waiter);
  bool validate(Slot& slot, ParkedWaiter& waiter);
  struct WatchedCheck;
  bool check_elsewhere(Slot& slot, std::shared_ptr<Operation> ping, Duration began, TimePoint until);
  bool finish_validation(Slot& slot, ParkedWaiter& waiter, const std::exception_ptr& thrown, Duration began);
  std::exception_ptr enqueue(PoolState& state, Waiter& waiter);
  void expire_at(Change& change, TimePoint moment);
  void expire_waiters();
  AcquireTimeout time_out(PoolState& state, Waiter& waiter);
  TimePoint deadline_of(const Waiter& waiter) const;

  // hand_over.cpp
  bool take_idle(PoolState& state, Waiter& waiter, Duration now);
  void lend(PoolState& state, Slot& slot, Waiter& waiter, Duration now);
  void activate(PoolState& state, Slot& slot, Waiter& waiter, Duration now);
  void note_wait(PoolState& state, const Waiter& waiter, Duration now, const LeaseRecord* lease);
  bool needs_validation(const Slot& slot, Duration now) const noexcept;
  void settle(Change& change, Slot& slot, Duration now);
  bool may_expire(const PoolState& state) const noexcept;
  std::optional<CloseReason> reason_to_close(const PoolState& state, const Slot& slot, Duration now) const;
  void close(Change& change, Slot& slot, CloseReason reason);

  // connector.cpp
  void plan_opens(Change& change);
  void open_one();
  void validate_opened(std::unique_ptr<Connection> connection, Duration took);
  void opened(std::unique_ptr<Connection> connection, Duration now);
  void open_failed(const Failure& failure, Duration began);
  void advance_phase(Change& change, Duration now);
  void run_out(Change& change, Slot::Contact contact);
  void miss_proof();
  void lose(Change& change, const std::string& error, Duration began);
  void begin_outage(Change& change, const std::string& error);
  void schedule_attempt(Change& change, Backoff& backoff, Duration began);
  void attempt(Duration delay);
  void enter(Change& change, PoolPhase phase);

  // health_checks.cpp
  Deadline check_deadline() const;
  void start_check(Slot& slot);
  void await_check(Slot& slot, std::shared_ptr<Operation> ping, Duration began);
  void checked(Slot& slot, const std::optional<Failure>& failure, Duration began);
  void record_check(Change& change, Slot& slot, const std::optional<Failure>& failure, Duration began);
  void suspect_idle(Change& change);
  void fail(Change& change, const Failure& failure, Duration began);

  // housekeeping.cpp
  void do_housekeeping(Duration interval);
  void retire_idle(Change& change, Duration now);
  void check_idle(Change& change, Duration now);
  void tell_leaks(const std::vector<LeaseRecord>& suspects, Duration now) const;

  Duration tick() const noexcept { return runtime_.clock->tick(); }
  unsigned capacity() const noexcept { return options_.max_size + options_.max_overflow; }
  Deadline deadline_after(Duration d) const noexcept { return Deadline::after(clock().now(), d); }
  bool closing(const PoolState& state) const noexcept { return state.phase >= PoolPhase::shutting_down; }

  const PoolOptions options_;
  const PoolKey key_;
  const std::shared_ptr<Driver> driver_;
  const Runtime runtime_;
  const std::shared_ptr<PoolObserver> observer_;
  Guarded<PoolState> state_;
  std::condition_variable changed_;  ///< the phase changed, or a lease was returned during shutdown
  std::stop_source cut_off_;         ///< stops checks; requested by a shutdown
};

Change::Change(PoolCore& core) : core_(core), state_(core.state_.access()) {}

}  // namespace dbpool
