#include "snapshot/snapshotter.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

#include "dbpool/sync/guarded.hpp"
#include "health/health_tracker.hpp"
#include "model/seconds.hpp"
#include "snapshot/client_behind.hpp"
#include "snapshot/diagnoses.hpp"
#include "snapshot/failed_logins.hpp"
#include "snapshot/leaks_by_pool.hpp"
#include "snapshot/vanished_pools.hpp"

namespace dbpool {
namespace {

/// The state kept for one pool.
struct WatchedPool {
  HealthTracker tracker;
  History history;
  std::uint64_t round = 0;  ///< the judging round that saw it last
  TimePoint seen;           ///< the time of that round
};

/// A watched source. `source` never changes and may be read without the lock; the lock guards the rest.
struct Watched {
  std::shared_ptr<const PoolSource> source;
  HealthPolicy policy;
  std::size_t vanished_limit = 0;
  SourceInfo info = {};
  std::map<std::string, WatchedPool> pools = {};  ///< of the last round, by label
  VanishedPools vanished = {};                    ///< pools of earlier rounds
  Diagnoses diagnoses = {};
};

using WatchList = std::vector<std::shared_ptr<Watched>>;

struct Watching {
  WatchList sources;
  HistoryOptions history;
};

/// Returns the entry for a source: its old one if the source stays, else a new one with the histories of the
/// old source of that name.
std::shared_ptr<Watched> adopt(WatchedSource wanted, const WatchList& before) {
  const auto same_name = [&](const auto& w) { return w->source->name() == wanted.source->name(); };
  const auto old = std::ranges::find_if(before, same_name);
  if (old != before.end() && (*old)->source == wanted.source) {
    (*old)->policy = wanted.policy;
    (*old)->vanished_limit = wanted.vanished_limit;
    (*old)->info = std::move(wanted.info);
    return *old;
  }
  auto entry = std::make_shared<Watched>(
      Watched{std::move(wanted.source), wanted.policy, wanted.vanished_limit, std::move(wanted.info)});
  if (old != before.end()) {
    entry->pools.swap((*old)->pools);
    std::swap(entry->vanished, (*old)->vanished);
    std::swap(entry->diagnoses, (*old)->diagnoses);
  }
  for (auto& [name, pool] : entry->pools) {
    pool.tracker = {};
    pool.history.forget_totals();
  }
  entry->diagnoses.begin_anew();
  return entry;
}

/// Returns the entry for a pool; one that is back gets its history back.
WatchedPool& entry_of(const std::string& pool, Watched& source) {
  const auto [entry, is_new] = source.pools.try_emplace(pool);
  if (!is_new) return entry->second;
  if (auto history = source.vanished.take(pool)) entry->second.history = std::move(*history);
  return entry->second;
}

SourceReport read_report(const PoolSource& source) {
  const auto reading = source.read();
  const PoolSource::State& state = *reading;
  SourceReport report{source.name(), source.kind(), state, {}};
  report.pools.reserve(reading->pools.size());
  for (const PoolSnapshot& figures : reading->pools) report.pools.push_back({report.kind, figures, {}});
  return report;
}

std::string error_in(const FailedLogins& failing, const std::string& database) {
  const auto found = failing.find(database);
  return found == failing.end() ? "" : found->second;
}

/// Adds the labels of the source's configuration, and since when the pool is no longer as it is judged.
void complete(PoolReport& pool, const SourceInfo& info, const FleetSnapshot& fleet) {
  pool.figures.info.labels.insert(info.labels.begin(), info.labels.end());
  if (const auto& ended = pool.health.ended)
    pool.held_since = fleet.time - std::chrono::duration_cast<WallTime::duration>(fleet.at - *ended);
}

Judgement health_of(const PoolSnapshot& figures, const Watched& watched) {
  const auto pool = watched.pools.find(figures.label());
  return current_judgement(figures,
                           pool == watched.pools.end() ? Judgement{} : pool->second.tracker.verdict());
}

}  // namespace

struct Snapshotter::State {
  std::shared_ptr<const Clock> clock;
  OnHealthChange on_change;
  TimePoint started;
  std::mutex judging;       ///< locked before `watched`
  std::uint64_t round = 0;  ///< guarded by `judging`
  Guarded<Watching> watched;

