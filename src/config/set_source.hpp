#pragma once

#include "config/config.hpp"
#include "config/health_keys.hpp"
#include "config/set_field.hpp"
#include "config/value.hpp"

namespace dbpool {

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

/// The field of a source that a pointer to a member of one of its parts means.
template <typename Part, typename Field>
Field& field_of(SourceConfig& source, Field Part::*field) {
  return part_of(source, static_cast<const Part*>(nullptr)).*field;
}

inline void set_error_window(SourceConfig& source, Duration window) {
  source.http.error_window = window;
}
/// No reader counts waits itself: their window is the target's own.
inline void set_wait_window(SourceConfig& /*source*/, Duration /*window*/) {}

// Setters of what is a source's own; set_field.hpp has the general ones.

void set_source_name(SourceConfig& source, const Value& value, Problems& problems);
void set_source_dsn(SourceConfig& source, const Value& value, Problems& problems);
void set_source_dsn_file(SourceConfig& source, const Value& value, Problems& problems);
void set_synthetic_dsn(SourceConfig& source, const Value& value, Problems& problems);
void set_synthetic_dsn_file(SourceConfig& source, const Value& value, Problems& problems);
void set_group_by(SourceConfig& source, const Value& value, Problems& problems);
void set_url(SourceConfig& source, const Value& value, Problems& problems);
/// Also the health policy is the preset's, unless `health:` says otherwise.
void set_json_preset(SourceConfig& source, const Value& value, Problems& problems);
void set_json_fields(SourceConfig& source, const Value& value, Problems& problems);

/// Adds what is wrong with options that are fine one by one. `written`: the mapping they were read from.
void check_source(const SourceConfig& source, const Value& written, Problems& problems);

}  // namespace dbpool
