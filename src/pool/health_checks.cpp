#include "pool/pool_core.hpp"

namespace dbpool {
namespace {

/// A connection that ends within this time after its opening was not closed for being idle.
constexpr auto soon = std::chrono::milliseconds(500);

/// Returns the state of the peer after a failed check.
Slot::Contact contact_after(const Failure& failure) {
  if (failure.ended) return Slot::Contact::ended;
  // A refused statement proves that the database answers.
  return failure.kind == ErrorKind::query ? Slot::Contact::kept : Slot::Contact::lost;
}

}  // namespace

/// Returns the deadline of a check: the validation timeout, or the pool's shutdown if that is earlier.
Deadline PoolCore::check_deadline() const {
  return Deadline::after(clock().now(), options_.validation_timeout, cut_off_.get_token());
}

/// Starts the check of a slot. REQUIRES: the slot is not in `idle`.
void PoolCore::start_check(Slot& slot) {
  const auto began = tick();
  await_check(slot, slot.connection->start_query(options_.validation_query, check_deadline()), began);
}

/// Continues the check of a slot on the scheduler.
void PoolCore::await_check(Slot& slot, std::shared_ptr<Operation> ping, Duration began) {
  run_on(runtime_, std::move(ping),
         [core = shared_from_this(), &slot, began](const std::exception_ptr& thrown) {
           core->checked(slot, failure_of(thrown), began);
         });
}

void PoolCore::checked(Slot& slot, const std::optional<Failure>& failure, Duration began) {
  Change change(*this);
  --change->checking;
  record_check(change, slot, failure, began);
  if (failure && !closing(*change)) slot.doomed = CloseReason::validation;
  settle(change, slot, tick());
}

void PoolCore::check_lease(Lease lease, const std::string& query, std::function<void(Lease)> done) {
  const auto began = tick();
  Slot& slot = *lease.slot_;
  auto ping = slot.connection->start_query(query, check_deadline());
  // A std::function must be copyable; a lease is not.
  const auto held = std::make_shared<Lease>(std::move(lease));
  run_on(runtime_, std::move(ping),
         [core = shared_from_this(), held, &slot, began, done = std::move(done)](const auto& thrown) {
           {
             Change change(*core);
             core->record_check(change, slot, failure_of(thrown), began);
           }
           done(std::move(*held));
         });
}

/// Counts a check of `slot`, and after a failure checks all idle connections, unless the database only
/// refused the query. Does not count checks that the shutdown cut off, nor connections that the peer ended
/// while idle: dbpool_connections_closed_total counts those.
void PoolCore::record_check(Change& change, Slot& slot, const std::optional<Failure>& failure,
                            Duration began) {
  if (failure && closing(*change)) return;
  const auto now = tick();
  slot.contact = failure ? contact_after(*failure) : Slot::Contact::kept;
  slot.healthy = !failure;
  slot.last_checked = now;
  if (slot.contact == Slot::Contact::ended && now - slot.opened_at > soon) {
    change.notify(notice::ConnectionEnded{failure->text});
  } else {
    change->ledger.apply(event::HealthChecked{now - began, !failure, clock().wall()});
    change->last_contact_ok = !failure;
    const bool refused = slot.contact == Slot::Contact::kept;
    if (failure) fail(change, {refused ? ErrorKind::query : ErrorKind::validation, failure->text}, began);
  }
  if (slot.contact != Slot::Contact::kept) suspect_idle(change);
}

void PoolCore::suspect_idle(Change& change) {
  for (Slot* slot : change->idle) change.check(*slot);
  change->idle.clear();
}

void PoolCore::command_failed(Slot& slot, const Failure& failure, Duration began) {
  Change change(*this);
  fail(change, failure, began);
  if (failure.kind != ErrorKind::network) return;
  if (slot.connection->is_broken()) slot.contact = contact_after(failure);
  suspect_idle(change);
}

bool PoolCore::has_ended(const Slot& slot) const noexcept {
  const auto state = state_.access();
  return slot.contact == Slot::Contact::ended;
}

/// Counts an error and notifies the observer.
void PoolCore::fail(Change& change, const Failure& failure, Duration began) {
  change->ledger.apply(event::Failed{failure.kind, failure.text, tick(), began, clock().wall()});
  change.notify(notice::Failure{failure.kind, failure.text});
}

}  // namespace dbpool
