#include "sources/reading.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "model/bounded_name.hpp"
#include "model/seconds.hpp"

namespace dbpool {
namespace {

/// Returns a copy with only the key, for a source that cannot be read.
PoolSnapshot known_by_key(const PoolSnapshot& pool) {
  PoolSnapshot known;
  known.key = pool.key;
  known.unread = true;
  return known;
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

PoolSource::Reading after_success(const PoolSource::State& last, ProbeResult result,
                                  const ReadingTimes& times) {
  PoolSource::Reading next{next_state(last, times), std::move(result.pools)};
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
  PoolSource::Reading next{next_state(last, times), {}};
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
    return after_success(unread_source(), std::move(result), times());
  } catch (const std::exception& error) {
    return after_failure(unread_source(), error.what(), times());
  }
}

}  // namespace dbpool
