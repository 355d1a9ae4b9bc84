#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dbpool/model/histogram_recorder.hpp"
#include "sources/mapping/mapping.hpp"
#include "sources/push/events/event_pool.hpp"
#include "sources/push/events/wire.hpp"
#include "sources/push/senders.hpp"

namespace dbpool {

struct MappedLinesOptions {
  MappingOptions mapping = {};
  std::string source = {};  ///< the name in front of the pools' names
  Duration stale_after = {};
  Duration latency_objective{0};
  std::shared_ptr<const BucketBounds> acquisition_buckets = dbpool::acquisition_buckets();
  std::size_t pools = 500;  ///< the most
};

/// The lines with names that are not ours. A mapping makes pools of them. A counter adds up, a gauge has its
/// last value, and a value of another type is one duration, in milliseconds for the type `ms` unless the
/// mapping has a unit. Not thread-safe.
class MappedLines {
 public:
  /// throws Error for a mapping that was not checked.
  MappedLines(const MappedLinesOptions& options, WallTime started);

  /// Returns whether the mapping has a metric with that name.
  bool wants(std::string_view name) const;
  /// Adds a line, and counts it if it is a pool's. `client`: who has sent it; "" = not said.
  void add(const StatsdLine& line, std::string_view client, const Arrival& at);

  /// Returns the pools, with hints and the number of those beyond the limit.
  ProbeResult pools(TimePoint now) { return senders_.pools(now); }
  /// Returns when the result of `pools` changes, as of Senders.
  TimePoint changes_at() const { return senders_.changes_at(); }
  PushCounts counts(TimePoint now) const { return senders_.counts(now); }
  void forget(TimePoint now) { senders_.forget(now); }

 private:
  const Mapping mapping_;
  Senders senders_;
  const std::uint64_t start_;  ///< of all points: Unix time in nanoseconds
  std::uint64_t newest_;       ///< the time of the last point, which the next one must exceed
  std::vector<SampleLabel> labels_;
};

}  // namespace dbpool
