#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "pool/pool_core.hpp"

namespace dbpool {
namespace {

constexpr auto stale_after = std::chrono::milliseconds(500);

/// Returns how the exemplar of a request names it: by its trace or, without one, by its lease and site.
/// `lease`: nullptr = it timed out.
ExemplarLabels exemplar_labels_of(const Waiter& waiter, const LeaseRecord* lease) {
  ExemplarLabels labels;
  if (waiter.request.trace.is_valid()) {
    labels.add(waiter.request.trace);
    return labels;
  }
  if (lease != nullptr) labels.add("lease", lease->id);
  if (waiter.request.site.empty()) {
    std::array<char, 10> line{};
    const auto end = std::to_chars(line.data(), line.data() + line.size(), waiter.where.line()).ptr;
    labels.add_cut("site", {waiter.where.file_name(), ":", std::string_view(line.data(), end), " ",
                            waiter.where.function_name()});
  } else {
    labels.add_cut("site", {waiter.request.site});
  }
  return labels;
}

}  // namespace

/// Lends the most recently used idle connection to `waiter`. Returns whether there was one.
bool PoolCore::take_idle(PoolState& state, Waiter& waiter, Duration now) {
  if (state.idle.empty() || closing(state)) return false;
  Slot& slot = *state.idle.back();
  state.idle.pop_back();
  lend(state, slot, waiter, now);
  return true;
}

/// Gives `slot` to `waiter`, as an active lease or for validation by the waiter.
void PoolCore::lend(PoolState& state, Slot& slot, Waiter& waiter, Duration now) {
  waiter.slot = &slot;
  waiter.outcome = Waiter::Outcome::granted;
  if (waiter.validates && needs_validation(slot, now)) {
    slot.state = Slot::State::checking;
    ++state.checking;
  } else {
    activate(state, slot, waiter, now);
  }
}

/// Makes `slot` active for `waiter`, and counts the acquire.
void PoolCore::activate(PoolState& state, Slot& slot, Waiter& waiter, Duration now) {
  state.refill = true;
  state.ledger.apply(event::Acquired{now, now - waiter.began, slot.times_used > 0});
  slot.state = Slot::State::active;
  slot.purpose = waiter.purpose;
  if (slot.purpose == LeasePurpose::probe) ++state.probing;
  ++slot.times_used;
  LeaseRecord& lease = slot.lease;
  lease.id = state.next_lease++;
  lease.connection = slot.id;
  lease.acquired_at = now;
  lease.where = waiter.where;
  lease.site = waiter.request.site;
  lease.stack_depth = waiter.stack_depth;
  std::copy_n(waiter.stack.begin(), waiter.stack_depth, lease.stack.begin());
  state.leaks.lent(lease);
  note_wait(state, waiter, now, &lease);
}

/// Keeps the wait of a request as an exemplar, if it is worth it. `lease`: nullptr = it timed out.
void PoolCore::note_wait(PoolState& state, const Waiter& waiter, Duration now, const LeaseRecord* lease) {
  const ExemplarRecorder::Candidate waited{
      .at = now, .value = now - waiter.began, .has_trace = waiter.request.trace.is_valid()};
  if (!state.ledger.wants_exemplar(waited)) return;
  state.ledger.keep_exemplar(waited, clock().wall(), exemplar_labels_of(waiter, lease));
}

bool PoolCore::needs_validation(const Slot& slot, Duration now) const noexcept {
  return options_.validate == Validate::always ||
         (options_.validate == Validate::stale &&
          now - std::max(slot.last_used, slot.last_checked) > stale_after);
}

void PoolCore::discard(Slot& slot) noexcept {
  const auto state = state_.access();
  slot.doomed = CloseReason::error;
}

void PoolCore::give_back(Slot& slot) noexcept {
  const auto now = tick();
  const bool broken = slot.connection->is_broken();
  std::shared_ptr<PoolCore> last_reference;
  Change change(*this);
  if (broken && !closing(*change) && slot.doomed != CloseReason::error)
    slot.doomed =
        slot.contact != Slot::Contact::kept && !slot.healthy ? CloseReason::validation : CloseReason::error;
  change->ledger.apply(event::Released{now - slot.lease.acquired_at});
  if (slot.purpose == LeasePurpose::probe) --change->probing;
  if (change->leaks.returned(slot.lease)) {
    change->ledger.apply(event::LeakReturned{});
    change.notify(notice::LeakReturned{report(slot.lease, now)});
  }
  slot.last_used = now;
  settle(change, slot, now);
  if (closing(*change)) {
    changed_.notify_all();
    if (change->ledger.active() == 0) last_reference = std::move(change->itself);
  }
}

/// Closes a free slot, gives it to the first waiter, or makes it idle.
void PoolCore::settle(Change& change, Slot& slot, Duration now) {
  if (const auto reason = reason_to_close(*change, slot, now)) {
    close(change, slot, *reason);
  } else if (change->waiters.empty()) {
    slot.state = Slot::State::idle;
    // A health check is not a use, so it must not move a surplus connection to the end, which is lent first.
    const auto place = std::ranges::upper_bound(change->idle, slot.last_used, {}, &Slot::last_used);
    change->idle.insert(place, &slot);
  } else {
    Waiter& first = change->waiters.pop_front();
    lend(*change, slot, first, now);
    first.wake(change);
  }
}

/// Returns whether a connection past its lifetime may close now. At min_size it stays until do_housekeeping
/// has opened its successor, unless max_size allows none.
bool PoolCore::may_expire(const PoolState& state) const noexcept {
  return state.slots.size() > options_.min_size || state.live() >= options_.max_size;
}

std::optional<CloseReason> PoolCore::reason_to_close(const PoolState& state, const Slot& slot,
                                                     Duration now) const {
  if (slot.doomed) return slot.doomed;
  if (closing(state)) return CloseReason::shutdown;
  if (now >= slot.expires_at && may_expire(state)) return CloseReason::max_lifetime;
  if (state.slots.size() > options_.max_size && state.waiters.empty()) return CloseReason::overflow;
  return std::nullopt;
}

/// Removes `slot` from the pool. REQUIRES: it is not in `idle`.
void PoolCore::close(Change& change, Slot& slot, CloseReason reason) {
  change->ledger.apply(event::Closed{reason});
  change.close(std::move(slot.connection));
  const auto index = slot.index;
  const Slot::Contact contact = slot.contact;
  change->slots.back()->index = index;
  std::swap(change->slots[index], change->slots.back());
  change->slots.pop_back();
  if (change->slots.empty()) run_out(change, contact);
  plan_opens(change);
}

}  // namespace dbpool
