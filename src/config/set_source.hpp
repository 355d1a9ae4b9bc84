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
/// Of waits only `synthetic` counts its own; those that a target tells have its window.
inline void set_wait_window(SourceConfig& source, Duration window) {
  if (source.probe.kind == SourceKind::pgbouncer) source.pgbouncer.wait_window = window;
}

// Setters of what is a source's own; set_field.hpp has the general ones.

void set_group_by(SourceConfig& source, const Value& value, Problems& problems);
void set_url(SourceConfig& source, const Value& value, Problems& problems);
/// How a source of JSON is judged unless `health:` says otherwise: as its preset's documents are, else by
/// `capacity`.
HealthPolicy default_policy(const HttpJsonOptions& options);
void set_json_preset(SourceConfig& source, const Value& value, Problems& problems);
void set_json_fields(SourceConfig& source, const Value& value, Problems& problems);

/// Adds what is wrong with options that are fine one by one. `written`: the mapping they were read from.
void check_source(const SourceConfig& source, const Value& written, Problems& problems);

}  // namespace dbpool
