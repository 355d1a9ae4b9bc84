#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "snapshot/pool_source.hpp"
#include "sources/probe.hpp"
#include "sources/probe_options.hpp"

namespace dbpool {

/// When a reading of a target began and ended.
struct ReadingTimes {
  TimePoint began, ended;
  WallTime wall;  ///< of the end
};

/// Returns the reading of a source that was not read yet.
PoolSource::Reading unread_source();
/// Keeps the first of several pools with one label.
void make_unique(std::vector<PoolSnapshot>& pools);
/// Makes the pools of `result` unique, and the texts that describe them valid UTF-8 of a bounded length.
/// Drops the pools beyond `limit` and sets `dropped`, unless the probe has applied the limit itself.
void settle(ProbeResult& result, std::size_t limit);
/// Counts the slow acquisitions of each pool in `result` that has a histogram of its acquisitions and no such
/// count, as exactly as the buckets allow: see `slower_than`. Adds a hint if the bounds of one do not fit.
void count_slow_acquisitions(ProbeResult& result, Duration objective);
/// Returns the reading that follows `last` after a success. `result` is settled.
PoolSource::Reading after_success(const PoolSource::State& last, ProbeResult result,
                                  const ReadingTimes& times);
/// Returns the reading that follows `last` after a failure. Of the pools, only the keys are known.
PoolSource::Reading after_failure(const PoolSource::Reading& last, std::string why,
                                  const ReadingTimes& times);

/// Reads `probe` once on this thread. Blocks at most for the timeout of `options`. A failure is in the
/// reading.
PoolSource::Reading read_once(Probe& probe, const ProbeOptions& options, const Clock& clock);

}  // namespace dbpool
