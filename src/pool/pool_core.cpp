#include "pool/pool_core.hpp"

#include <execinfo.h>

#include <cassert>

#include "dbpool/pool/connection_ended.hpp"
#include "model/seconds.hpp"

namespace dbpool {
namespace {

/// Returns the interval that reports a leak within a quarter of its limit, from 100 ms to 1 s.
Duration housekeeping_interval(const PoolOptions& options) {
  constexpr Duration longest = std::chrono::seconds(1);
  if (options.leak_detection_timeout == Duration::zero()) return longest;
  return std::clamp<Duration>(options.leak_detection_timeout / 4, std::chrono::milliseconds(100), longest);
}

/// Fills in the figures of the queue. Peaks include the waits in progress.
void fill_waiters(PoolSnapshot& snapshot, const PoolState& state, Duration now) {
  snapshot.waiting = state.waiters.size();
  snapshot.probing_waiters = 0;
  snapshot.oldest_waiter = 0;
  for (const Waiter* w = state.waiters.front(); w != nullptr; w = w->behind) {
    if (w->purpose == LeasePurpose::probe) ++*snapshot.probing_waiters;
    const auto waited = seconds_of(now - w->began);
    snapshot.oldest_waiter = std::max(*snapshot.oldest_waiter, waited);
    snapshot.wait_recent_peak = std::max(*snapshot.wait_recent_peak, waited);
    if (state.ledger.judges(w->began))
      snapshot.wait_judged_peak = std::max(*snapshot.wait_judged_peak, waited);
  }
}

std::string_view to_string(Slot::State state) {
  switch (state) {
    case Slot::State::idle:
      return "idle";
    case Slot::State::active:
      return "active";
    case Slot::State::checking:
      return "checking";
  }
  return "unknown";
}

}  // namespace

std::optional<Failure> failure_of(const std::exception_ptr& thrown) {
  if (!thrown) return std::nullopt;
  try {
    std::rethrow_exception(thrown);
  } catch (const ConnectionEnded& e) {
    return Failure{e.kind(), e.what(), true};
  } catch (const DriverError& e) {
    return Failure{e.kind(), e.what()};
  } catch (const std::exception& e) {
    return Failure{ErrorKind::other, e.what()};
  } catch (...) {
    return Failure{ErrorKind::other, "the driver threw something that is no std::exception"};
  }
}

PoolCore::PoolCore(PoolOptions options, std::shared_ptr<Driver> driver, Runtime runtime,
                   std::shared_ptr<PoolObserver> observer)
    : options_(std::move(options)),
      key_({.source = options_.name}),
      driver_(std::move(driver)),
      runtime_(std::move(runtime)),
      observer_(std::move(observer)),
      state_(options_, runtime_.clock->wall()) {}

void PoolCore::start() {
  if (options_.leak_stack) {
    void* frame = nullptr;
    ::backtrace(&frame, 1);  // the first call loads a library, which no acquire should do
  }
  Change change(*this);
  change->unready_since = change->last_housekeeping = tick();
  if (options_.min_size == 0) advance_phase(change, change->unready_since);
  plan_opens(change);
  const auto interval = housekeeping_interval(options_);
  change.at(clock().now() + interval, [interval](PoolCore& core) { core.do_housekeeping(interval); });
}

PoolPhase PoolCore::phase() const {
  return state_.access()->phase;
}

void PoolCore::set_latency_objective(Duration objective) {
  state_.access()->ledger.set_latency_objective(objective);
}

PoolSnapshot PoolCore::snapshot() const {
  PoolSnapshot s;
  s.key = key_;
  s.info = driver_->info();
  s.min = options_.min_size;
  s.max = capacity();
  s.configured = options_.max_size;
  if (options_.max_lifetime > Duration::zero()) s.max_age = seconds_of(options_.max_lifetime);
  ExemplarRecorder exemplars(options_.acquisition_buckets->size() + 1);
  const auto now = tick();
  auto state = state_.access();
  state->ledger.fill(s, now);
  assert(s.active ==
         std::ranges::count(state->slots, Slot::State::active, [](const auto& slot) { return slot->state; }));
  s.phase = state->phase;
  s.idle = state->idle.size();
  s.opening = state->opening;
  s.checking = state->checking;
  s.probing = state->probing;
  s.healthy = std::ranges::count_if(state->slots, [](const auto& slot) { return slot->healthy; });
  s.overflow = state->slots.size() > options_.max_size ? state->slots.size() - options_.max_size : 0;
  s.leaked = state->leaks.suspected();
  s.last_connect_ok = state->last_connect_ok;
  s.last_contact_ok = state->last_contact_ok;
  fill_waiters(s, *state, now);
  const DurationRecorders durations = state->ledger.durations();
  exemplars = state->ledger.exemplars();
  state.lock().unlock();  // making the values allocates
  durations.fill(s, exemplars.value());
  return s;
}

std::vector<ConnectionSnapshot> PoolCore::connections() const {
  std::vector<ConnectionSnapshot> all;
  const auto now = tick();
  const auto wall = clock().wall();
  const auto state = state_.access();
  for (const auto& slot : state->slots) {
    ConnectionSnapshot c;
    c.id = "conn_" + std::to_string(slot->id);
    c.state = to_string(slot->state);
    c.created_at = slot->created_at;
    c.times_used = slot->times_used;
    c.age = now - slot->opened_at;
    if (slot->times_used > 0) {
      const auto used = slot->state == Slot::State::active ? slot->lease.acquired_at : slot->last_used;
      c.last_used = wall - std::chrono::duration_cast<WallTime::duration>(now - used);
    }
    all.push_back(std::move(c));
  }
  return all;
}

std::vector<LeakReport> PoolCore::leaks() const {
  const auto now = tick();
  std::vector<LeaseRecord> suspects;
  {
    const auto state = state_.access();
    for (const LeaseRecord* lease : state->leaks.suspects()) suspects.push_back(*lease);
  }
  std::vector<LeakReport> all;
  for (const LeaseRecord& lease : suspects) {
    all.push_back(report(lease, now));
    all.back().stack = describe_stack(lease);
  }
  return all;
}

}  // namespace dbpool
