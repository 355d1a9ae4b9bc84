#include <array>

#include "sources/presets/preset_rows.hpp"

namespace dbpool {
namespace {

// Micrometer observes an acquisition that timed out too. It counts attempts to connect, failed ones included,
// so `hikaricp_connections_creation_seconds_count` is not `created`. Its `_max` gauges decay within some
// minutes. Names with dots are those of its registry for OpenTelemetry, whose times are milliseconds unless
// it is configured otherwise.
constexpr auto micrometer_hikaricp = std::to_array<PresetField>({
    {"idle", "hikaricp_connections_idle"},
    {"idle", "hikaricp.connections.idle"},
    {"active", "hikaricp_connections_active"},
    {"active", "hikaricp.connections.active"},
    {"min", "hikaricp_connections_min"},
    {"min", "hikaricp.connections.min"},
    {"max", "hikaricp_connections_max"},
    {"max", "hikaricp.connections.max"},
    {"waiting", "hikaricp_connections_pending"},
    {"waiting", "hikaricp.connections.pending"},
    {"acquisitions", "hikaricp_connections_acquire_seconds_count - hikaricp_connections_timeout_total"},
    {"acquisitions", "hikaricp.connections.acquire_count - hikaricp.connections.timeout"},
    {"acquisition_timeouts", "hikaricp_connections_timeout_total"},
    {"acquisition_timeouts", "hikaricp.connections.timeout"},
    {"wait_recent_peak", "hikaricp_connections_acquire_seconds_max"},
    {"wait_recent_peak", R"(hikaricp.connections.acquire.max{otel.metric.unit=~"ms|milliseconds"} * 1e-3)"},
    {"wait_recent_peak", R"(hikaricp.connections.acquire.max{otel.metric.unit=~"s|seconds"})"},
    {"acquisition_duration", "hikaricp_connections_acquire_seconds"},
    {"acquisition_duration", "hikaricp.connections.acquire", TimeUnit::milliseconds},
    {"usage_duration", "hikaricp_connections_usage_seconds"},
    {"usage_duration", "hikaricp.connections.usage", TimeUnit::milliseconds},
    {"connect_duration", "hikaricp_connections_creation_seconds"},
    {"connect_duration", "hikaricp.connections.creation", TimeUnit::milliseconds},
});

constexpr auto micrometer_jdbc = std::to_array<PresetField>({
    {"idle", "jdbc_connections_idle"},
    {"idle", "jdbc.connections.idle"},
    {"active", "jdbc_connections_active"},
    {"active", "jdbc.connections.active"},
    {"min", "jdbc_connections_min"},
    {"min", "jdbc.connections.min"},
    {"max", "jdbc_connections_max"},
    {"max", "jdbc.connections.max"},
});

constexpr auto micrometer_r2dbc = std::to_array<PresetField>({
    {"idle", "r2dbc_pool_idle_connections"},
    {"idle", "r2dbc.pool.idle"},
    {"active", "r2dbc_pool_acquired_connections"},
    {"active", "r2dbc.pool.acquired"},
    {"max", "r2dbc_pool_max_allocated_connections"},
    {"max", "r2dbc.pool.max.allocated"},
    {"waiting", "r2dbc_pool_pending_connections"},
    {"waiting", "r2dbc.pool.pending"},
});

// These are the pools of DBCP2 alone: other libraries use commons-pool2 for other things.
constexpr auto micrometer_commons_pool2 = std::to_array<PresetField>({
    {"idle", R"(commons_pool2_num_idle_objects{factoryType=~".*PoolableConnectionFactory.*"})"},
    {"active", R"(commons_pool2_num_active_objects{factoryType=~".*PoolableConnectionFactory.*"})"},
    {"waiting", R"(commons_pool2_num_waiters_threads{factoryType=~".*PoolableConnectionFactory.*"})"},
    {"acquisitions", R"(commons_pool2_borrowed_objects_total{factoryType=~".*PoolableConnectionFactory.*"})"},
    {"releases", R"(commons_pool2_returned_objects_total{factoryType=~".*PoolableConnectionFactory.*"})"},
    {"created", R"(commons_pool2_created_objects_total{factoryType=~".*PoolableConnectionFactory.*"})"},
    {"closed.idle",
     R"(commons_pool2_destroyed_by_evictor_objects_total{factoryType=~".*PoolableConnectionFactory.*"})"},
    {"closed.validation", R"(commons_pool2_destroyed_by_borrow_validation_objects_total)"
                          R"({factoryType=~".*PoolableConnectionFactory.*"})"},
    {"closed.closed", R"(commons_pool2_destroyed_objects_total{factoryType=~".*PoolableConnectionFactory.*"})"
                      R"( - commons_pool2_destroyed_by_evictor_objects_total)"
                      R"({factoryType=~".*PoolableConnectionFactory.*"})"
                      R"( - commons_pool2_destroyed_by_borrow_validation_objects_total)"
                      R"({factoryType=~".*PoolableConnectionFactory.*"})"},
    {"wait_peak", R"(commons_pool2_max_borrow_wait_seconds{factoryType=~".*PoolableConnectionFactory.*"})"},
});

constexpr auto micrometer = std::to_array<Preset>({
    {.name = "micrometer",
     .variant = "hikaricp",
     .pool = "{pool}",
     .fields = micrometer_hikaricp,
     .gaps = "HikariCP counts attempts to connect, not connections made, and reports no closed "
             "connections, errors or leaks. Without buckets (the default) there are sums and counts, but "
             "no histograms",
     .bounds_cure = "set management.metrics.distribution.slo.hikaricp.connections.acquire="
                    "1ms,5ms,10ms,50ms,100ms,500ms,1s"},
    {.name = "micrometer",
     .variant = "jdbc",
     .pool = "{name}",
     .fields = micrometer_jdbc,
     .gaps = "Spring Boot has only these four gauges for a DataSource that is not HikariCP",
     .yields_to = "hikaricp"},
    {.name = "micrometer",
     .variant = "r2dbc",
     .pool = "{name}",
     .fields = micrometer_r2dbc,
     .gaps = "R2DBC Pool reports gauges only"},
    {.name = "micrometer",
     .variant = "commons-pool2",
     .pool = "{name}",
     .fields = micrometer_commons_pool2,
     .gaps = "No limit: DBCP2's maxTotal is not among the metrics. Pools of other objects are left out. "
             "`_mean_` gauges are averages since the start",
     .yields_to = "jdbc"},
});

}  // namespace

std::span<const Preset> micrometer_presets() {
  return micrometer;
}

}  // namespace dbpool
