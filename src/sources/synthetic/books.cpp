#include "sources/synthetic/books.hpp"

#include <algorithm>
#include <utility>

#include "model/bounded_sum.hpp"
#include "model/seconds.hpp"
#include "sources/synthetic/pool_view.hpp"

namespace dbpool {

void SyntheticBooks::waited_on(Duration now) noexcept {
  if (!waiting_since_) return;
  const Duration wait = now - *waiting_since_;
  late_waits_.add(now, wait);
  late_waits_judged_.add(now, wait);
  wait_peak_ = std::max(wait_peak_, seconds_of(wait));
  waiting_since_.reset();
}

void SyntheticBooks::held_back(Duration now) noexcept {
  ledger_.judge_afresh(now);
  late_waits_judged_.clear();
  waiting_since_.reset();
}

void SyntheticBooks::add_to(PoolSource::Reading& reading, SourceKind kind, Duration now) {
  auto found = std::ranges::find(reading.pools, pool_.label(), &PoolSnapshot::label);
  if (found == reading.pools.end()) {
    // The pool may have been dropped beyond the limit.
    if (!used_ || reading.dropped_pools.value_or(0) > 0) return;
    PoolSnapshot added;
    added.key = pool_;
    added.info = {std::string(to_string(kind)), pool_.database(), pool_.user(), {}};
    found = reading.pools.insert(found, std::move(added));
  }
  look_for_others(*found, reading.reads.value_or(0));
  fill(*found, now);
}

void SyntheticBooks::look_for_others(const PoolSnapshot& pool, std::uint64_t reads) {
  const auto clients = plus(pool.clients_active, pool.clients_waiting);
  if (!used_ || !clients || reads == looked_at_) return;
  looked_at_ = reads;
  looks_ = std::min(looks_ + 1, enough_looks);
  if (crowded_looks_ < enough_crowded)
    crowded_looks_ = *clients > (second_in_line_ ? 2U : 1U) ? crowded_looks_ + 1 : 0;
}

void SyntheticBooks::fill(PoolSnapshot& pool, Duration now) {
  PoolSnapshot own;
  ledger_.fill(own, now);
  pool.acquisitions = own.acquisitions;
  pool.releases = own.releases;
  pool.acquisition_timeouts = own.acquisition_timeouts;
  pool.probe_only = is_probe_only();
  if (!pool.probe_only) {
    pool.acquisitions_slow = own.acquisitions_slow;
    pool.acquisition_objective = own.acquisition_objective;
  }
  pool.acquisition_duration = ledger_.durations().acquisition.value();
  pool.connect_duration = ledger_.durations().connect.value();
  pool.connect_failures = own.connect_failures;
  pool.errors = own.errors;
  pool.errors_recent = own.errors_recent;
  pool.errors_last_hour = own.errors_last_hour;
  pool.last_error = own.last_error;
  pool.last_error_kind = own.last_error_kind;
  pool.last_error_at = own.last_error_at;
  pool.last_timeout_at = own.last_timeout_at;
  pool.last_contact_ok = contact_ok_;

  const std::uint64_t own_waiters = (in_line_ ? 1U : 0U) + (second_in_line_ ? 1U : 0U);
  if (own_waiters > 0 && pool.waiting.value_or(0) > 0)
    pool.probing_waiters = std::min(own_waiters, *pool.waiting);
  // A wait in progress counts too, of our client or of one that the pooler reports.
  double waiting = pool.oldest_waiter.value_or(0);
  if (waiting_since_) waiting = std::max(waiting, seconds_of(now - *waiting_since_));
  wait_peak_ = std::max({wait_peak_, own.wait_peak.value_or(0), waiting});
  pool.wait_peak = wait_peak_;
  pool.wait_recent_peak =
      std::max({own.wait_recent_peak.value_or(0), seconds_of(late_waits_.value(now)), waiting});
  if (is_held_back(pool)) return;
  pool.wait_judged_peak =
      std::max({own.wait_judged_peak.value_or(0), seconds_of(late_waits_judged_.value(now)),
                pool.wait_judged_peak.value_or(0)});
}

}  // namespace dbpool
