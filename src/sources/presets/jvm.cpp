#include <array>

#include "sources/presets/preset_rows.hpp"

namespace dbpool {
namespace {

// HikariCP's own trackers for Prometheus. A histogram and a summary have the same names.
constexpr auto hikaricp_fields = std::to_array<PresetField>({
    {"idle", "hikaricp_idle_connections"},
    {"active", "hikaricp_active_connections"},
    {"min", "hikaricp_min_connections"},
    {"max", "hikaricp_max_connections"},
    {"waiting", "hikaricp_pending_threads"},
    {"acquisitions", "hikaricp_connection_acquired_nanos_count - hikaricp_connection_timeout_total"},
    {"acquisition_timeouts", "hikaricp_connection_timeout_total"},
    {"acquisition_duration", "hikaricp_connection_acquired_nanos", TimeUnit::nanoseconds},
    {"usage_duration", "hikaricp_connection_usage_millis", TimeUnit::milliseconds},
    {"connect_duration", "hikaricp_connection_creation_millis", TimeUnit::milliseconds},
});
constexpr auto hikaricp = std::to_array<Preset>({
    {.name = "hikaricp",
     .variant = "",
     .pool = "{pool}",
     .fields = hikaricp_fields,
     .gaps = "The histogram of acquisitions ends at 1.024 ms, so it cannot show slow ones. The count of "
             "created connections includes failed attempts. No closed connections, errors or leaks",
     .bounds_cure = "use the metrics of Micrometer, and set "
                    "management.metrics.distribution.slo.hikaricp.connections.acquire"},
});

// The times are gauges of whole milliseconds that only grow. `_max` does not decay. The counters are gauges
// in some versions of Quarkus, and then have no `_total`.
constexpr auto agroal_fields = std::to_array<PresetField>({
    {"idle", "agroal_available_count"},
    {"active", "agroal_active_count"},
    {"active_peak", "agroal_max_used_count"},
    {"waiting", "agroal_awaiting_count"},
    {"acquisitions", "agroal_acquire_count_total"},
    {"acquisitions", "agroal_acquire_count"},
    {"created", "agroal_creation_count_total"},
    {"created", "agroal_creation_count"},
    {"closed.idle", "agroal_reap_count_total"},
    {"closed.idle", "agroal_reap_count"},
    {"closed.validation", "agroal_invalid_count_total"},
    {"closed.validation", "agroal_invalid_count"},
    {"closed.closed", "agroal_destroy_count_total - agroal_reap_count_total - agroal_invalid_count_total"},
    {"closed.closed", "agroal_destroy_count - agroal_reap_count - agroal_invalid_count"},
    {"leaks_detected", "agroal_leak_detection_count_total"},
    {"leaks_detected", "agroal_leak_detection_count"},
    {"wait_seconds", "agroal_blocking_time_total_milliseconds * 1e-3"},
    {"wait_peak", "agroal_blocking_time_max_milliseconds * 1e-3"},
});
constexpr auto agroal = std::to_array<Preset>({
    {.name = "agroal",
     .variant = "",
     .pool = "{datasource}",
     .fields = agroal_fields,
     .gaps = "No limit: write `fields: {max: …}`. No histogram and no timeouts. With `enable-metrics` off, "
             "all figures are 0"},
});

// IronJacamar. `wait_count` counts requests that had to wait, since start. `timed_out` counts connections
// that were closed because they were idle. `available_count` includes connections that are not open.
constexpr auto wildfly_fields = std::to_array<PresetField>({
    {"idle", "wildfly_datasources_pool_idle_count"},
    {"idle", "wildfly_datasources_pool_active_count - wildfly_datasources_pool_in_use_count"},
    {"active", "wildfly_datasources_pool_in_use_count"},
    {"max", "wildfly_datasources_pool_available_count + wildfly_datasources_pool_in_use_count"},
    {"active_peak", "wildfly_datasources_pool_max_used_count"},
    {"acquisition_timeouts", "wildfly_datasources_pool_blocking_failure_count"},
    {"created", "wildfly_datasources_pool_created_count"},
    {"closed.idle", "wildfly_datasources_pool_timed_out"},
    {"closed.closed", "wildfly_datasources_pool_destroyed_count - wildfly_datasources_pool_timed_out"},
    {"wait_seconds", "wildfly_datasources_pool_total_blocking_time * 1e-3"},
    {"wait_peak", "wildfly_datasources_pool_max_wait_time * 1e-3"},
});
constexpr auto wildfly = std::to_array<Preset>({
    {.name = "wildfly",
     .variant = "",
     .pool = "{data_source}",
     .fields = wildfly_fields,
     .gaps = "`_wait_count` counts waits since start, so the number of waiting callers is unknown, and so "
             "are acquisitions. Without statistics-enabled=true on the data source "
             "all figures are 0"},
});

// Open Liberty puts `vendor_` in front in older versions of MicroProfile Metrics.
constexpr auto liberty_fields = std::to_array<PresetField>({
    {"idle", "connectionpool_freeConnections"},
    {"idle", "vendor_connectionpool_freeConnections"},
    {"active", "connectionpool_managedConnections - connectionpool_freeConnections"},
    {"active", "vendor_connectionpool_managedConnections - vendor_connectionpool_freeConnections"},
    {"created", "connectionpool_create_total"},
    {"created", "vendor_connectionpool_create_total"},
    {"closed.closed", "connectionpool_destroy_total"},
    {"closed.closed", "vendor_connectionpool_destroy_total"},
    {"wait_seconds", "connectionpool_waitTime_total_seconds"},
    {"wait_seconds", "vendor_connectionpool_waitTime_total_seconds"},
});
constexpr auto liberty = std::to_array<Preset>({
    {.name = "liberty",
     .variant = "",
     .pool = "{datasource}",
     .fields = liberty_fields,
     .gaps = "`queuedRequests_total` counts requests that had to wait, so neither acquisitions nor the "
             "number of waiting callers are known. No limit, no timeouts"},
});

// `ratio` is NaN if the pool has no limit.
constexpr auto vertx_fields = std::to_array<PresetField>({
    {"active", R"(vertx_pool_in_use{pool_type="sql"})"},
    {"utilization", R"(vertx_pool_ratio{pool_type="sql"} * 100)"},
    {"waiting", R"(vertx_pool_queue_pending{pool_type="sql"})"},
    {"releases", R"(vertx_pool_completed_total{pool_type="sql"})"},
    {"wait_recent_peak", R"(vertx_pool_queue_time_seconds_max{pool_type="sql"})"},
    {"acquisition_duration", R"(vertx_pool_queue_time_seconds{pool_type="sql"})"},
    {"usage_duration", R"(vertx_pool_usage_seconds{pool_type="sql"})"},
});
constexpr auto vertx = std::to_array<Preset>({
    {.name = "vertx",
     .variant = "",
     .pool = "{pool_name}",
     .fields = vertx_fields,
     .gaps = "No idle connections and no limit, only the part of the limit that is in use. Other pools of "
             "Vert.x, such as its worker threads, are left out",
     .bounds_cure = "give vertx.pool.queue.time serviceLevelObjectives in a MeterFilter of Micrometer"},
});

}  // namespace

std::span<const Preset> hikaricp_presets() {
  return hikaricp;
}
std::span<const Preset> agroal_presets() {
  return agroal;
}
std::span<const Preset> wildfly_presets() {
  return wildfly;
}
std::span<const Preset> liberty_presets() {
  return liberty;
}
std::span<const Preset> vertx_presets() {
  return vertx;
}

}  // namespace dbpool
