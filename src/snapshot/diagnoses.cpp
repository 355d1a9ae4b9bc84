#include "snapshot/diagnoses.hpp"

#include <utility>

#include "snapshot/failed_logins.hpp"

namespace dbpool {

void Diagnoses::update(SourceKind kind, const PoolSource::Reading& reading, const LeaksByPool& leaks,
                       TimePoint now) {
  record(reading, now);
  const Databases databases = databases_in(reading);
  static const std::vector<LeakReport> no_leaks;
  for (const PoolSnapshot& figures : reading.pools) {
    if (!has_diagnosis(figures)) continue;
    Pool& pool = pools_.at(figures.label());
    pool.last.reset();
    if (figures.unread) continue;
    const auto of_pool = leaks.find(figures.label());
    const auto database = databases.find(figures.key.database());
    const Windows windows = pool.past.windows();
    pool.last = std::make_shared<const Diagnosis>(
        diagnose({kind, figures, windows, of_pool == leaks.end() ? no_leaks : of_pool->second,
                  database == databases.end() ? nullptr : &database->second}));
  }
}

void Diagnoses::record(const PoolSource::Reading& reading, TimePoint now) {
  std::map<std::string, Pool> present;
  for (const PoolSnapshot& figures : reading.pools) {
    if (figures.key.scope() == PoolScope::application) continue;
    auto known = pools_.extract(figures.label());
    Pool& pool = known ? present.insert(std::move(known)).position->second : present[figures.label()];
    pool.past.record(figures, now);
    pool.acquisitions.record(figures.acquisition_duration, now);
    pool.recent_acquisitions = pool.acquisitions.last_five_minutes();
  }
  pools_.swap(present);
}

Diagnoses::Databases Diagnoses::databases_in(const PoolSource::Reading& reading) const {
  Databases databases;
  for (const PoolSnapshot& figures : reading.pools) {
    const std::string& name = figures.key.database();
    if (name.empty()) continue;
    if (figures.key.scope() == PoolScope::database)
      databases[name].windows = pools_.at(figures.label()).past.windows();
  }
  for (const auto& [name, error] : failed_logins(reading)) databases[name].failed_login = error;
  return databases;
}

std::shared_ptr<const Diagnosis> Diagnoses::find(const PoolSnapshot& figures,
                                                 const std::string& source_error) const {
  if (!has_diagnosis(figures)) return nullptr;
  if (figures.unread) return std::make_shared<const Diagnosis>(not_read(source_error));
  const auto known = pools_.find(figures.label());
  const bool is_diagnosed = known != pools_.end() && known->second.last != nullptr;
  return is_diagnosed ? known->second.last : std::make_shared<const Diagnosis>();
}

std::shared_ptr<const Histogram> Diagnoses::recent_acquisitions(const PoolSnapshot& figures) const {
  const auto known = pools_.find(figures.label());
  const bool is_known = !figures.unread && figures.acquisition_duration && known != pools_.end();
  return is_known ? known->second.recent_acquisitions : nullptr;
}

void Diagnoses::begin_anew() {
  for (auto& [name, pool] : pools_) {
    pool.past.forget_totals();
    pool.acquisitions.forget_total();
    pool.last.reset();
  }
}

}  // namespace dbpool
