#include "snapshot/history.hpp"

#include <algorithm>
#include <limits>

namespace dbpool {
namespace {

using Compact = std::optional<std::uint32_t>;

Compact compact(const PoolSnapshot::Count& count) {
  constexpr std::uint64_t largest = std::numeric_limits<std::uint32_t>::max();
  if (!count) return std::nullopt;
  return static_cast<std::uint32_t>(std::min(*count, largest));
}

/// How far a counter has come; one that runs backwards has started again from 0.
PoolSnapshot::Count added(const PoolSnapshot::Count& now, const PoolSnapshot::Count& before) {
  if (!now) return std::nullopt;
  return *now >= before.value_or(0) ? *now - before.value_or(0) : *now;
}

}  // namespace

void History::record(const Observation& seen, const HistoryOptions& options) {
  if (seen.at < due_) return;
  entries_.push_back({seen.at, item(seen)});
  const auto most = std::max<std::int64_t>(1, options.span / options.interval);
  while (entries_.size() > static_cast<std::size_t>(most)) entries_.pop_front();

  before_.health_check_failures = seen.figures.health_check_failures;
  if (const auto& checks = seen.figures.health_check_duration) {
    before_.health_checks = checks->count();
    before_.health_check_seconds = checks->sum_seconds();
  }
  // Items keep to a grid from the first one on, so that late ticks do not add up.
  const bool first = due_ == TimePoint::min();
  due_ = first ? seen.at + options.interval : due_ + options.interval;
  if (due_ <= seen.at) due_ = seen.at + options.interval;
}

std::vector<HistoryItem> History::items(TimePoint oldest) const {
  std::vector<HistoryItem> result;
  for (const Entry& entry : entries_) {
    if (entry.at > oldest) result.push_back(entry.item);
  }
  return result;
}

HistoryItem History::item(const Observation& seen) const {
  const PoolSnapshot& s = seen.figures;
  HistoryItem item;
  item.time = seen.time;
  item.status = seen.status;
  item.total = compact(s.total());
  item.healthy = compact(s.healthy);
  item.active = compact(s.active);
  item.idle = compact(s.idle);
  item.waiting = compact(s.waiting);
  item.failed_health_checks = compact(added(s.health_check_failures, before_.health_check_failures));
  item.errors_last_hour = compact(s.errors_last_hour);
  if (s.health_check_duration && s.health_check_duration->count() > before_.health_checks) {
    const auto checks = static_cast<double>(s.health_check_duration->count() - before_.health_checks);
    const double seconds = s.health_check_duration->sum_seconds() - before_.health_check_seconds;
    item.average_response_ms = seconds / checks * 1000;
  }
  return item;
}

}  // namespace dbpool
