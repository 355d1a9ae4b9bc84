#include "sources/reading.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>
#include <utility>

#include "model/bounded_name.hpp"
#include "model/seconds.hpp"
#include "model/slow_count.hpp"

namespace dbpool {
namespace {

/// Returns a copy with only the key, for a source that cannot be read.
PoolSnapshot known_by_key(const PoolSnapshot& pool) {
  PoolSnapshot known;
  known.key = pool.key;
  known.unread = true;
  return known;
}

/// Returns the hint for histograms whose bounds do not fit the objective. It names one pool, so that it stays
/// the same while others come and go.
std::string no_bound_for(Duration objective, const std::string& pool) {
  const double most = seconds_of(objective);
  std::ostringstream text;
  text << "slow acquisitions are not counted where the acquisition histogram has no bucket bound from "
       << most / 2 << " to " << most << " s, as of pool " << pool << "; add the bound " << most
       << " at the target, or set latency_objective to a bound that it has";
  return std::move(text).str();
}

/// Returns `last` with one more reading, whose outcome the caller sets.
PoolSource::State next_state(const PoolSource::State& last, const ReadingTimes& times) {
  PoolSource::State next = last;
  next.settled = true;
  next.reads = last.reads.value_or(0) + 1;
  next.read_seconds = seconds_of(times.ended - times.began);
  return next;
}

}  // namespace

PoolSource::Reading unread_source() {
  PoolSource::Reading reading;
  reading.reads = reading.read_failures = reading.dropped_pools = 0;
  return reading;
}

void make_unique(std::vector<PoolSnapshot>& pools) {
  std::set<std::string> labels;
  std::erase_if(pools, [&](const PoolSnapshot& pool) { return !labels.insert(pool.label()).second; });
}

void settle(ProbeResult& result, std::size_t limit) {
  make_unique(result.pools);
  for (PoolSnapshot& pool : result.pools) {
    for (std::string* const text : {&pool.info.driver, &pool.info.database, &pool.info.user})
      *text = bounded_name(*text);
  }
  if (result.dropped) return;
  const std::size_t kept = std::min(result.pools.size(), limit);
  result.dropped = result.pools.size() - kept;
  result.pools.resize(kept);
}

void count_slow_acquisitions(ProbeResult& result, Duration objective) {
  if (objective == Duration::zero()) return;
  const PoolSnapshot* unfit = nullptr;
  for (PoolSnapshot& pool : result.pools) {
    if (!pool.acquisition_duration || pool.acquisitions_slow) continue;
    if (const auto slow = slower_than(*pool.acquisition_duration, objective)) {
      pool.acquisitions_slow = slow->count;
      pool.acquisition_objective = slow->objective;
    } else if (unfit == nullptr) {
      unfit = &pool;
    }
  }
  if (unfit != nullptr) result.hints.push_back(no_bound_for(objective, unfit->label()));
}

PoolSource::Reading after_success(const PoolSource::State& last, ProbeResult result,
                                  const ReadingTimes& times) {
  PoolSource::Reading next{next_state(last, times), std::move(result.pools), std::move(result.lent)};
  next.up = true;
  next.last_success = times.wall;
  next.last_success_at = times.ended;
  next.last_error.clear();
  next.hints = std::move(result.hints);
  next.dropped_pools = result.dropped;
  return next;
}

PoolSource::Reading after_failure(const PoolSource::Reading& last, std::string why,
                                  const ReadingTimes& times) {
  PoolSource::Reading next{next_state(last, times), {}, {}};
  next.up = false;
  next.last_error = std::move(why);
  next.hints.clear();
  next.read_failures = next.read_failures.value_or(0) + 1;
  std::ranges::transform(last.pools, std::back_inserter(next.pools), known_by_key);
  return next;
}

PoolSource::Reading read_once(Probe& probe, const ProbeOptions& options, const Clock& clock) {
  const TimePoint began = clock.now();
  const auto times = [&] { return ReadingTimes{began, clock.now(), clock.wall()}; };
  try {
    const auto operation = probe.start_read(Deadline(began + options.timeout));
    run_here(*operation, clock, TimePoint::max());
    ProbeResult result = operation->take();
    settle(result, options.limit);
    count_slow_acquisitions(result, options.latency_objective);
    return after_success(unread_source(), std::move(result), times());
  } catch (const std::exception& error) {
    return after_failure(unread_source(), error.what(), times());
  }
}

}  // namespace dbpool
