#include "snapshot/watching.hpp"

#include <algorithm>
#include <utility>

namespace dbpool {

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

WatchedPool& entry_of(const std::string& pool, Watched& source) {
  const auto [entry, is_new] = source.pools.try_emplace(pool);
  if (!is_new) return entry->second;
  if (auto history = source.vanished.take(pool)) entry->second.history = std::move(*history);
  return entry->second;
}

}  // namespace dbpool
