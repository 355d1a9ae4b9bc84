#pragma once

#include "config/config.hpp"
#include "config/health_keys.hpp"
#include "config/set_field.hpp"
#include "config/value.hpp"

namespace dbpool {

inline PoolConfig& part_of(PoolConfig& pool, const PoolConfig*) {
  return pool;
}
inline PoolOptions& part_of(PoolConfig& pool, const PoolOptions*) {
  return pool.options;
}
inline SqliteOptions& part_of(PoolConfig& pool, const SqliteOptions*) {
  return pool.sqlite;
}
inline CanaryOptions& part_of(PoolConfig& pool, const CanaryOptions*) {
  return pool.canary;
}
inline HealthPolicy& part_of(PoolConfig& pool, const HealthPolicy*) {
  return pool.health;
}

// The pool counts within these windows; the judgement uses its counts.
inline void set_error_window(PoolConfig& pool, Duration window) {
  pool.options.error_window = window;
}
inline void set_wait_window(PoolConfig& pool, Duration window) {
  pool.options.wait_window = window;
}

// Setters for options that only pools have; set_field.hpp has the general ones.

void set_driver(PoolConfig& pool, const Value& value, Problems& problems);
void set_journal_mode(PoolConfig& pool, const Value& value, Problems& problems);
void set_validate(PoolConfig& pool, const Value& value, Problems& problems);
void set_buckets(PoolConfig& pool, const Value& value, Problems& problems);
void set_labels(PoolConfig& pool, const Value& value, Problems& problems);

/// Checks the options together, after each was read alone. `written`: the mapping they were read from.
void check_pool(const PoolConfig& pool, const Value& written, Problems& problems);

}  // namespace dbpool
