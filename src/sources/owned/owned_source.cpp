#include "sources/owned/owned_source.hpp"

#include <algorithm>

#include "model/utf8.hpp"

namespace dbpool {
namespace {

std::map<std::string, std::string> valid(std::map<std::string, std::string> labels) {
  for (auto& [name, value] : labels) value = valid_utf8(value);
  return labels;
}

}  // namespace

OwnedSource::OwnedSource(const PoolOptions& options, std::shared_ptr<Driver> driver,
                         const CanaryOptions& canary, std::map<std::string, std::string> labels,
                         const Runtime& runtime, std::shared_ptr<PoolObserver> observer)
    : runtime_(runtime),
      pool_(std::make_shared<Pool>(options, std::move(driver), runtime, std::move(observer))),
      extras_(Extras{valid(std::move(labels)), std::make_shared<Canary>(pool_, canary, runtime)}) {}

void OwnedSource::reconfigure(const CanaryOptions& canary, std::map<std::string, std::string> labels) {
  Extras extras{valid(std::move(labels)), std::make_shared<Canary>(pool_, canary, runtime_)};
  std::swap(*extras_.access(), extras);
}

std::shared_ptr<const PoolSource::Reading> OwnedSource::read() const {
  const auto reading = std::make_shared<Reading>();
  PoolSnapshot pool = pool_->snapshot();
  for (std::string* const text : {&pool.info.driver, &pool.info.database, &pool.info.user})
    *text = valid_utf8(*text);
  pool.info.labels = extras_.access()->labels;
  reading->up = pool.last_contact_ok;
  reading->settled = pool.phase != PoolPhase::initializing;
  reading->pools.push_back(std::move(pool));
  return reading;
}

std::vector<ConnectionSnapshot> OwnedSource::connections(const std::string& pool) const {
  return pool == name() ? pool_->connections() : std::vector<ConnectionSnapshot>{};
}

std::vector<LeakReport> OwnedSource::leaks(const std::string& pool) const {
  return pool == name() ? pool_->leaks() : std::vector<LeakReport>{};
}

void OwnedSource::stop() {
  const auto canary = extras_.access()->canary;
  canary->stop();
  pool_->shut_down();
}

std::uint64_t OwnedSource::leases_out() const {
  const auto active = pool_->snapshot().active.value_or(0);
  const auto canary = extras_.access()->canary;
  return active - std::min<std::uint64_t>(active, canary->querying());
}

}  // namespace dbpool
