#include <array>

#include "sources/presets/preset_rows.hpp"

namespace dbpool {
namespace {

// sql.DBStats: `max_open` 0 is unlimited. `wait_count` counts the waits, which are not acquisitions.
constexpr auto go_sql_client_golang = std::to_array<PresetField>({
    {"idle", "go_sql_idle_connections"},
    {"active", "go_sql_in_use_connections"},
    {"max", "go_sql_max_open_connections"},
    {"closed.idle", "go_sql_max_idle_closed_total + go_sql_max_idle_time_closed_total"},
    {"closed.idle", "go_sql_max_idle_closed_total"},
    {"closed.max_lifetime", "go_sql_max_lifetime_closed_total"},
    {"wait_seconds", "go_sql_wait_duration_seconds_total"},
});

constexpr auto go_sql_sqlstats = std::to_array<PresetField>({
    {"idle", "go_sql_stats_connections_idle"},
    {"active", "go_sql_stats_connections_in_use"},
    {"max", "go_sql_stats_connections_max_open"},
    {"closed.idle",
     "go_sql_stats_connections_closed_max_idle + go_sql_stats_connections_closed_max_idle_time"},
    {"closed.idle", "go_sql_stats_connections_closed_max_idle"},
    {"closed.max_lifetime", "go_sql_stats_connections_closed_max_lifetime"},
    {"wait_seconds", "go_sql_stats_connections_blocked_seconds"},
});

// XSAM/otelsql. Without its unit in the name, the waiting time is in milliseconds too.
constexpr auto go_sql_otelsql = std::to_array<PresetField>({
    {"idle", R"(db_sql_connection_open{status="idle"})"},
    {"idle", R"(db.sql.connection.open{status="idle"})"},
    {"active", R"(db_sql_connection_open{status="inuse"})"},
    {"active", R"(db.sql.connection.open{status="inuse"})"},
    {"max", "db_sql_connection_max_open"},
    {"max", "db.sql.connection.max_open"},
    {"closed.idle", "db_sql_connection_closed_max_idle_total + db_sql_connection_closed_max_idle_time_total"},
    {"closed.idle", "db_sql_connection_closed_max_idle_total"},
    {"closed.idle", "db.sql.connection.closed_max_idle + db.sql.connection.closed_max_idle_time"},
    {"closed.max_lifetime", "db_sql_connection_closed_max_lifetime_total"},
    {"closed.max_lifetime", "db.sql.connection.closed_max_lifetime"},
    {"wait_seconds", "db_sql_connection_wait_duration_milliseconds_total * 1e-3"},
    {"wait_seconds", "db_sql_connection_wait_duration_total * 1e-3"},
    {"wait_seconds", "db.sql.connection.wait_duration * 1e-3"},
});

// uptrace/otelsql, and what is built on it, such as gorm's plugin. The waiting time is in nanoseconds.
constexpr auto go_sql_uptrace = std::to_array<PresetField>({
    {"idle", "go.sql.connections_idle"},
    {"active", "go.sql.connections_in_use"},
    {"max", "go.sql.connections_max_open"},
    {"closed.idle", "go.sql.connections_closed_max_idle + go.sql.connections_closed_max_idle_time"},
    {"closed.max_lifetime", "go.sql.connections_closed_max_lifetime"},
    {"wait_seconds", "go.sql.connections_wait_duration * 1e-9"},
});

constexpr std::string_view go_sql_gaps =
    "database/sql counts the calls that had to wait and their time, but neither acquisitions nor "
    "timeouts nor the callers that wait now, and has no histogram";

constexpr auto go_sql = std::to_array<Preset>({
    {.name = "go-sql",
     .variant = "client_golang",
     .pool = "{db_name}",
     .fields = go_sql_client_golang,
     .gaps = go_sql_gaps},
    {.name = "go-sql",
     .variant = "sqlstats",
     .pool = "{db_name}",
     .fields = go_sql_sqlstats,
     .gaps = go_sql_gaps},
    {.name = "go-sql",
     .variant = "otelsql",
     .pool = "{db_name}{db.name}",
     .fields = go_sql_otelsql,
     .gaps = go_sql_gaps},
    {.name = "go-sql",
     .variant = "uptrace",
     .pool = "{db.name}{db.namespace}",
     .fields = go_sql_uptrace,
     .gaps = go_sql_gaps},
});

// The counters have no `_total`. An acquire may be cancelled by a deadline or by its caller, so that count is
// not mapped. The waiting time of an acquire that found an idle connection is next to 0, but
// `acquire_duration` has it.
constexpr auto pgxpool_fields = std::to_array<PresetField>({
    {"idle", "pgxpool_idle_conns"},
    {"active", "pgxpool_acquired_conns"},
    {"opening", "pgxpool_constructing_conns"},
    {"max", "pgxpool_max_conns"},
    {"acquisitions", "pgxpool_acquire_count"},
    {"created", "pgxpool_new_conns_count"},
    {"closed.max_lifetime", "pgxpool_max_lifetime_destroy_count"},
    {"closed.idle", "pgxpool_max_idle_destroy_count"},
    {"wait_seconds", "pgxpool_empty_acquire_wait_time_ns * 1e-9"},
});

// exaring/otelpgx, as an OpenTelemetry exporter for Prometheus names its metrics.
constexpr auto pgxpool_otelpgx = std::to_array<PresetField>({
    {"idle", "pgxpool_idle_connections"},
    {"idle", "pgxpool.idle_connections"},
    {"active", "pgxpool_acquired_connections"},
    {"active", "pgxpool.acquired_connections"},
    {"opening", "pgxpool_constructing_connections"},
    {"opening", "pgxpool.constructing_connections"},
    {"max", "pgxpool_max_connections"},
    {"max", "pgxpool.max_connections"},
    {"acquisitions", "pgxpool_acquires_total"},
    {"acquisitions", "pgxpool.acquires"},
    {"created", "pgxpool_new_connections_total"},
    {"created", "pgxpool.new_connections"},
    {"closed.max_lifetime", "pgxpool_max_lifetime_destroys_total"},
    {"closed.max_lifetime", "pgxpool.max_lifetime_destroys"},
    {"closed.idle", "pgxpool_max_idle_destroys_total"},
    {"closed.idle", "pgxpool.max_idle_destroys"},
    {"wait_seconds", "pgxpool_empty_acquire_wait_time_nanoseconds_total * 1e-9"},
    {"wait_seconds", "pgxpool.empty_acquire_wait_time * 1e-9"},
});

constexpr std::string_view pgxpool_gaps =
    "Cancelled acquires are deadlines and cancellations together, so timeouts are unknown. No "
    "callers that wait now, no histogram";

constexpr auto pgxpool = std::to_array<Preset>({
    {.name = "pgxpool",
     .variant = "pgxpoolprometheus",
     .pool = "",
     .fields = pgxpool_fields,
     .gaps = pgxpool_gaps},
    {.name = "pgxpool",
     .variant = "otelpgx",
     .pool = "{db_client_connection_pool_name}{db.client.connection.pool.name}",
     .fields = pgxpool_otelpgx,
     .gaps = pgxpool_gaps},
});

// Gauges of dd-trace-go, of what the libraries count. The waiting time of database/sql and the time of pgx's
// acquisitions are totals that it sends as single durations, so they are left out.
constexpr auto dd_trace_go_sql = std::to_array<PresetField>({
    {"idle", "datadog.tracer.sql.db.connections.idle"},
    {"active", "datadog.tracer.sql.db.connections.in_use"},
    {"max", "datadog.tracer.sql.db.connections.max_open"},
    {"closed.idle",
     "datadog.tracer.sql.db.connections.closed.max_idle_conns"
     " + datadog.tracer.sql.db.connections.closed.max_idle_time"},
    {"closed.max_lifetime", "datadog.tracer.sql.db.connections.closed.max_lifetime"},
});

constexpr auto dd_trace_go_pgx = std::to_array<PresetField>({
    {"idle", "datadog.tracer.pgx.pool.connections.idle_conns"},
    {"active", "datadog.tracer.pgx.pool.connections.acquired_conns"},
    {"opening", "datadog.tracer.pgx.pool.connections.constructing_conns"},
    {"max", "datadog.tracer.pgx.pool.connections.max_conns"},
    {"acquisitions", "datadog.tracer.pgx.pool.connections.acquire"},
    {"created", "datadog.tracer.pgx.pool.connections.new_conns"},
    {"closed.idle", "datadog.tracer.pgx.pool.connections.max_idle_destroy"},
    {"closed.max_lifetime", "datadog.tracer.pgx.pool.connections.max_lifetime_destroy"},
});

constexpr std::string_view dd_trace_go_gaps =
    "Gauges each 10 s, for `events`. The time of waits is a total that is sent as a single duration, and "
    "is left out";

constexpr auto dd_trace_go = std::to_array<Preset>({
    {.name = "dd-trace-go",
     .variant = "database/sql",
     .pool = "{service}",
     .fields = dd_trace_go_sql,
     .gaps = dd_trace_go_gaps},
    {.name = "dd-trace-go",
     .variant = "pgxpool",
     .pool = "{service}",
     .fields = dd_trace_go_pgx,
     .gaps = dd_trace_go_gaps},
});

}  // namespace

std::span<const Preset> go_sql_presets() {
  return go_sql;
}
std::span<const Preset> pgxpool_presets() {
  return pgxpool;
}
std::span<const Preset> dd_trace_go_presets() {
  return dd_trace_go;
}

}  // namespace dbpool
