#pragma once

#include <memory>
#include <string>

#include "dbpool/model/histogram_recorder.hpp"
#include "dbpool/sync/clock.hpp"

namespace dbpool {

/// When a connection is validated on acquire.
enum class Validate {
  always,
  stale,  ///< if both its last use and its last check are more than 500 ms ago
  never,
};

/// Options of a pool. A duration of 0 switches off max_lifetime, max_idle_time, health_check_interval,
/// leak_detection_timeout and latency_objective.
struct PoolOptions {
  std::string name = "default";
  unsigned min_size = 2;      ///< connections to keep open
  unsigned max_size = 10;     ///< 1 or more, and at least min_size
  unsigned max_overflow = 0;  ///< opened beyond max_size under pressure and closed on return
  unsigned max_waiting = 0;   ///< limit on waiting callers; 0 = no limit
  Duration acquire_timeout = std::chrono::seconds(30);
  Duration max_lifetime = std::chrono::hours(1);  ///< random for each connection, within the last tenth
  Duration max_idle_time = std::chrono::minutes(30);
  Duration health_check_interval = std::chrono::minutes(5);
  Duration connect_timeout = std::chrono::seconds(5);
  Duration validation_timeout = std::chrono::seconds(2);
  std::string validation_query = "SELECT 1";
  Validate validate = Validate::stale;
  Duration command_timeout = std::chrono::seconds(60);
  unsigned retry_attempts = 3;  ///< further connect attempts for one acquire
  Duration leak_detection_timeout = std::chrono::seconds(30);
  bool leak_stack = false;
  std::shared_ptr<const BucketBounds> acquisition_buckets = dbpool::acquisition_buckets();
  Duration latency_objective = std::chrono::milliseconds(10);  ///< longer acquisitions count as slow
  Duration error_window = std::chrono::seconds(60);            ///< for the snapshot's errors_recent
  Duration wait_window = std::chrono::seconds(60);             ///< for the snapshot's wait_recent_peak

  /// Compares the bounds by value.
  bool operator==(const PoolOptions& other) const;
};

}  // namespace dbpool
