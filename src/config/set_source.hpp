#pragma once

#include "config/config.hpp"
#include "config/health_keys.hpp"
#include "config/set_field.hpp"
#include "config/value.hpp"

namespace dbpool {

inline SourceConfig& part_of(SourceConfig& source, const SourceConfig*) {
  return source;
}
inline ProbeOptions& part_of(SourceConfig& source, const ProbeOptions*) {
  return source.probe;
}
inline PgBouncerOptions& part_of(SourceConfig& source, const PgBouncerOptions*) {
  return source.pgbouncer;
}
inline StatActivityOptions& part_of(SourceConfig& source, const StatActivityOptions*) {
  return source.activity;
}
inline HttpJsonOptions& part_of(SourceConfig& source, const HttpJsonOptions*) {
  return source.http;
}
inline HealthPolicy& part_of(SourceConfig& source, const HealthPolicy*) {
  return source.health;
}
inline SyntheticOptions& part_of(SourceConfig& source, const SyntheticOptions*) {
  auto& synthetic = source.pgbouncer.synthetic;
  return synthetic ? *synthetic : synthetic.emplace();
}

inline void set_error_window(SourceConfig& source, Duration window) {
  if (source.probe.kind == SourceKind::http_json) source.http.error_window = window;
  if (source.probe.kind == SourceKind::pgbouncer) source.pgbouncer.error_window = window;
}
/// Only `synthetic` uses this window; waits reported by a target use the target's own.
inline void set_wait_window(SourceConfig& source, Duration window) {
  if (source.probe.kind == SourceKind::pgbouncer) source.pgbouncer.wait_window = window;
}

// Setters for options that only sources have; set_field.hpp has the general ones.

void set_group_by(SourceConfig& source, const Value& value, Problems& problems);
void set_url(SourceConfig& source, const Value& value, Problems& problems);
/// Returns the policy of an http_json source without `health:`: the one with the name of its preset, else
/// `capacity`.
HealthPolicy default_policy(const HttpJsonOptions& options);
void set_json_preset(SourceConfig& source, const Value& value, Problems& problems);
void set_json_fields(SourceConfig& source, const Value& value, Problems& problems);

/// Checks the options together, after each was read alone. `written`: the mapping they were read from.
void check_source(const SourceConfig& source, const Value& written, Problems& problems);

}  // namespace dbpool
