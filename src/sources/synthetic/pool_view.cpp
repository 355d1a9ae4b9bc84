#include "sources/synthetic/pool_view.hpp"

namespace dbpool {

bool is_held_back(const PoolSnapshot& pool) {
  return pool.paused.value_or(false) || pool.disabled.value_or(false);
}

PoolView::PoolView(const PoolSource::Reading& reading, const std::string& pool, const std::string& database)
    : reads_(reading.reads.value_or(0)) {
  for (const PoolSnapshot& told : reading.pools) {
    if (told.pool != pool && told.pool != database) continue;
    held_back_ = held_back_ || is_held_back(told);
    if (told.pool != pool) continue;
    mode_ = told.pool_mode;
    waiting_ = told.clients_waiting;
  }
}

}  // namespace dbpool
