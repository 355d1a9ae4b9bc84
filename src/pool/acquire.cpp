#include <string>

#include "pool/pool_core.hpp"

namespace dbpool {
namespace {

std::string milliseconds(Duration d) {
  return std::to_string(std::chrono::round<std::chrono::milliseconds>(d).count()) + " ms";
}

/// Base class so that the request is constructed before `Waiter`, which keeps a reference to it.
struct OwnRequest {
  AcquireRequest own_request;
};

/// A waiter without a thread. It keeps itself alive until `done` is called.
struct AsyncWaiter final : OwnRequest, Waiter {
  AsyncWaiter(Duration began_, AcquireRequest request_, std::source_location where_, Pool::AsyncResult done_)
      : OwnRequest{std::move(request_)}, Waiter(began_, own_request, where_), done(std::move(done_)) {}

  void wake(Change& change) override {
    if (outcome == Outcome::granted) lease.emplace(change.core().lease(*slot));
    change.post([self = std::exchange(self, nullptr)] { self->tell(); });
  }
  void tell() { done(std::move(lease), failure); }

  std::shared_ptr<AsyncWaiter> self;  ///< set until the result is delivered
  Pool::AsyncResult done;
  std::optional<Lease> lease;
};

}  // namespace

/// A waiter with a sleeping thread.
struct ParkedWaiter final : Waiter {
  ParkedWaiter(Duration began_, const AcquireRequest& request_, std::source_location where_) noexcept
      : Waiter(began_, request_, where_) {
    validates = true;
  }
  void wake(Change&) override { woken->notify_one(); }

