#include "snapshot/snapshotter.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

#include "dbpool/sync/guarded.hpp"
#include "model/seconds.hpp"
#include "snapshot/client_behind.hpp"
#include "snapshot/failed_logins.hpp"
#include "snapshot/leaks_by_pool.hpp"
#include "snapshot/watching.hpp"

namespace dbpool {
namespace {

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

std::vector<SourceRead> read_all(const WatchList& sources) {
  std::vector<SourceRead> reads;
  reads.reserve(sources.size());
  for (const auto& watched : sources) reads.push_back(read_with_leaks(*watched->source));
  return reads;
}

bool lends(const SourceRead& read) {
  return !read.reading->lent.empty();
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

  WatchList watch_list() const { return watched.access()->all(); }
  std::vector<HealthChange> judge(Watched& source, const SourceRead& read);
  void set_vanished_aside(Watched& source, std::vector<HealthChange>& changes) const;
  void judge_round(const WatchList& judged);
  FleetSnapshot snapshot_of(const WatchList& sources) const;
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

void Snapshotter::State::judge_round(const WatchList& judged) {
  std::vector<HealthChange> changes;
  {
    // One round at a time, so that no figures are judged after newer ones.
    const std::lock_guard lock(judging);
    ++round;
    std::vector<SourceRead> reads = read_all(judged);
    // An event in one of a thousand pools must not read the others; only a pooler needs what they report.
    if (std::ranges::any_of(reads, lends)) {
      const auto servers = read_all(watch_list());
      for (SourceRead& read : reads) add_lent_leaks(servers, read);
    }
    for (std::size_t i = 0; i < judged.size(); ++i)
      std::ranges::move(judge(*judged[i], reads[i]), std::back_inserter(changes));
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

FleetSnapshot Snapshotter::State::snapshot_of(const WatchList& sources) const {
  FleetSnapshot fleet;
  fleet.time = clock->wall();
  fleet.at = clock->now();
  fleet.uptime_seconds = seconds_of(fleet.at - started);
  for (const auto& entry : sources) fleet.sources.push_back(read_report(*entry->source));
  const auto access = watched.access();
  for (std::size_t i = 0; i < sources.size(); ++i) {
    SourceReport& source = fleet.sources[i];
    source.info = sources[i]->info;
    for (PoolReport& pool : source.pools) {
      pool.health = health_of(pool.figures, *sources[i]);
      complete(pool, sources[i]->info, fleet);
      pool.diagnosis = sources[i]->diagnoses.find(pool.figures, source.reading.last_error);
      pool.recent_acquisitions = sources[i]->diagnoses.recent_acquisitions(pool.figures);
    }
  }
  return fleet;
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

void Snapshotter::add(WatchedSource source) {
  source.info.is_on_demand = true;
  const auto access = state_->watched.access();
  access->added.push_back(adopt(std::move(source), {}));
}

void Snapshotter::remove(const std::string& source) {
  WatchList removed;  // destroyed after the lock is free
  const auto access = state_->watched.access();
  const auto has_name = [&](const auto& watched) { return watched->source->name() == source; };
  const auto rest = std::ranges::stable_partition(access->added, std::not_fn(has_name));
  removed.assign(rest.begin(), rest.end());
  access->added.erase(rest.begin(), rest.end());
}

void Snapshotter::tick() {
  state_->judge_round(state_->watch_list());
}

void Snapshotter::tick(const std::string& source) {
  WatchList sources = state_->watch_list();
  std::erase_if(sources, [&](const auto& watched) { return watched->source->name() != source; });
  state_->judge_round(sources);
}

FleetSnapshot Snapshotter::snapshot() const {
  return state_->snapshot_of(state_->watch_list());
}

FleetSnapshot Snapshotter::snapshot_of(const std::string& source) const {
  WatchList sources = state_->watched.access()->added;
  std::erase_if(sources, [&](const auto& watched) { return watched->source->name() != source; });
  return state_->snapshot_of(sources);
}

bool Snapshotter::ready() const {
  const WatchList sources = state_->watched.access()->sources;
  return std::ranges::all_of(sources, [](const auto& watched) { return watched->source->read()->settled; });
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
