#include "sources/synthetic/pool_view.hpp"

namespace dbpool {

bool is_held_back(const PoolSnapshot& pool) {
  return pool.paused.value_or(false) || pool.disabled.value_or(false);
}

PoolView::PoolView(const PoolSource::Reading& reading, const PoolKey& pool)
    : reads_(reading.reads.value_or(0)) {
  for (const PoolSnapshot& told : reading.pools) {
    const bool is_pool = told.key == pool;
    const bool is_its_database =
        told.key.scope() == PoolScope::database && told.key.database() == pool.database();
    if (is_pool || is_its_database) held_back_ = held_back_ || is_held_back(told);
    if (!is_pool) continue;
    mode_ = told.pool_mode;
    waiting_ = told.clients_waiting;
    total_ = told.total();
  }
}

}  // namespace dbpool
