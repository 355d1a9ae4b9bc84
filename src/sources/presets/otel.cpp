#include <array>

#include "sources/presets/preset_rows.hpp"

namespace dbpool {
namespace {

// One metric of OpenTelemetry has several names in Prometheus: exporters append the unit or not,
// prometheus-net puts the meter in front, and Prometheus 3 keeps the dots. What is pushed has the names with
// dots, and its scope in `otel.scope.name`. The attributes have changed their
// names twice, so a series has one of three labels for the pool and one of three for the state.
//
// Of the producers of wait_time, HikariCP alone is known to observe each acquisition and each timeout, and
// its scope identifies it. MySqlConnector observes neither a timeout nor an acquisition that opens a
// connection. `timeouts` has no series before the first timeout.
constexpr auto otel_new = std::to_array<PresetField>({
    {"idle", R"(db_client_connection_count{db_client_connection_state="idle"})"},
    {"idle", R"(db_client_connection_count{db_client_connections_state="idle"})"},
    {"idle", R"(db_client_connection_count{state="idle"})"},
    {"idle", R"(npgsql_db_client_connection_count{db_client_connection_state="idle"})"},
    {"idle", R"(db.client.connection.count{db.client.connection.state="idle"})"},
    {"idle", R"(db.client.connection.count{db.client.connections.state="idle"})"},
    {"idle", R"(db.client.connection.count{state="idle"})"},
    {"active", R"(db_client_connection_count{db_client_connection_state="used"})"},
    {"active", R"(db_client_connection_count{db_client_connections_state="used"})"},
    {"active", R"(db_client_connection_count{state="used"})"},
    {"active", R"(npgsql_db_client_connection_count{db_client_connection_state="used"})"},
    {"active", R"(db.client.connection.count{db.client.connection.state="used"})"},
    {"active", R"(db.client.connection.count{db.client.connections.state="used"})"},
    {"active", R"(db.client.connection.count{state="used"})"},
    {"min", "db_client_connection_idle_min"},
    {"min", "npgsql_db_client_connection_idle_min"},
    {"min", "db.client.connection.idle.min"},
    {"max", "db_client_connection_max"},
    {"max", "npgsql_db_client_connection_max"},
    {"max", "db.client.connection.max"},
    {"waiting", "db_client_connection_pending_requests"},
    {"waiting", "db_client_connection_npgsql_pending_requests"},
    {"waiting", "npgsql_db_client_connection_npgsql_pending_requests"},
    {"waiting", "db.client.connection.pending_requests"},
    {"waiting", "db.client.connection.npgsql.pending_requests"},
    {"acquisition_timeouts", "db_client_connection_timeouts_total"},
    {"acquisition_timeouts", "db_client_connection_timeouts"},
    {"acquisition_timeouts", "db_client_connection_npgsql_timeouts_total"},
    {"acquisition_timeouts", "npgsql_db_client_connection_npgsql_timeouts"},
    {"acquisition_timeouts", "db.client.connection.timeouts"},
    {"acquisition_timeouts", "db.client.connection.npgsql.timeouts"},
    {"acquisitions",
     "db_client_connection_wait_time_seconds_count"
     R"({otel_scope_name="io.opentelemetry.hikaricp-3.0"})"
     " - db_client_connection_timeouts_total"},
    {"acquisitions",
     "db_client_connection_wait_time_count"
     R"({otel_scope_name="io.opentelemetry.hikaricp-3.0"})"
     " - db_client_connection_timeouts_total"},
    {"acquisitions",
     "db_client_connection_wait_time_count"
     R"({otel_scope_name="io.opentelemetry.hikaricp-3.0"})"
     " - db_client_connection_timeouts"},
    {"acquisitions",
     "db.client.connection.wait_time_count"
     R"({otel_scope_name="io.opentelemetry.hikaricp-3.0"})"
     " - db.client.connection.timeouts"},
    {"acquisitions",
     "db.client.connection.wait_time_count"
     R"({otel.scope.name="io.opentelemetry.hikaricp-3.0"})"
     " - db.client.connection.timeouts"},
    {"acquisitions",
     "db_client_connection_wait_time_seconds_count"
     R"({otel_scope_name="io.opentelemetry.hikaricp-3.0"})"},
    {"acquisitions",
     "db_client_connection_wait_time_count"
     R"({otel_scope_name="io.opentelemetry.hikaricp-3.0"})"},
    {"acquisitions",
     "db.client.connection.wait_time_count"
     R"({otel_scope_name="io.opentelemetry.hikaricp-3.0"})"},
    {"acquisitions",
     "db.client.connection.wait_time_count"
     R"({otel.scope.name="io.opentelemetry.hikaricp-3.0"})"},
    {"acquisition_duration", "db_client_connection_wait_time_seconds"},
    {"acquisition_duration", "db_client_connection_wait_time"},
    {"acquisition_duration", "db.client.connection.wait_time"},
    {"usage_duration", "db_client_connection_use_time_seconds"},
    {"usage_duration", "db_client_connection_use_time"},
    {"usage_duration", "db.client.connection.use_time"},
    {"connect_duration", "db_client_connection_create_time_seconds"},
    {"connect_duration", "db_client_connection_create_time"},
    {"connect_duration", "db_client_connection_npgsql_create_time_seconds"},
    {"connect_duration", "npgsql_db_client_connection_npgsql_create_time"},
    {"connect_duration", "db.client.connection.create_time"},
    {"connect_duration", "db.client.connection.npgsql.create_time"},
});

// The times are milliseconds by the conventions, and seconds in .NET.
constexpr auto otel_old = std::to_array<PresetField>({
    {"idle", R"(db_client_connections_usage{state="idle"})"},
    {"idle", R"(db_client_connections_usage{db_client_connections_state="idle"})"},
    {"idle", R"(db_client_connections_usage_connections{state="idle"})"},
    {"idle", R"(npgsql_db_client_connections_usage{state="idle"})"},
    {"idle", R"(mysqlconnector_db_client_connections_usage{state="idle"})"},
    {"idle", R"(db.client.connections.usage{state="idle"})"},
    {"idle", R"(db.client.connections.usage{db.client.connections.state="idle"})"},
    {"idle", R"(db.client.connections.usage{db.client.connection.state="idle"})"},
    {"active", R"(db_client_connections_usage{state="used"})"},
    {"active", R"(db_client_connections_usage{db_client_connections_state="used"})"},
    {"active", R"(db_client_connections_usage_connections{state="used"})"},
    {"active", R"(npgsql_db_client_connections_usage{state="used"})"},
    {"active", R"(mysqlconnector_db_client_connections_usage{state="used"})"},
    {"active", R"(db.client.connections.usage{state="used"})"},
    {"active", R"(db.client.connections.usage{db.client.connections.state="used"})"},
    {"active", R"(db.client.connections.usage{db.client.connection.state="used"})"},
    {"min", "db_client_connections_idle_min"},
    {"min", "mysqlconnector_db_client_connections_idle_min"},
    {"min", "db.client.connections.idle.min"},
    {"max", "db_client_connections_max"},
    {"max", "npgsql_db_client_connections_max"},
    {"max", "mysqlconnector_db_client_connections_max"},
    {"max", "db.client.connections.max"},
    {"waiting", "db_client_connections_pending_requests"},
    {"waiting", "npgsql_db_client_connections_pending_requests"},
    {"waiting", "mysqlconnector_db_client_connections_pending_requests"},
    {"waiting", "db.client.connections.pending_requests"},
    {"acquisition_timeouts", "db_client_connections_timeouts_total"},
    {"acquisition_timeouts", "db_client_connections_timeouts"},
    {"acquisition_timeouts", "npgsql_db_client_connections_timeouts"},
    {"acquisition_timeouts", "mysqlconnector_db_client_connections_timeouts"},
    {"acquisition_timeouts", "db.client.connections.timeouts"},
    {"acquisitions",
     "db_client_connections_wait_time_milliseconds_count"
     R"({otel_scope_name="io.opentelemetry.hikaricp-3.0"})"
     " - db_client_connections_timeouts_total"},
    {"acquisitions",
     "db_client_connections_wait_time_count"
     R"({otel_scope_name="io.opentelemetry.hikaricp-3.0"})"
     " - db_client_connections_timeouts_total"},
    {"acquisitions",
     "db_client_connections_wait_time_count"
     R"({otel_scope_name="io.opentelemetry.hikaricp-3.0"})"
     " - db_client_connections_timeouts"},
    {"acquisitions",
     "db.client.connections.wait_time_count"
     R"({otel_scope_name="io.opentelemetry.hikaricp-3.0"})"
     " - db.client.connections.timeouts"},
    {"acquisitions",
     "db.client.connections.wait_time_count"
     R"({otel.scope.name="io.opentelemetry.hikaricp-3.0"})"
     " - db.client.connections.timeouts"},
    {"acquisitions",
     "db_client_connections_wait_time_milliseconds_count"
     R"({otel_scope_name="io.opentelemetry.hikaricp-3.0"})"},
    {"acquisitions",
     "db_client_connections_wait_time_count"
     R"({otel_scope_name="io.opentelemetry.hikaricp-3.0"})"},
    {"acquisitions",
     "db.client.connections.wait_time_count"
     R"({otel_scope_name="io.opentelemetry.hikaricp-3.0"})"},
    {"acquisitions",
     "db.client.connections.wait_time_count"
     R"({otel.scope.name="io.opentelemetry.hikaricp-3.0"})"},
    {"acquisition_duration", "db_client_connections_wait_time_milliseconds", TimeUnit::milliseconds},
    {"acquisition_duration", "db_client_connections_wait_time_seconds"},
    {"acquisition_duration", "mysqlconnector_db_client_connections_wait_time"},
    {"acquisition_duration", "db_client_connections_wait_time", TimeUnit::milliseconds},
    {"acquisition_duration", "db.client.connections.wait_time", TimeUnit::milliseconds},
    {"usage_duration", "db_client_connections_use_time_milliseconds", TimeUnit::milliseconds},
    {"usage_duration", "db_client_connections_use_time_seconds"},
    {"usage_duration", "mysqlconnector_db_client_connections_use_time"},
    {"usage_duration", "db_client_connections_use_time", TimeUnit::milliseconds},
    {"usage_duration", "db.client.connections.use_time", TimeUnit::milliseconds},
    {"connect_duration", "db_client_connections_create_time_milliseconds", TimeUnit::milliseconds},
    {"connect_duration", "db_client_connections_create_time_seconds"},
    {"connect_duration", "npgsql_db_client_connections_create_time"},
    {"connect_duration", "mysqlconnector_db_client_connections_create_time"},
    {"connect_duration", "db_client_connections_create_time", TimeUnit::milliseconds},
    {"connect_duration", "db.client.connections.create_time", TimeUnit::milliseconds},
});

// A label that a series does not have leaves nothing in the name.
constexpr std::string_view otel_pool =
    "{db_client_connection_pool_name}{db_client_connections_pool_name}{pool_name}"
    "{db.client.connection.pool.name}{db.client.connections.pool.name}{pool.name}";

constexpr auto otel = std::to_array<Preset>({
    {.name = "otel",
     .variant = "new names",
     .pool = otel_pool,
     .fields = otel_new,
     .gaps = "No created or closed connections, errors or leaks. Acquisitions are known where the label "
             "`otel_scope_name` (`otel.scope.name` where pushed) is HikariCP's: others may not observe each "
             "of them as a wait. Npgsql has no "
             "waiting times in any version, and Node.js only counts. The default buckets of the seconds "
             "begin at 5 s. The largest number of idle connections is left out",
     .bounds_cure =
         "set OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION="
         "base2_exponential_bucket_histogram if it pushes (JavaScript, Rust and C++ have no such "
         "setting), or add a view with bounds from 1 ms to 1 s for db.client.connection.wait_time"},
    {.name = "otel",
     .variant = "old names",
     .pool = otel_pool,
     .fields = otel_old,
     .gaps = "No created or closed connections, errors or leaks. Acquisitions are known where the label "
             "`otel_scope_name` is HikariCP's: MySqlConnector, for one, observes waits for connections that "
             "are open already, and no others. With milliseconds the default buckets do contain 10 ms. "
             "go-redis uses these names too: `match: {db_system: \"~(?!redis).*\"}` leaves them "
             "out (`db.system` where pushed)",
     .bounds_cure =
         "set OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION="
         "base2_exponential_bucket_histogram if it pushes (JavaScript, Rust and C++ have no such "
         "setting), or add a view with bounds from 1 ms to 1 s for db.client.connections.wait_time"},
});

}  // namespace

std::span<const Preset> otel_presets() {
  return otel;
}

}  // namespace dbpool
