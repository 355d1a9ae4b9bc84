#include "snapshot/history.hpp"

#include <algorithm>
#include <limits>

namespace dbpool {
namespace {

/// Ticks come once a second, a few milliseconds early or late.
constexpr Duration half_a_tick = std::chrono::milliseconds(500);

using Compact = std::optional<std::uint32_t>;

Compact compact(const PoolSnapshot::Count& count) {
  constexpr std::uint64_t largest = std::numeric_limits<std::uint32_t>::max();
  if (!count) return std::nullopt;
  return static_cast<std::uint32_t>(std::min(*count, largest));
}

/// Returns the increase of a counter; one that has fallen has started again from 0.
PoolSnapshot::Count added(const PoolSnapshot::Count& now, const PoolSnapshot::Count& before) {
  if (!now || !before) return std::nullopt;
  return *now >= *before ? *now - *before : *now;
}

}  // namespace

void History::record(const Observation& seen, const HistoryOptions& options) {
  const Duration early = std::min<Duration>(half_a_tick, options.interval / 2);
  if (!entries_.empty() && seen.at < due_ - early) return;
  entries_.push_back({seen.at, item(seen)});
  const auto most = std::max<std::int64_t>(1, options.span / options.interval);
  while (entries_.size() > static_cast<std::size_t>(most)) entries_.pop_front();

  // A failed reading leaves the totals unchanged; otherwise the next item would count everything again.
  if (seen.figures.health_check_failures) before_.failures = seen.figures.health_check_failures;
  if (const auto checks = checks_of(seen.figures)) before_.checks = checks;
  // Items are due on a grid from the first one on, so that late ticks do not add up.
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

std::optional<History::HealthChecks> History::checks_of(const PoolSnapshot& figures) {
  const auto& checks = figures.health_check_duration;
  return checks ? std::optional(HealthChecks{checks->count(), checks->sum_seconds()}) : std::nullopt;
}

/// Returns the totals before `figures`. Those of an owned pool began at 0; those of a probed pool are unknown
/// at first.
History::Totals History::before(const PoolSnapshot& figures) const {
  Totals totals = before_;
  const bool is_owned = figures.phase.has_value();
  if (is_owned && !totals.failures) totals.failures = 0;
  if (is_owned && !totals.checks) totals.checks = HealthChecks{};
  return totals;
}

HistoryItem History::item(const Observation& seen) const {
  const PoolSnapshot& s = seen.figures;
  const Totals totals = before(s);
  HistoryItem item;
  item.time = seen.time;
  item.status = seen.status;
  item.total = compact(s.total());
  item.healthy = compact(s.healthy);
  item.active = compact(s.active);
  item.idle = compact(s.idle);
  item.waiting = compact(s.waiting);
  item.failed_health_checks = compact(added(s.health_check_failures, totals.failures));
  item.errors_last_hour = compact(s.errors_last_hour);
  const auto checks = checks_of(s);
  if (!checks || !totals.checks) return item;
  const bool has_begun_anew =
      checks->count < totals.checks->count || checks->seconds < totals.checks->seconds;
  const HealthChecks from = has_begun_anew ? HealthChecks{} : *totals.checks;
  if (checks->count > from.count) {
    const auto count = static_cast<double>(checks->count - from.count);
    item.average_response_ms = (checks->seconds - from.seconds) / count * 1000;
  }
  return item;
}

}  // namespace dbpool
