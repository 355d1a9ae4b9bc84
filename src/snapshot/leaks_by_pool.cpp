#include "snapshot/leaks_by_pool.hpp"

#include <algorithm>

#include "snapshot/client_behind.hpp"

namespace dbpool {
namespace {

/// Returns the pool of a pooler that serves this client; nullptr = it is not in the reading.
const PoolSnapshot* pool_of(const PooledClient& client, const PoolSource::Reading& pooler) {
  const auto serves = [&](const PoolSnapshot& pool) {
    return pool.key.scope() == PoolScope::pool && pool.key.database() == client.database &&
           pool.key.user() == client.user;
  };
  const auto found = std::ranges::find_if(pooler.pools, serves);
  return found == pooler.pools.end() ? nullptr : &*found;
}

void add_lent(const LeaksByPool& of_server, const PoolSource::Reading& pooler, LeaksByPool& into) {
  for (const auto& [sessions, leaks] : of_server) {
    for (const LeakReport& leak : leaks) {
      const auto client = leak.session ? client_behind(*leak.session, pooler.lent) : std::nullopt;
      const PoolSnapshot* const lender = client ? pool_of(*client, pooler) : nullptr;
      if (lender != nullptr) into[lender->label()].push_back(leak);
    }
  }
}

}  // namespace

SourceRead read_with_leaks(const PoolSource& source) {
  SourceRead read{source.read(), {}};
  for (const PoolSnapshot& figures : read.reading->pools) {
    if (figures.leaked.value_or(0) > 0) read.leaks.emplace(figures.label(), source.leaks(figures.label()));
  }
  return read;
}

void add_lent_leaks(const std::vector<SourceRead>& servers, SourceRead& pooler) {
  LeaksByPool lent;
  for (const SourceRead& server : servers) add_lent(server.leaks, *pooler.reading, lent);
  pooler.leaks.merge(lent);
}

}  // namespace dbpool
