#pragma once

#include <cstdint>

#include "config/config.hpp"
#include "config/health_keys.hpp"
#include "config/read_value.hpp"
#include "config/value.hpp"

namespace dbpool {

// Setters for the table of keys: each reads one value and sets what it stands for, or adds a problem.

inline PoolOptions& part_of(PoolConfig& pool, const PoolOptions*) {
  return pool.options;
}
inline CanaryOptions& part_of(PoolConfig& pool, const CanaryOptions*) {
  return pool.canary;
}
inline HealthPolicy& part_of(PoolConfig& pool, const HealthPolicy*) {
  return pool.health;
}

/// The field of a pool that a pointer to a member of one of its parts means.
template <typename Part, typename Field>
Field& field_of(PoolConfig& pool, Field Part::*field) {
  return part_of(pool, static_cast<const Part*>(nullptr)).*field;
}

template <auto field, unsigned low, unsigned high>
void whole(PoolConfig& pool, const Value& value, Problems& problems) {
  if (const auto number = read_whole(value, {low, high}, problems)) field_of(pool, field) = *number;
}

template <auto field, std::int64_t least = 0>
void duration(PoolConfig& pool, const Value& value, Problems& problems) {
  if (const auto read = read_duration(value, Duration(least), problems)) field_of(pool, field) = *read;
}

template <auto field>
void text(PoolConfig& pool, const Value& value, Problems& problems) {
  if (const auto read = read_text(value, problems)) field_of(pool, field) = *read;
}

template <auto field>
void switched(PoolConfig& pool, const Value& value, Problems& problems) {
  if (const auto read = read_switch(value, problems)) field_of(pool, field) = *read;
}

template <HealthReason reason>
void threshold(PoolConfig& pool, const Value& value, Problems& problems) {
  override_threshold(pool, reason, value, problems);
}

void set_name(PoolConfig& pool, const Value& value, Problems& problems);
void set_driver(PoolConfig& pool, const Value& value, Problems& problems);
void set_dsn(PoolConfig& pool, const Value& value, Problems& problems);
void set_dsn_file(PoolConfig& pool, const Value& value, Problems& problems);
void set_validate(PoolConfig& pool, const Value& value, Problems& problems);
void set_error_window(PoolConfig& pool, const Value& value, Problems& problems);
void set_wait_window(PoolConfig& pool, const Value& value, Problems& problems);
void set_buckets(PoolConfig& pool, const Value& value, Problems& problems);
void set_labels(PoolConfig& pool, const Value& value, Problems& problems);

/// Adds what is wrong with options that are fine one by one. `written`: the mapping they were read from.
void check_pool(const PoolConfig& pool, const Value& written, Problems& problems);

}  // namespace dbpool