  std::optional<TimePoint> deadline;  ///< set at the first wait or validation, to save a clock reading
  std::optional<std::condition_variable> woken;  ///< set at the first wait
};

Lease PoolCore::acquire(const AcquireRequest& request, std::source_location where) {
  ParkedWaiter waiter(tick(), request, where);
  if (options_.leak_stack) waiter.capture_stack();
  for (;;) {
    Slot& slot = wait_for_slot(waiter);
    if (slot.state == Slot::State::active || validate(slot, waiter)) return lease(slot);
  }
}

std::optional<Lease> PoolCore::try_acquire(std::source_location where) {
  const AcquireRequest request;
  ParkedWaiter waiter(tick(), request, where);
  if (options_.leak_stack) waiter.capture_stack();
  const auto state = state_.access();
  const auto now = tick();
  if (state->idle.empty() || needs_validation(*state->idle.back(), now)) return std::nullopt;
  if (!take_idle(*state, waiter, now)) return std::nullopt;
  return lease(*waiter.slot);
}

void PoolCore::acquire_async(const AcquireRequest& request, LeasePurpose purpose, Pool::AsyncResult done,
                             std::source_location where) {
  const auto waiter = std::make_shared<AsyncWaiter>(tick(), request, where, std::move(done));
  waiter->purpose = purpose;
  waiter->self = waiter;
  if (options_.leak_stack) waiter->capture_stack();
  Change change(*this);
  if (!take_idle(*change, *waiter, tick())) {
    waiter->failure = enqueue(*change, *waiter);
    if (!waiter->failure) {
      waiter->expires = deadline_of(*waiter);
      expire_at(change, waiter->expires);
      plan_opens(change);
      return;
    }
  }
  waiter->wake(change);
}

/// Schedules the expiry of waiters at `moment`. One task serves all waiters: a task for each one would stay
/// scheduled until the deadline, even if the waiter was served early.
void PoolCore::expire_at(Change& change, TimePoint moment) {
  if (moment >= change->next_expiry) return;
  change->next_expiry = moment;
  change.at(moment, &PoolCore::expire_waiters);
}

void PoolCore::expire_waiters() {
  Change change(*this);
  const auto now = clock().now();
  if (now < change->next_expiry) return;
  change->next_expiry = TimePoint::max();
  for (Waiter* next = change->waiters.front(); next != nullptr;) {
    Waiter& waiter = *std::exchange(next, next->behind);
    if (waiter.expires > now) {
      expire_at(change, waiter.expires);
    } else {
      waiter.failure = std::make_exception_ptr(time_out(*change, waiter));
      waiter.wake(change);
    }
  }
}

/// Blocks until `waiter` has a slot. The slot is active, or must be validated first.
/// throws AcquireTimeout, AcquireRejected, PoolClosed.
Slot& PoolCore::wait_for_slot(ParkedWaiter& waiter) {
  Change change(*this);
  const bool served_before = waiter.slot != nullptr;
  if (served_before && clock().now() >= *waiter.deadline) throw time_out(*change, waiter);
  // If the lock was free, no time has passed that is worth a clock reading.
  const bool at_once = !change.waited() && !served_before;
  if (take_idle(*change, waiter, at_once ? waiter.began : tick())) return *waiter.slot;
  if (!waiter.deadline) waiter.deadline = deadline_of(waiter);
  if (!waiter.woken) waiter.woken.emplace();
  if (const auto refusal = enqueue(*change, waiter)) std::rethrow_exception(refusal);
  plan_opens(change);
  change.work_unlocked();
  while (waiter.outcome == Waiter::Outcome::pending) {
    if (clock().now() >= *waiter.deadline) throw time_out(*change, waiter);
    clock().wait_until(*waiter.woken, change.lock(), *waiter.deadline);
  }
  if (waiter.failure) std::rethrow_exception(waiter.failure);
  return *waiter.slot;
}

/// A check whose caller may stop waiting before it ends.
struct PoolCore::WatchedCheck {
  bool ended = false, left_alone = false;
  std::exception_ptr thrown;
  std::condition_variable changed;
};

/// Runs a check that may block on the scheduler, so that the caller can stop waiting for it. Returns whether
/// it ended by `until`; if not, it continues without the caller. throws the exceptions of the check.
bool PoolCore::check_elsewhere(Slot& slot, std::shared_ptr<Operation> ping, Duration began, TimePoint until) {
  const auto check = std::make_shared<Guarded<WatchedCheck>>();
  run_on(runtime_, std::move(ping),
         [core = shared_from_this(), check, &slot, began](const std::exception_ptr& thrown) {
           {
             const auto watched = check->access();
             watched->ended = true;
             watched->thrown = thrown;
             watched->changed.notify_one();
             if (!watched->left_alone) return;
           }
           core->checked(slot, failure_of(thrown), began);
         });
  auto watched = check->access();
  while (!watched->ended) {
    if (clock().now() >= until) {
      watched->left_alone = true;
      return false;
    }
    clock().wait_until(watched->changed, watched.lock(), until);
  }
  if (watched->thrown) std::rethrow_exception(watched->thrown);
  return true;
}

/// Checks a slot that the waiter has. Returns whether the check passed; the slot is then active. If the
/// waiter's deadline is earlier, the check continues without it: a short timeout must not break a connection.
/// throws AcquireTimeout, PoolClosed.
bool PoolCore::validate(Slot& slot, ParkedWaiter& waiter) {
  const auto began = tick();
  if (!waiter.deadline) waiter.deadline = deadline_of(waiter);
  std::shared_ptr<Operation> ping;
  std::exception_ptr thrown;
  bool ended = true;
  bool stays_here = true;
  try {
    const Deadline until = check_deadline();
    ping = slot.connection->start_query(options_.validation_query, until);
    // A blocking check ends at its own deadline. Another thread is needed only if the caller's is earlier.
    stays_here = ping->blocks_on() == nullptr || until.when() <= *waiter.deadline;
    ended = stays_here ? run_here(*ping, clock(), *waiter.deadline)
                       : check_elsewhere(slot, std::move(ping), began, *waiter.deadline);
  } catch (...) {
    thrown = std::current_exception();
  }
  if (ended) {
    ping.reset();
    return finish_validation(slot, waiter, thrown, began);
  }
  if (stays_here) await_check(slot, std::move(ping), began);
  throw time_out(*state_.access(), waiter);
}

bool PoolCore::finish_validation(Slot& slot, ParkedWaiter& waiter, const std::exception_ptr& thrown,
                                 Duration began) {
  const auto failure = failure_of(thrown);
  Change change(*this);
  --change->checking;
  record_check(change, slot, failure, began);
  if (closing(*change)) {
    close(change, slot, CloseReason::shutdown);
    change->ledger.apply(event::Rejected{});
    throw closed();
  }
  if (failure) {
    close(change, slot, CloseReason::validation);
    return false;
  }
  activate(*change, slot, waiter, tick());
  return true;
}

/// Queues `waiter` at the end, or at the place of its age if a validation failed after it was served. Returns
/// nullptr, or the reason for a refusal.
std::exception_ptr PoolCore::enqueue(PoolState& state, Waiter& waiter) {
  const bool served_before = waiter.slot != nullptr;
  if (closing(state)) {
    state.ledger.apply(event::Rejected{});
    return std::make_exception_ptr(closed());
  }
  if (!served_before && options_.max_waiting > 0 && state.waiters.size() >= options_.max_waiting) {
    state.ledger.apply(event::Rejected{});
    return std::make_exception_ptr(AcquireRejected("acquire from pool '" + options_.name +
                                                   "': " + std::to_string(state.waiters.size()) +
                                                   " callers wait already, and max_waiting allows no more"));
  }
  state.refill = true;
  waiter.outcome = Waiter::Outcome::pending;
  waiter.slot = nullptr;
  served_before ? state.waiters.put_back(waiter) : state.waiters.push_back(waiter);
  return nullptr;
}

/// Removes `waiter` from the queue if it is queued, counts the timeout and returns the exception to throw.
AcquireTimeout PoolCore::time_out(PoolState& state, Waiter& waiter) {
  const auto now = tick();
  if (waiter.outcome == Waiter::Outcome::pending) state.waiters.remove(waiter);
  waiter.outcome = Waiter::Outcome::turned_away;
  state.ledger.apply(event::TimedOut{now, now - waiter.began, clock().wall()});
  note_wait(state, waiter, now, nullptr);
  return AcquireTimeout("acquire from pool '" + options_.name + "': no connection within " +
                        milliseconds(now - waiter.began) + "; " + std::to_string(state.ledger.active()) +
                        " of " + std::to_string(capacity()) + " active, " +
                        std::to_string(state.waiters.size()) + " others waiting");
}

TimePoint PoolCore::deadline_of(const Waiter& waiter) const {
  return deadline_after(waiter.request.timeout.value_or(options_.acquire_timeout)).when();
}

PoolClosed PoolCore::closed() const {
  return PoolClosed("acquire from pool '" + options_.name + "': the pool is closing");
}

}  // namespace dbpool
