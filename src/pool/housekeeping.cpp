#include "pool/pool_core.hpp"

namespace dbpool {
namespace {

/// A longer gap between two runs shows that the process was stopped. Its leases are then old, but not leaked.
constexpr auto longest_gap = std::chrono::seconds(5);

}  // namespace

/// Does the periodic work, then schedules itself again after `interval`.
void PoolCore::do_housekeeping(Duration interval) {
  std::vector<LeaseRecord> suspects;
  const auto now = tick();
  {
    Change change(*this);
    if (closing(*change) && change->slots.empty()) return;
    retire_idle(change, now);
    check_idle(change, now);
    plan_opens(change);
    const Duration gap = now - std::exchange(change->last_housekeeping, now);
    if (gap >= longest_gap) change->leaks.pardon(gap);
    for (const LeaseRecord* lease : change->leaks.sweep(now)) {
      change->ledger.apply(event::LeakSuspected{});
      suspects.push_back(*lease);
    }
    change.at(clock().now() + interval, [interval](PoolCore& core) { core.do_housekeeping(interval); });
  }
  tell_leaks(suspects, now);
}

/// Closes idle connections past their lifetime or max_idle_time. At min_size it first opens a successor for
/// an old connection, one at a time.
void PoolCore::retire_idle(Change& change, Duration now) {
  const auto surplus = [&] { return change->slots.size() > options_.min_size; };
  for (std::size_t i = 0; i < change->idle.size();) {
    Slot& slot = *change->idle[i];
    const bool old = now >= slot.expires_at;
    const bool unused =
        options_.max_idle_time > Duration::zero() && now - slot.last_used >= options_.max_idle_time;
    if ((old && may_expire(*change)) || (unused && surplus())) {
      change->idle.erase(change->idle.begin() + static_cast<std::ptrdiff_t>(i));
      close(change, slot, old ? CloseReason::max_lifetime : CloseReason::idle);
    } else {
      ++i;
    }
  }
  const bool outlived = std::ranges::any_of(
      change->slots, [&](const auto& slot) { return !slot->doomed && now >= slot->expires_at; });
  if (outlived && !may_expire(*change) && change->opening == 0 && change->phase == PoolPhase::serving &&
      !change->next_attempt) {
    change.open();
  }
}

/// Starts checks of the idle connections whose last check is older than health_check_interval.
void PoolCore::check_idle(Change& change, Duration now) {
  if (options_.health_check_interval == Duration::zero()) return;
  std::erase_if(change->idle, [&](Slot* slot) {
    if (now - slot->last_checked < options_.health_check_interval) return false;
    change.check(*slot);
    return true;
  });
}

void PoolCore::tell_leaks(const std::vector<LeaseRecord>& suspects, Duration now) const {
  if (observer_ == nullptr) return;
  for (const LeaseRecord& lease : suspects) {
    LeakReport leak = report(lease, now);
    leak.stack = describe_stack(lease);
    observer_->notify(options_.name, notice::LeakSuspected{std::move(leak)});
  }
}

CloseResult PoolCore::close_connections() {
  CloseResult result;
  Change change(*this);
  change->refill = false;
  while (!change->idle.empty()) {
    Slot& slot = *change->idle.back();
    change->idle.pop_back();
    close(change, slot, CloseReason::closed);
    ++result.closed_idle;
  }
  for (const auto& slot : change->slots) {
    if (!slot->doomed) slot->doomed = CloseReason::closed;
    if (slot->state == Slot::State::active) ++result.closing_active;
  }
  change.notify(notice::Closed{result.closed_idle, result.closing_active});
  return result;
}

void PoolCore::shut_down() {
  Change change(*this);
  if (closing(*change)) return;
  enter(change, PoolPhase::shutting_down);
  cut_off_.request_stop();
  while (!change->waiters.empty()) {
    Waiter& waiter = change->waiters.pop_front();
    waiter.outcome = Waiter::Outcome::turned_away;
    waiter.failure = std::make_exception_ptr(closed());
    change->ledger.apply(event::Rejected{});
    waiter.wake(change);
  }
  while (!change->idle.empty()) {
    Slot& slot = *change->idle.back();
    change->idle.pop_back();
    close(change, slot, CloseReason::shutdown);
  }
}

void PoolCore::abandon() {
  shut_down();
  const auto state = state_.access();
  if (state->ledger.active() > 0) state->itself = shared_from_this();
}

bool PoolCore::drain(Duration timeout) {
  shut_down();
  const auto deadline = clock().now() + timeout;
  Change change(*this);
  while (change->ledger.active() > 0 && clock().now() < deadline) {
    clock().wait_until(changed_, change.lock(), deadline);
  }
  const bool all_back = change->ledger.active() == 0;
  if (all_back && change->phase != PoolPhase::terminated) enter(change, PoolPhase::terminated);
  return all_back;
}

bool PoolCore::warm_up(Duration timeout) {
  const auto deadline = clock().now() + timeout;
  auto state = state_.access();
  while (state->phase == PoolPhase::initializing && clock().now() < deadline) {
    clock().wait_until(changed_, state.lock(), deadline);
  }
  return state->slots.size() >= options_.min_size;
}

}  // namespace dbpool
