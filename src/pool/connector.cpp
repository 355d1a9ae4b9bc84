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
void PoolCore::plan_opens(PoolState& state, AfterUnlock& after) const {
  const auto live = state.live();
  const bool may_open = state.phase == PoolPhase::initializing || state.phase == PoolPhase::serving;
  if (!may_open || live >= capacity() || state.next_attempt) return;
  std::size_t hungry = 0;
  for (const Waiter* w = state.waiters.front(); w != nullptr; w = w->behind) {
    if (w->connect_failures <= options_.retry_attempts) ++hungry;
  }
  const std::size_t missing = state.refill && options_.min_size > live ? options_.min_size - live : 0;
  const std::size_t unserved = hungry > state.opening ? hungry - state.opening : 0;
  const auto opens = static_cast<unsigned>(std::min(std::max(missing, unserved), capacity() - live));
  state.opening += opens;
  if (opens > 0) after->opens += opens;
}

void PoolCore::open_one() {
  const auto began = tick();
  std::shared_ptr<ConnectOperation> connecting =
      driver_->start_connect(deadline_after(options_.connect_timeout));
  run_on(runtime_.scheduler, connecting, [core = shared_from_this(), connecting, began](const auto& thrown) {
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
  run_on(runtime_.scheduler, std::move(ping),
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
  AfterUnlock after(*this);
  const auto state = state_.access();
  --state->opening;
  state->last_connect_ok = state->last_contact_ok = true;
  state->retry.reset();
  state->proof_due.reset();
  if (state->phase == PoolPhase::serving) state->next_attempt.reset();
  auto slot = std::make_unique<Slot>();
  slot->connection = std::move(connection);
  slot->id = state->next_connection++;
  slot->index = state->slots.size();
  slot->opened_at = slot->last_used = slot->last_checked = now;
  slot->expires_at = now + draw_lifetime(options_.max_lifetime, state->random);
  slot->created_at = clock().wall();
  Slot& taken_in = *state->slots.emplace_back(std::move(slot));
  advance_phase(*state, now, after);
  settle(*state, taken_in, now, after);
  plan_opens(*state, after);
}

/// Ends initialization when min_size connections are open or no connect is in progress. Ends recovery when
/// min_size connections (at least 1) are open; until then, opens the missing ones.
void PoolCore::advance_phase(PoolState& state, Duration now, AfterUnlock& after) {
  const std::size_t enough = std::max(options_.min_size, 1U);
  if (state.phase == PoolPhase::initializing) {
    if (state.slots.size() < options_.min_size && state.opening > 0) return;
    after->notices.emplace_back(
        notice::Initialized{static_cast<unsigned>(state.slots.size()), now - state.unready_since});
    enter(state, PoolPhase::serving, after);
  } else if (state.phase == PoolPhase::recovering) {
    if (state.slots.size() < enough) {
      const auto opens = static_cast<unsigned>(state.live() < enough ? enough - state.live() : 0);
      state.opening += opens;
      if (opens > 0) after->opens += opens;
      return;
    }
    state.ledger.judge_afresh(now);
    state.reconnect.reset();
    after->notices.emplace_back(
        notice::Recovered{static_cast<unsigned>(state.slots.size()), now - state.unready_since});
    enter(state, PoolPhase::serving, after);
  }
}

/// Records a failed connect or first check, unless the shutdown cut it off.
void PoolCore::open_failed(const Failure& failure, Duration began) {
  AfterUnlock after(*this);
  const auto state = state_.access();
  --state->opening;
  if (closing(*state)) return;
  state->last_connect_ok = state->last_contact_ok = false;
  fail(*state, failure, began, after);
  if (state->opening > 0) return;
  if (state->slots.empty() || state->phase == PoolPhase::recovering) {
    lose(*state, failure.text, began, after);
  } else {
    advance_phase(*state, tick(), after);
    for (Waiter* w = state->waiters.front(); w != nullptr; w = w->behind) ++w->connect_failures;
    schedule_attempt(*state, state->retry, began, after);
  }
}

/// Decides whether the loss of the last connection is an outage. A connection that its holder discarded shows
/// nothing about the database. If the peer ended it, a connect must prove within the validation timeout that
/// the database is up, so that an outage is found as early as by a check.
void PoolCore::run_out(PoolState& state, Slot::Contact contact, AfterUnlock& after) {
  if (contact == Slot::Contact::kept || closing(state)) return;
  const bool connects_fail = state.phase == PoolPhase::recovering || state.next_attempt;
  if (contact == Slot::Contact::lost || connects_fail)
    return lose(state, state.ledger.last_error(), tick(), after);
  if (state.opening == 0) {
    ++state.opening;
    ++after->opens;
  }
  state.proof_due = clock().now() + options_.validation_timeout;
  after->later.push_back({*state.proof_due, options_.validation_timeout, &PoolCore::miss_proof});
}

/// Begins an outage if no connect in progress has succeeded in time.
void PoolCore::miss_proof(Duration) {
  AfterUnlock after(*this);
  const auto state = state_.access();
  if (!state->proof_due || clock().now() < *state->proof_due) return;
  begin_outage(*state, "the connections have ended, and no new one could be opened in time", after);
}

/// Begins or continues an outage: every connection is lost, or could not be opened.
void PoolCore::lose(PoolState& state, const std::string& error, Duration began, AfterUnlock& after) {
  if (closing(state)) return;
  begin_outage(state, error, after);
  schedule_attempt(state, state.reconnect, began, after);
}

void PoolCore::begin_outage(PoolState& state, const std::string& error, AfterUnlock& after) {
  state.proof_due.reset();
  if (closing(state) || state.phase == PoolPhase::recovering) return;
  state.unready_since = tick();
  state.attempts = 0;
  state.next_attempt.reset();
  state.reconnect.reset();
  after->notices.emplace_back(notice::ConnectionLost{error});
  enter(state, PoolPhase::recovering, after);
}

/// Schedules the next attempt. The wait starts when the last attempt `began`, so that an attempt that hangs
/// until its deadline does not delay the next one.
void PoolCore::schedule_attempt(PoolState& state, Backoff& backoff, Duration began,
                                AfterUnlock& after) const {
  if (state.next_attempt) return;
  const auto delay = backoff.next();
  state.next_attempt = clock().now() + std::max(delay - (tick() - began), Duration::zero());
  after->later.push_back({*state.next_attempt, delay, &PoolCore::attempt});
}

/// Makes the attempt that was due after `delay`: one connect while recovering, otherwise plan_opens.
void PoolCore::attempt(Duration delay) {
  AfterUnlock after(*this);
  const auto state = state_.access();
  // Calls scheduled for an attempt that was since cancelled or moved do nothing.
  if (!state->next_attempt || clock().now() < *state->next_attempt) return;
  state->next_attempt.reset();
  if (state->phase != PoolPhase::recovering) return plan_opens(*state, after);
  state->ledger.apply(event::ReconnectAttempted{});
  after->notices.emplace_back(notice::ReconnectAttempt{++state->attempts, delay});
  ++state->opening;
  ++after->opens;
}

void PoolCore::enter(PoolState& state, PoolPhase phase, AfterUnlock& after) {
  after->notices.emplace_back(notice::PhaseChanged{state.phase, phase});
  state.phase = phase;
  if (phase == PoolPhase::serving) {  // earlier failures do not delay the next attempt
    state.next_attempt.reset();
    for (Waiter* w = state.waiters.front(); w != nullptr; w = w->behind) w->connect_failures = 0;
  }
  changed_.notify_all();
}

}  // namespace dbpool
