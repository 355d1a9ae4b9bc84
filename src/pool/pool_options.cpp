#include "dbpool/pool/pool_options.hpp"

#include <tuple>

namespace dbpool {

bool PoolOptions::operator==(const PoolOptions& other) const {
  const auto parts = [](const PoolOptions& o) {
    return std::tie(o.name, o.min_size, o.max_size, o.max_overflow, o.max_waiting, o.acquire_timeout,
                    o.max_lifetime, o.max_idle_time, o.health_check_interval, o.connect_timeout,
                    o.validation_timeout, o.validation_query, o.validate, o.command_timeout, o.retry_attempts,
                    o.leak_detection_timeout, o.leak_stack, *o.acquisition_buckets, o.latency_objective,
                    o.error_window, o.wait_window);
  };
  return parts(*this) == parts(other);
}

}  // namespace dbpool
