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
    AfterUnlock after(*this);
    const auto state = state_.access();
    if (closing(*state) && state->slots.empty()) return;
    retire_idle(*state, now, after);
    check_idle(*state, now, after);
    plan_opens(*state, after);
    const Duration gap = now - std::exchange(state->last_housekeeping, now);
    if (gap >= longest_gap) state->leaks.pardon(gap);
    for (const LeaseRecord* lease : state->leaks.sweep(now)) {
      state->ledger.apply(event::LeakSuspected{});
      suspects.push_back(*lease);
    }
    after->later.push_back({clock().now() + interval, interval, &PoolCore::do_housekeeping});
  }
  tell_leaks(suspects, now);
}

/// Closes idle connections past their lifetime or max_idle_time. At min_size it first opens a successor for
/// an old connection, one at a time.
void PoolCore::retire_idle(PoolState& state, Duration now, AfterUnlock& after) {
  const auto surplus = [&] { return state.slots.size() > options_.min_size; };
  for (std::size_t i = 0; i < state.idle.size();) {
    Slot& slot = *state.idle[i];
    const bool old = now >= slot.expires_at;
    const bool unused =
        options_.max_idle_time > Duration::zero() && now - slot.last_used >= options_.max_idle_time;
    if ((old && may_expire(state)) || (unused && surplus())) {
      state.idle.erase(state.idle.begin() + static_cast<std::ptrdiff_t>(i));
      close(state, slot, old ? CloseReason::max_lifetime : CloseReason::idle, after);
    } else {
      ++i;
    }
  }
  const bool outlived = std::ranges::any_of(
      state.slots, [&](const auto& slot) { return !slot->doomed && now >= slot->expires_at; });
  if (outlived && !may_expire(state) && state.opening == 0 && state.phase == PoolPhase::serving &&
      !state.next_attempt) {
    ++state.opening;
    ++after->opens;
  }
}

/// Starts checks of the idle connections whose last check is older than health_check_interval.
void PoolCore::check_idle(PoolState& state, Duration now, AfterUnlock& after) const {
  if (options_.health_check_interval == Duration::zero()) return;
  std::erase_if(state.idle, [&](Slot* slot) {
    if (now - slot->last_checked < options_.health_check_interval) return false;
    slot->state = Slot::State::checking;
    ++state.checking;
    after->checks.push_back(slot);
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
  AfterUnlock after(*this);
  const auto state = state_.access();
  state->refill = false;
  while (!state->idle.empty()) {
    Slot& slot = *state->idle.back();
    state->idle.pop_back();
    close(*state, slot, CloseReason::closed, after);
    ++result.closed_idle;
  }
  for (const auto& slot : state->slots) {
    if (!slot->doomed) slot->doomed = CloseReason::closed;
    if (slot->state == Slot::State::active) ++result.closing_active;
  }
  after->notices.emplace_back(notice::Closed{result.closed_idle, result.closing_active});
  return result;
}

void PoolCore::shut_down() {
  AfterUnlock after(*this);
  const auto state = state_.access();
  if (closing(*state)) return;
  enter(*state, PoolPhase::shutting_down, after);
  cut_off_.request_stop();
  while (!state->waiters.empty()) {
    Waiter& waiter = state->waiters.pop_front();
    waiter.outcome = Waiter::Outcome::turned_away;
    waiter.failure = std::make_exception_ptr(closed());
    state->ledger.apply(event::Rejected{});
    waiter.wake(after);
  }
  while (!state->idle.empty()) {
    Slot& slot = *state->idle.back();
    state->idle.pop_back();
    close(*state, slot, CloseReason::shutdown, after);
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
  AfterUnlock after(*this);
  auto state = state_.access();
  while (state->ledger.active() > 0 && clock().now() < deadline) {
    clock().wait_until(changed_, state.lock(), deadline);
  }
  const bool all_back = state->ledger.active() == 0;
  if (all_back && state->phase != PoolPhase::terminated) enter(*state, PoolPhase::terminated, after);
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
