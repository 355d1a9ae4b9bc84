#include "sources/push/events/event_pool.hpp"

#include <algorithm>
#include <utility>

#include "model/bounded_sum.hpp"
#include "model/utf8.hpp"

namespace dbpool {
namespace {

std::size_t place_of(Verb gauge) {
  return static_cast<std::size_t>(gauge) - static_cast<std::size_t>(Verb::idle);
}

/// Returns the value of a gauge, of several the last; nullopt for a limit of 0, which is unlimited.
PoolSnapshot::Count connections_in(const EventLine& event) {
  const auto connections = static_cast<std::uint64_t>(event.values.back());
  if (event.verb == Verb::max && connections == 0) return std::nullopt;
  return connections;
}

/// Returns how the exemplar of an event names it: by its trace or, without one, by its lease and site.
ExemplarLabels exemplar_labels_of(const EventLine& event) {
  ExemplarLabels labels;
  if (event.trace_id.empty()) {
    labels.add("lease", event.lease);
    labels.add_cut("site", {event.site});
  } else {
    labels.add("trace_id", event.trace_id);
  }
  return labels;
}

}  // namespace

EventPool::EventPool(PoolKey key, const EventPoolOptions& options, const Arrival& at)
    : key_(std::move(key)),
      ledger_(options.ledger, at.wall),
      leaks_(options.leak_detection_timeout),
      heard_(at.now) {}

bool EventPool::contradicts(const EventLine& event, const EventClient& client) const {
  if (event.lease.empty()) return false;
  const auto member = members_.find(&client);
  const bool is_out = member != members_.end() && member->second.leases.has(event.lease);
  return (event.verb == Verb::acquired && is_out) || (event.verb == Verb::released && !is_out);
}

std::optional<LeakReport> EventPool::add(const EventLine& event, const EventClient& client, const Arrival& at,
                                         bool has_room) {
  heard_ = at.now;
  Member& member = members_.try_emplace(&client, client.name, leaks_).first->second;
  if (event.verb == Verb::released) return released(event, member, at);
  apply(event, member, at, has_room);
  return std::nullopt;
}

/// Adds an event that is no release.
void EventPool::apply(const EventLine& event, Member& member, const Arrival& at, bool has_room) {
  switch (event.verb) {
    case Verb::acquired:
      return acquired(event, member, at, has_room);
    case Verb::acquire_timeout:
      return timed_out(event, at);
    case Verb::acquire_rejected:
      reports_acquisitions_ = true;
      return ledger_.apply(event::Rejected{event.count()});
    case Verb::connected:
      reports_connections_ = true;
      for (const double ms : event.values)
        ledger_.apply(event::Connected{.took = duration_of(ms), .times = event.times()});
      return;
    case Verb::connect_failed:
      reports_connections_ = true;
      ledger_.apply(event::ConnectFailed{event.count()});
      return failed(event, at);
    case Verb::closed:
      reports_connections_ = true;
      return ledger_.apply(event::Closed{.reason = *event.reason, .times = event.count()});
    case Verb::error:
      return failed(event, at);
    default:
      member.gauges[place_of(event.verb)] = connections_in(event);
  }
}

void EventPool::acquired(const EventLine& event, Member& member, const Arrival& at, bool has_room) {
  reports_acquisitions_ = true;
  for (const double ms : event.values) {
    ledger_.apply(
        event::Acquired{.at = at.tick(), .waited = duration_of(ms), .reused = false, .times = event.times()});
    note_wait(event, duration_of(ms), at);
  }
  if (event.lease.empty() || !has_room) {
    member.has_unknown_leases = true;
    knows_peak_ = false;
    return;
  }
  reports_leases_ = true;
  member.leases.lend(event.lease, interned(event.site), at.tick());
  most_open_leases_ = std::max(most_open_leases_, ++open_leases_);
}

std::optional<LeakReport> EventPool::released(const EventLine& event, Member& member, const Arrival& at) {
  reports_acquisitions_ = true;
  for (const double ms : event.values)
    ledger_.apply(event::Released{.used = duration_of(ms), .times = event.times()});
  auto returned = member.leases.end(event.lease, at.tick());
  if (!returned) return std::nullopt;
  --open_leases_;
  if (returned->leak) ledger_.apply(event::LeakReturned{});
  return std::move(returned->leak);
}

void EventPool::timed_out(const EventLine& event, const Arrival& at) {
  reports_acquisitions_ = true;
  for (const double ms : event.values) {
    ledger_.apply(
        event::TimedOut{.at = at.tick(), .waited = duration_of(ms), .time = at.wall, .times = event.times()});
    note_wait(event, duration_of(ms), at);
  }
}

/// Keeps a wait as an exemplar, if it is worth it and something is known of it.
void EventPool::note_wait(const EventLine& event, Duration waited, const Arrival& at) {
  const ExemplarRecorder::Candidate candidate{
      .at = at.tick(), .value = waited, .has_trace = !event.trace_id.empty()};
  if (!ledger_.wants_exemplar(candidate)) return;
  const ExemplarLabels labels = exemplar_labels_of(event);
  if (!labels.empty()) ledger_.keep_exemplar(candidate, at.wall, labels);
}

/// Counts errors. Their texts are not reported.
void EventPool::failed(const EventLine& event, const Arrival& at) {
  reports_errors_ = true;
  if (event.count() == 0) return;
  ledger_.apply(event::Failed{.kind = event.error,
                              .error = {},
                              .at = at.tick(),
                              .began = at.tick(),
                              .time = at.wall,
                              .times = event.count()});
}

std::string_view EventPool::interned(std::string_view site) {
  const std::string bounded =
      site.size() > EventLimits::site ? valid_utf8(site.substr(0, EventLimits::site)) : std::string(site);
  const auto known = sites_.find(bounded);
  if (known != sites_.end()) return *known;
  if (sites_.size() >= most_sites) return "…";
  return *sites_.insert(bounded).first;
}

/// Counts leases that have ended without a release.
std::uint64_t EventPool::vanished(const LeaseTable::Ended& ended) {
  for (std::uint64_t i = 0; i < ended.leases; ++i) ledger_.apply(event::Vanished{});
  for (std::uint64_t i = 0; i < ended.suspected; ++i) ledger_.apply(event::LeakReturned{});
  open_leases_ -= ended.leases;
  return ended.leases;
}

std::optional<std::uint64_t> EventPool::forget(const EventClient& client) {
  const auto member = members_.find(&client);
  if (member == members_.end()) return std::nullopt;
  const std::uint64_t ended = vanished(member->second.leases.end_all());
  members_.erase(member);
  return ended;
}

std::uint64_t EventPool::give_up(const EventClient& client, Duration at) {
  const auto member = members_.find(&client);
  return member == members_.end() ? 0 : vanished(member->second.leases.end_until(at));
}

std::vector<LeakReport> EventPool::sweep(Duration now) {
  std::vector<LeakReport> fresh;
  for (const LeaseRecord* lease : leaks_.sweep(now)) {
    ledger_.apply(event::LeakSuspected{});
    fresh.push_back(report_of(*lease, now));
  }
  return fresh;
}

std::vector<LeakReport> EventPool::leaks(Duration now) const {
  std::vector<LeakReport> all;
  for (const LeaseRecord* lease : leaks_.suspects()) all.push_back(report_of(*lease, now));
  return all;
}

PoolSnapshot EventPool::snapshot(Duration now) const {
  PoolSnapshot counted;
  ledger_.fill(counted, now);
  ledger_.durations().fill(counted, ledger_.exemplars().value());
  PoolSnapshot pool;
  pool.key = key_;
  copy_reported(counted, pool);
  fill_gauges(pool);
  return pool;
}

/// Copies what the ledger counts, where the clients report such events.
void EventPool::copy_reported(const PoolSnapshot& counted, PoolSnapshot& pool) const {
  if (reports_acquisitions_) {
    pool.acquisitions = counted.acquisitions;
    pool.releases = counted.releases;
    pool.acquisition_timeouts = counted.acquisition_timeouts;
    pool.acquisition_rejections = counted.acquisition_rejections;
    pool.acquisitions_slow = counted.acquisitions_slow;
    pool.acquisition_objective = counted.acquisition_objective;
    pool.acquisition_duration = counted.acquisition_duration;
    pool.usage_duration = counted.usage_duration;
    pool.wait_peak = counted.wait_peak;
    pool.wait_recent_peak = counted.wait_recent_peak;
    pool.wait_judged_peak = counted.wait_judged_peak;
    pool.last_timeout_at = counted.last_timeout_at;
  }
  if (reports_connections_) {
    pool.created = counted.created;
    pool.connect_failures = counted.connect_failures;
    pool.connect_duration = counted.connect_duration;
    pool.closed = counted.closed;
  }
  if (reports_errors_) {
    pool.errors = counted.errors;
    pool.errors_recent = counted.errors_recent;
    pool.errors_last_hour = counted.errors_last_hour;
    pool.last_error_at = counted.last_error_at;
    pool.last_error_kind = counted.last_error_kind;
  }
  if (reports_leases_) {
    pool.leaks_detected = counted.leaks_detected;
    pool.leaks_recovered = counted.leaks_recovered;
  }
}

PoolSnapshot::Count EventPool::sum_of(Verb gauge) const {
  PoolSnapshot::Count sum;
  for (const auto& [client, member] : members_) sum = plus(sum, member.gauges[place_of(gauge)]);
  return sum;
}

PoolSnapshot::Count EventPool::sum_if_all_know(Verb gauge) const {
  const auto knows = [&](const auto& entry) { return entry.second.gauges[place_of(gauge)].has_value(); };
  return std::ranges::all_of(members_, knows) ? sum_of(gauge) : std::nullopt;
}

/// Returns whether the open leases are all there are. Without clients they are not known.
bool EventPool::knows_leases() const {
  const auto is_known = [](const auto& entry) { return !entry.second.has_unknown_leases; };
  return reports_leases_ && has_clients() && std::ranges::all_of(members_, is_known);
}

void EventPool::fill_gauges(PoolSnapshot& pool) const {
  pool.idle = sum_of(Verb::idle);
  pool.opening = sum_of(Verb::opening);
  pool.waiting = sum_of(Verb::waiting);
  pool.min = sum_if_all_know(Verb::min);
  pool.max = sum_if_all_know(Verb::max);
  pool.active = sum_of(Verb::active);
  if (!pool.active && knows_leases()) {
    pool.active = open_leases_;
    if (knows_peak_) pool.active_peak = most_open_leases_;
  }
  if (reports_leases_ && has_clients()) pool.leaked = leaks_.suspected();
}

}  // namespace dbpool
