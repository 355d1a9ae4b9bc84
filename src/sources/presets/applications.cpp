#include <array>

#include "sources/presets/preset_rows.hpp"

namespace dbpool {
namespace {

// ConnectionPool#stat. A `dead` connection is held by a thread that has ended: it is in use, and leaked.
// Every process has a pool of its own.
constexpr auto activerecord_prometheus_exporter = std::to_array<PresetField>({
    {"idle", "ruby_active_record_connection_pool_idle"},
    {"idle", "active_record_connection_pool_idle"},
    {"active", "ruby_active_record_connection_pool_busy + ruby_active_record_connection_pool_dead"},
    {"active", "active_record_connection_pool_busy + active_record_connection_pool_dead"},
    {"leaked", "ruby_active_record_connection_pool_dead"},
    {"leaked", "active_record_connection_pool_dead"},
    {"max", "ruby_active_record_connection_pool_size"},
    {"max", "active_record_connection_pool_size"},
    {"waiting", "ruby_active_record_connection_pool_waiting"},
    {"waiting", "active_record_connection_pool_waiting"},
});
constexpr auto activerecord_yabeda = std::to_array<PresetField>({
    {"idle", "activerecord_connection_pool_idle"},
    {"active", "activerecord_connection_pool_busy + activerecord_connection_pool_dead"},
    {"leaked", "activerecord_connection_pool_dead"},
    {"max", "activerecord_connection_pool_size"},
    {"waiting", "activerecord_connection_pool_waiting"},
});
constexpr auto activerecord_gitlab = std::to_array<PresetField>({
    {"idle", "gitlab_database_connection_pool_idle"},
    {"active", "gitlab_database_connection_pool_busy + gitlab_database_connection_pool_dead"},
    {"leaked", "gitlab_database_connection_pool_dead"},
    {"max", "gitlab_database_connection_pool_size"},
    {"waiting", "gitlab_database_connection_pool_waiting"},
});

constexpr std::string_view activerecord_gaps =
    "ActiveRecord has gauges only: no acquisitions, times, timeouts or created connections. The "
    "processes of an application add up, and so do their limits";

constexpr auto activerecord = std::to_array<Preset>({
    {.name = "activerecord",
     .variant = "prometheus_exporter",
     .pool = "{pool_name}",
     .sum = true,
     .fields = activerecord_prometheus_exporter,
     .gaps = activerecord_gaps},
    {.name = "activerecord",
     .variant = "yabeda",
     .pool = "{config}",
     .sum = true,
     .fields = activerecord_yabeda,
     .gaps = activerecord_gaps},
    {.name = "activerecord",
     .variant = "gitlab",
     .pool = "{db_config_name}",
     .sum = true,
     .fields = activerecord_gitlab,
     .gaps = activerecord_gaps},
});

// PromEx. The names begin with the application's, so the source needs `prefix`.
constexpr auto ecto_fields = std::to_array<PresetField>({
    {"max", "ecto_repo_init_pool_size"},
    {"acquisition_duration", "ecto_repo_query_queue_time_milliseconds", TimeUnit::milliseconds},
});
constexpr auto ecto = std::to_array<Preset>({
    {.name = "ecto",
     .variant = "",
     .pool = "{repo}",
     .fields = ecto_fields,
     .gaps = "Needs `prefix: <app>_prom_ex_`. No connections and no waiting callers: Ecto reports queries "
             "alone, so an acquisition is a query. The limit is that of the repository that started last"},
});

constexpr auto telemetry_metrics_statsd_fields = std::to_array<PresetField>({
    {"acquisition_duration", "repo.query.queue_time", TimeUnit::milliseconds},
});
constexpr auto telemetry_metrics_statsd = std::to_array<Preset>({
    {.name = "telemetry-metrics-statsd",
     .variant = "",
     .pool = "{repo}",
     .fields = telemetry_metrics_statsd_fields,
     .gaps = "For `events`. Needs `prefix: <app>.` No connections and no waiting callers, as with `ecto`"},
});

constexpr auto prisma_fields = std::to_array<PresetField>({
    {"idle", "prisma_pool_connections_idle"},
    {"active", "prisma_pool_connections_busy"},
    {"waiting", "prisma_client_queries_wait"},
    {"created", "prisma_pool_connections_opened_total"},
    {"closed.closed", "prisma_pool_connections_closed_total"},
    {"acquisition_duration", "prisma_client_queries_wait_histogram_ms", TimeUnit::milliseconds},
});
constexpr auto prisma = std::to_array<Preset>({
    {.name = "prisma",
     .variant = "",
     .pool = "",
     .fields = prisma_fields,
     .gaps = "No limit: write `fields: {max: …}`. Prisma 7 has no metrics any more, and Prisma 4.8 had two"
             " gauges mixed up"},
});

}  // namespace

std::span<const Preset> activerecord_presets() {
  return activerecord;
}
std::span<const Preset> ecto_presets() {
  return ecto;
}
std::span<const Preset> telemetry_metrics_statsd_presets() {
  return telemetry_metrics_statsd;
}
std::span<const Preset> prisma_presets() {
  return prisma;
}

}  // namespace dbpool