  WatchList watch_list() const { return watched.access()->sources; }
  std::vector<HealthChange> judge(Watched& source, const SourceRead& read);
  void set_vanished_aside(Watched& source, std::vector<HealthChange>& changes) const;
  void judge_round(const std::function<bool(const PoolSource&)>& is_wanted);
  std::optional<PoolHistory> history_of(const Watched& source, const std::string& pool, Duration span) const;
};

/// REQUIRES: `judging` is held.
std::vector<HealthChange> Snapshotter::State::judge(Watched& source, const SourceRead& read) {
  const FailedLogins failing = failing_databases(*read.reading);
  const TimePoint now = clock->now();
  const WallTime time = clock->wall();
  std::vector<HealthChange> changes;
  const auto access = watched.access();
  for (const PoolSnapshot& figures : read.reading->pools) {
    WatchedPool& pool = entry_of(figures.label(), source);
    pool.round = round;
    pool.seen = now;
    const HealthStatus from = pool.tracker.verdict().status;
    const std::string failed_login = error_in(failing, figures.key.database());
    const Judgement& to = pool.tracker.update(figures, source.policy, now, failed_login);
    pool.history.record({figures, to.status, now, time}, access->history);
    if (to.status != from) {
      changes.push_back({source.source->name(), figures.label(), from, to, source.source->kind(), figures});
    }
  }
  set_vanished_aside(source, changes);
  source.vanished.forget(now - access->history.span, source.vanished_limit);
  source.diagnoses.update(source.source->kind(), *read.reading, read.leaks, now);
  return changes;
}

/// Drops the health of pools that have left; keeps their histories.
void Snapshotter::State::set_vanished_aside(Watched& source, std::vector<HealthChange>& changes) const {
  for (auto entry = source.pools.begin(); entry != source.pools.end();) {
    auto& [name, pool] = *entry;
    if (pool.round == round) {
      ++entry;
      continue;
    }
    const HealthStatus from = pool.tracker.verdict().status;
    if (from != HealthStatus::unknown)
      changes.push_back({source.source->name(), name, from, {}, source.source->kind()});
    pool.history.forget_totals();
    source.vanished.keep(name, std::move(pool.history), pool.seen);
    entry = source.pools.erase(entry);
  }
}

void Snapshotter::State::judge_round(const std::function<bool(const PoolSource&)>& is_wanted) {
  const WatchList sources = watch_list();
  std::vector<HealthChange> changes;
  {
    // One round at a time, so that no figures are judged after newer ones.
    const std::lock_guard lock(judging);
    ++round;
    std::vector<SourceRead> all;
    for (const auto& one : sources) all.push_back(read_with_leaks(*one->source));
    add_lent_leaks(all);
    for (std::size_t i = 0; i < sources.size(); ++i) {
      if (is_wanted(*sources[i]->source))
        std::ranges::move(judge(*sources[i], all[i]), std::back_inserter(changes));
    }
  }
  for (const HealthChange& change : changes) on_change(change);
}

std::optional<PoolHistory> Snapshotter::State::history_of(const Watched& source, const std::string& pool,
                                                          Duration span) const {
  const auto reading = source.source->read();
  const auto figures = std::ranges::find(reading->pools, pool, &PoolSnapshot::label);
  const bool exists = figures != reading->pools.end();
  const History unseen;
  const auto access = watched.access();
  const auto entry = source.pools.find(pool);
  const History* known = entry == source.pools.end() ? source.vanished.find(pool) : &entry->second.history;
  if (known == nullptr && !exists) return std::nullopt;
  if (known == nullptr) known = &unseen;

  const TimePoint now = clock->now();
  std::vector<HistoryItem> items = known->items(now - span);
  if (exists) {
    const HealthStatus status = health_of(*figures, source).status;
    items.push_back(known->item({*figures, status, now, clock->wall()}));
  }
  return PoolHistory{access->history.interval, std::move(items)};
}

Snapshotter::Snapshotter(std::shared_ptr<const Clock> clock, OnHealthChange on_change)
    : state_(std::make_unique<State>()) {
  state_->clock = std::move(clock);
  state_->on_change = std::move(on_change);
  state_->started = state_->clock->now();
}

Snapshotter::~Snapshotter() = default;

void Snapshotter::watch(std::vector<WatchedSource> sources, HistoryOptions history) {
  WatchList replaced;  // destroyed after the lock is free: may hold the last reference to a source
  const auto access = state_->watched.access();
  replaced.swap(access->sources);
  access->history = history;
  for (WatchedSource& source : sources) access->sources.push_back(adopt(std::move(source), replaced));
}

void Snapshotter::tick() {
  state_->judge_round([](const PoolSource&) { return true; });
}

void Snapshotter::tick(const std::string& source) {
  state_->judge_round([&](const PoolSource& one) { return one.name() == source; });
}

FleetSnapshot Snapshotter::snapshot() const {
  FleetSnapshot fleet;
  fleet.time = state_->clock->wall();
  fleet.at = state_->clock->now();
  fleet.uptime_seconds = seconds_of(fleet.at - state_->started);
  const WatchList watched = state_->watch_list();
  for (const auto& entry : watched) fleet.sources.push_back(read_report(*entry->source));
  const auto access = state_->watched.access();
  for (std::size_t i = 0; i < watched.size(); ++i) {
    SourceReport& source = fleet.sources[i];
    source.info = watched[i]->info;
    for (PoolReport& pool : source.pools) {
      pool.health = health_of(pool.figures, *watched[i]);
      complete(pool, watched[i]->info, fleet);
      pool.diagnosis = watched[i]->diagnoses.find(pool.figures, source.reading.last_error);
      pool.recent_acquisitions = watched[i]->diagnoses.recent_acquisitions(pool.figures);
    }
  }
  return fleet;
}

bool Snapshotter::ready() const {
  return std::ranges::all_of(state_->watch_list(),
                             [](const auto& watched) { return watched->source->read()->settled; });
}

std::optional<PoolHistory> Snapshotter::history(const std::string& pool,
                                                std::chrono::nanoseconds span) const {
  for (const auto& watched : state_->watch_list()) {
    const PoolSource& source = *watched->source;
    // An owned pool is its own source with the same name, so the others need not be read.
    if (source.kind() == SourceKind::owned && source.name() != pool) continue;
    if (auto history = state_->history_of(*watched, pool, span)) return history;
  }
  return std::nullopt;
}

std::optional<std::vector<ConnectionSnapshot>> Snapshotter::connections(const std::string& pool) const {
  for (const auto& watched : state_->watch_list()) {
    const PoolSource& source = *watched->source;
    if (source.kind() == SourceKind::owned && source.name() == pool) return source.connections(pool);
  }
  return std::nullopt;
}

std::vector<SuspectedLeak> Snapshotter::leaks() const {
  std::vector<SuspectedLeak> all;
  std::vector<LentServer> lent;
  for (const auto& watched : state_->watch_list()) {
    const auto reading = watched->source->read();
    lent.insert(lent.end(), reading->lent.begin(), reading->lent.end());
    for (const PoolSnapshot& pool : reading->pools) {
      for (LeakReport& lease : watched->source->leaks(pool.label()))
        all.push_back({pool.label(), std::move(lease)});
    }
  }
  for (SuspectedLeak& leak : all) {
    if (leak.lease.session) leak.lease.session->behind = client_behind(*leak.lease.session, lent);
  }
  return all;
}

}  // namespace dbpool
