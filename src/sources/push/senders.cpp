#include "sources/push/senders.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "sources/reading.hpp"

namespace dbpool {
namespace {

constexpr auto longest_silence = std::chrono::hours(1);

/// Returns how long a sender may be silent before its next export is late.
Duration longest_pause_of(const Sender& sender, const PushNaming& naming) {
  const Duration interval = sender.interval().value_or(naming.assumed_interval);
  return std::max(naming.least_stale, interval + interval / 4);
}

}  // namespace

Senders::Senders(const Mapping& mapping, std::string source, const PushNaming& naming,
                 const PushLimits& limits)
    : mapping_(mapping),
      roles_(roles_of(mapping)),
      source_(std::move(source)),
      naming_(naming),
      limits_(limits),
      shelf_(limits.pools) {}

void Senders::refuse(RejectReason why) {
  ++counts_.rejected[index_of(why)];
}

/// Returns the latest start of a sender's first points, by service.
Senders::Starts Senders::latest_starts() const {
  Starts starts;
  for (const auto& [id, sender] : senders_) {
    std::uint64_t& latest = starts[sender->id().service];
    latest = std::max(latest, sender->earliest_start());
  }
  return starts;
}

/// Returns how long a sender may be silent.
Duration Senders::window_of(const Sender& sender) const {
  constexpr int intervals = 3;
  if (naming_.stale_after) return *naming_.stale_after;
  return std::max(naming_.least_stale, intervals * sender.interval().value_or(naming_.assumed_interval));
}

/// Returns whether the gauges of a sender count: it is not silent for too long, and no process of its service
/// has replaced it. A process that began behind a sender's last point has replaced it unless the sender is
/// merely between two exports.
bool Senders::is_live(const Sender& sender, const Starts& starts, TimePoint now) const {
  const Duration silence = now - sender.heard();
  if (sender.is_taken_over() || silence > window_of(sender)) return false;
  if (starts.at(sender.id().service) <= sender.newest_time()) return true;
  const auto interval = sender.interval();
  return interval && silence <= *interval + *interval / 4;
}

void Senders::refresh(Sender& sender) {
  sender.refresh({mapping_, source_, limits_.pools}, window_of(sender));
}

/// Adds up the figures of each pool, by its label.
std::map<std::string, PoolSum> Senders::sums(TimePoint now, Hints& hints) {
  std::map<std::string, PoolSum> sums;
  const auto sum_of = [&](const std::string& label) -> PoolSum& {
    return sums.try_emplace(label, shelf_.pools().at(label).shown).first->second;
  };
  silent_.clear();
  for (const auto& [label, pool] : shelf_.pools()) silent_.insert(label);
  const Starts starts = latest_starts();
  for (const auto& [id, sender] : senders_) {
    const bool live = is_live(*sender, starts, now);
    refresh(*sender);
    const TimePoint late_at = sender->heard() + longest_pause_of(*sender, naming_);
    for (const auto& [label, pool] : sender->pools()) {
      if (pool.shelf == nullptr || !pool.figures) continue;
      // One that is unlimited is in the next export again.
      const bool has_ended = pool.end == PoolEnd::possible && now > late_at;
      const auto part = live && !has_ended ? pool.part : PoolSum::Part::counters;
      sum_of(label).add(*pool.figures, part);
      if (part == PoolSum::Part::whole) silent_.erase(label);
      if (pool.end == PoolEnd::possible && now <= late_at) changes_at_ = std::min(changes_at_, late_at);
    }
    if (!live) continue;
    const Duration window = window_of(*sender);
    changes_at_ = std::min(changes_at_, sender->heard() + window);
    for (const auto& [text, noted] : sender->own_hints()) {
      if (now - noted <= window) hints.add(text, text);
    }
    for (const std::string& text : sender->hints()) hints.add(text, text);
  }
  for (const auto& [label, pool] : shelf_.pools()) {
    if (pool.retired) sum_of(label).add(*pool.retired, PoolSum::Part::counters);
  }
  return sums;
}

ProbeResult Senders::pools(TimePoint now) {
  has_changed_ = false;
  changes_at_ = TimePoint::max();
  Hints hints;
  ProbeResult result;
  for (auto& [label, sum] : sums(now, hints)) {
    result.pools.push_back(sum.take());
    if (!sum.has_mixed_bounds()) continue;
    hints.add("mixed bounds", "instances of pool " + label +
                                  " have histograms with different bounds, so some durations appear longer "
                                  "than they are");
  }
  if (refused_sender_ > now - longest_silence) {
    hints.add("senders", "points are rejected because there are more than " +
                             std::to_string(limits_.senders) + " senders");
  }
  if (!result.pools.empty() && silent_.size() == shelf_.pools().size()) {
    hints.add("silent",
              "no sender reports any more, so the pools show counters alone; the applications have "
              "stopped, or their pushes do not arrive");
  }
  result.dropped = shelf_.dropped();
  result.hints = hints.take();
  count_slow_acquisitions(result, naming_.latency_objective);
  for (PoolSnapshot& pool : result.pools) {
    PoolShelf::Pool& on_shelf = shelf_.pools().at(pool.label());
    keep_risen(pool, on_shelf.kept);
    on_shelf.shown = pool;
  }
  return result;
}

TimePoint Senders::changes_at() const {
  return has_changed_ ? TimePoint::min() : changes_at_;
}

PushCounts Senders::counts(TimePoint now) const {
  PushCounts counts = counts_;
  const Starts starts = latest_starts();
  counts.senders = static_cast<std::uint64_t>(std::ranges::count_if(
      senders_, [&](const auto& entry) { return is_live(*entry.second, starts, now); }));
  return counts;
}

void Senders::forget(TimePoint now) {
  const TimePoint last = now - longest_silence;
  const auto is_forgotten = [&](const Sender::OfPool& pool) {
    return (pool.shelf == nullptr ? pool.heard : pool.shelf->heard) <= last;
  };
  for (auto sender = senders_.begin(); sender != senders_.end();) {
    Sender& of = *sender->second;
    std::set<std::string> forgotten;
    for (const auto& [label, pool] : of.pools()) {
      if (is_forgotten(pool)) forgotten.insert(label);
    }
    if (!forgotten.empty()) {
      bytes_ -= of.drop(forgotten);
      has_changed_ = true;
    }
    const bool has_left = of.pools().empty() && of.heard() <= last;
    sender = has_left ? senders_.erase(sender) : std::next(sender);
  }
  shelf_.forget(last);
}

}  // namespace dbpool
