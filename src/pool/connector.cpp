#include "pool/pool_core.hpp"

namespace dbpool {
namespace {

/// Returns a random lifetime within the last tenth of `max_lifetime`, so that connections that were opened
/// together do not close together.
Duration draw_lifetime(Duration max_lifetime, std::minstd_rand& random) {
  if (max_lifetime == Duration::zero()) return Duration::max() / 2;
  return max_lifetime -
         Duration(std::uniform_int_distribution<std::int64_t>(0, max_lifetime.count() / 10)(random));
}

}  // namespace

/// Plans connects for the waiters that exceed the connects in progress, and up to min_size.
void PoolCore::plan_opens(Change& change) {
  const auto live = change->live();
  const bool may_open = change->phase == PoolPhase::initializing || change->phase == PoolPhase::serving;
  if (!may_open || live >= capacity() || change->next_attempt) return;
  std::size_t hungry = 0;
  for (const Waiter* w = change->waiters.front(); w != nullptr; w = w->behind) {
    if (w->connect_failures <= options_.retry_attempts) ++hungry;
  }
  const std::size_t missing = change->refill && options_.min_size > live ? options_.min_size - live : 0;
  const std::size_t unserved = hungry > change->opening ? hungry - change->opening : 0;
  change.open(std::min(std::max(missing, unserved), capacity() - live));
}

void PoolCore::open_one() {
  const auto began = tick();
  std::shared_ptr<ConnectOperation> connecting =
      driver_->start_connect(deadline_after(options_.connect_timeout));
  run_on(runtime_, connecting, [core = shared_from_this(), connecting, began](const auto& thrown) {
    if (const auto failure = failure_of(thrown)) {
      core->state_.access()->ledger.apply(event::ConnectFailed{});
      return core->open_failed(*failure, began);
    }
    core->validate_opened(connecting->take(), core->tick() - began);
  });
}

void PoolCore::validate_opened(std::unique_ptr<Connection> connection, Duration took) {
  state_.access()->ledger.apply(event::Connected{took});
  const auto began = tick();
  auto ping = connection->start_query(options_.validation_query, check_deadline());
  // A std::function must be copyable; a unique_ptr is not.
  const auto newcomer = std::make_shared<std::unique_ptr<Connection>>(std::move(connection));
  run_on(runtime_, std::move(ping),
         [core = shared_from_this(), newcomer, began](const std::exception_ptr& thrown) {
           const auto failure = failure_of(thrown);
           {
             const auto state = core->state_.access();
             const bool cut_off = failure && core->closing(*state);
             const event::HealthChecked check{core->tick() - began, !failure, core->clock().wall()};
             if (!cut_off) state->ledger.apply(check);
             const auto reason = cut_off ? CloseReason::shutdown : CloseReason::validation;
             if (failure) state->ledger.apply(event::Closed{reason});
           }
           if (failure) return core->open_failed({ErrorKind::validation, failure->text}, began);
           core->opened(std::move(*newcomer), core->tick());
         });
}

/// Adds an open connection that passed its first check to the pool.
void PoolCore::opened(std::unique_ptr<Connection> connection, Duration now) {
  Change change(*this);
  --change->opening;
  change->last_connect_ok = change->last_contact_ok = true;
  change->retry.reset();
  change->proof_due.reset();
  if (change->phase == PoolPhase::serving) change->next_attempt.reset();
  auto slot = std::make_unique<Slot>();
  slot->connection = std::move(connection);
  slot->id = change->next_connection++;
  slot->index = change->slots.size();
  slot->opened_at = slot->last_used = slot->last_checked = now;
  slot->expires_at = now + draw_lifetime(options_.max_lifetime, change->random);
  slot->created_at = clock().wall();
  Slot& taken_in = *change->slots.emplace_back(std::move(slot));
  advance_phase(change, now);
  settle(change, taken_in, now);
  plan_opens(change);
}

/// Ends initialization when min_size connections are open or no connect is in progress. Ends recovery when
/// min_size connections (at least 1) are open; until then, opens the missing ones.
void PoolCore::advance_phase(Change& change, Duration now) {
  const std::size_t enough = std::max(options_.min_size, 1U);
  if (change->phase == PoolPhase::initializing) {
    if (change->slots.size() < options_.min_size && change->opening > 0) return;
    change.notify(
        notice::Initialized{static_cast<unsigned>(change->slots.size()), now - change->unready_since});
    enter(change, PoolPhase::serving);
  } else if (change->phase == PoolPhase::recovering) {
    if (change->slots.size() < enough) return change.open(enough - std::min(enough, change->live()));
    change->ledger.judge_afresh(now);
    change->reconnect.reset();
    change.notify(
        notice::Recovered{static_cast<unsigned>(change->slots.size()), now - change->unready_since});
    enter(change, PoolPhase::serving);
  }
}

/// Records a failed connect or first check, unless the shutdown cut it off.
void PoolCore::open_failed(const Failure& failure, Duration began) {
  Change change(*this);
  --change->opening;
  if (closing(*change)) return;
  change->last_connect_ok = change->last_contact_ok = false;
  fail(change, failure, began);
  if (change->opening > 0) return;
  if (change->slots.empty() || change->phase == PoolPhase::recovering) {
    lose(change, failure.text, began);
  } else {
    advance_phase(change, tick());
    for (Waiter* w = change->waiters.front(); w != nullptr; w = w->behind) ++w->connect_failures;
    schedule_attempt(change, change->retry, began);
  }
}

/// Decides whether the loss of the last connection is an outage. A connection that its holder discarded shows
/// nothing about the database. If the peer ended it, a connect must prove within the validation timeout that
/// the database is up, so that an outage is found as early as by a check.
void PoolCore::run_out(Change& change, Slot::Contact contact) {
  if (contact == Slot::Contact::kept || closing(*change)) return;
  const bool connects_fail = change->phase == PoolPhase::recovering || change->next_attempt;
  if (contact == Slot::Contact::lost || connects_fail)
    return lose(change, change->ledger.last_error(), tick());
  if (change->opening == 0) change.open();
  change->proof_due = clock().now() + options_.validation_timeout;
  change.at(*change->proof_due, &PoolCore::miss_proof);
}

/// Begins an outage if no connect in progress has succeeded in time.
void PoolCore::miss_proof() {
  Change change(*this);
  if (!change->proof_due || clock().now() < *change->proof_due) return;
  begin_outage(change, "the connections have ended, and no new one could be opened in time");
}

/// Begins or continues an outage: every connection is lost, or could not be opened.
void PoolCore::lose(Change& change, const std::string& error, Duration began) {
  if (closing(*change)) return;
  begin_outage(change, error);
  schedule_attempt(change, change->reconnect, began);
}

void PoolCore::begin_outage(Change& change, const std::string& error) {
  change->proof_due.reset();
  if (closing(*change) || change->phase == PoolPhase::recovering) return;
  change->unready_since = tick();
  change->attempts = 0;
  change->next_attempt.reset();
  change->reconnect.reset();
  change.notify(notice::ConnectionLost{error});
  enter(change, PoolPhase::recovering);
}

/// Schedules the next attempt. The wait starts when the last attempt `began`, so that an attempt that hangs
/// until its deadline does not delay the next one.
void PoolCore::schedule_attempt(Change& change, Backoff& backoff, Duration began) {
  if (change->next_attempt) return;
  const auto delay = backoff.next();
  change->next_attempt = clock().now() + std::max(delay - (tick() - began), Duration::zero());
  change.at(*change->next_attempt, [delay](PoolCore& core) { core.attempt(delay); });
}

/// Makes the attempt that was due after `delay`: one connect while recovering, otherwise plan_opens.
void PoolCore::attempt(Duration delay) {
  Change change(*this);
  // Calls scheduled for an attempt that was since cancelled or moved do nothing.
  if (!change->next_attempt || clock().now() < *change->next_attempt) return;
  change->next_attempt.reset();
  if (change->phase != PoolPhase::recovering) return plan_opens(change);
  change->ledger.apply(event::ReconnectAttempted{});
  change.notify(notice::ReconnectAttempt{++change->attempts, delay});
  change.open();
}

void PoolCore::enter(Change& change, PoolPhase phase) {
  change.notify(notice::PhaseChanged{change->phase, phase});
  change->phase = phase;
  if (phase == PoolPhase::serving) {  // earlier failures do not delay the next attempt
    change->next_attempt.reset();
    for (Waiter* w = change->waiters.front(); w != nullptr; w = w->behind) w->connect_failures = 0;
  }
  changed_.notify_all();
}

}  // namespace dbpool
