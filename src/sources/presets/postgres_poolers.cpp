#include <array>

#include "sources/presets/preset_rows.hpp"

namespace dbpool {
namespace {

// PgBouncer's words: `used` is idle for a while and due for a check, `tested` is being checked.
constexpr auto cnpg_pools = std::to_array<PresetField>({
    {"idle", "cnpg_pgbouncer_pools_sv_idle + cnpg_pgbouncer_pools_sv_used"},
    {"active", "cnpg_pgbouncer_pools_sv_active"},
    {"checking", "cnpg_pgbouncer_pools_sv_tested"},
    {"opening", "cnpg_pgbouncer_pools_sv_login"},
    {"waiting", "cnpg_pgbouncer_pools_cl_waiting"},
    {"oldest_waiter", "cnpg_pgbouncer_pools_maxwait + cnpg_pgbouncer_pools_maxwait_us * 1e-6"},
    {"clients_active", "cnpg_pgbouncer_pools_cl_active"},
    {"clients_waiting", "cnpg_pgbouncer_pools_cl_waiting"},
});
// Gauges by their type, totals in fact. The times are microseconds.
constexpr auto cnpg_databases = std::to_array<PresetField>({
    {"queries", "cnpg_pgbouncer_stats_total_query_count"},
    {"query_seconds", "cnpg_pgbouncer_stats_total_query_time * 1e-6"},
    {"transactions", "cnpg_pgbouncer_stats_total_xact_count"},
    {"transaction_seconds", "cnpg_pgbouncer_stats_total_xact_time * 1e-6"},
    {"wait_seconds", "cnpg_pgbouncer_stats_total_wait_time * 1e-6"},
});
constexpr auto cnpg = std::to_array<Preset>({
    {.name = "cnpg",
     .variant = "pools",
     .pool = "{database}/{user}",
     .fields = cnpg_pools,
     .gaps = "No limit: CloudNativePG does not read SHOW DATABASES. No acquisitions and no histogram"},
    {.name = "cnpg",
     .variant = "databases",
     .pool = "{database}",
     .fields = cnpg_databases,
     .gaps = "By database, as PgBouncer counts them"},
});

constexpr auto pgbouncer_exporter_pools = std::to_array<PresetField>({
    {"idle", "pgbouncer_pools_server_idle_connections + pgbouncer_pools_server_used_connections"},
    {"active", "pgbouncer_pools_server_active_connections"},
    {"checking", "pgbouncer_pools_server_testing_connections"},
    {"opening", "pgbouncer_pools_server_login_connections"},
    {"waiting", "pgbouncer_pools_client_waiting_connections"},
    {"oldest_waiter", "pgbouncer_pools_client_maxwait_seconds"},
    {"clients_active", "pgbouncer_pools_client_active_connections"},
    {"clients_waiting", "pgbouncer_pools_client_waiting_connections"},
});
constexpr auto pgbouncer_exporter_databases = std::to_array<PresetField>({
    {"queries", "pgbouncer_stats_totals_queries_pooled_total"},
    {"queries", "pgbouncer_stats_queries_pooled_total"},
    {"query_seconds", "pgbouncer_stats_totals_queries_duration_seconds_total"},
    {"query_seconds", "pgbouncer_stats_queries_duration_seconds_total"},
    {"transactions", "pgbouncer_stats_totals_sql_transactions_pooled_total"},
    {"transactions", "pgbouncer_stats_sql_transactions_pooled_total"},
    {"transaction_seconds", "pgbouncer_stats_totals_server_in_transaction_seconds_total"},
    {"transaction_seconds", "pgbouncer_stats_server_in_transaction_seconds_total"},
    {"wait_seconds", "pgbouncer_stats_totals_client_wait_seconds_total"},
    {"wait_seconds", "pgbouncer_stats_client_wait_seconds_total"},
});
constexpr auto pgbouncer_exporter = std::to_array<Preset>({
    {.name = "pgbouncer-exporter",
     .variant = "pools",
     .pool = "{database}/{user}",
     .fields = pgbouncer_exporter_pools,
     .gaps = "The limits, `paused` and `disabled` are by database and not by pool, so they are left out. "
             "The source `pgbouncer` has them: prefer it where the console can be reached"},
    {.name = "pgbouncer-exporter",
     .variant = "databases",
     .pool = "{database}",
     .fields = pgbouncer_exporter_databases,
     .gaps = "By database, as PgBouncer counts them"},
});

// The pool's user is `user` in some families and `username` in others. Servers of one pool add up.
constexpr auto pgcat_fields = std::to_array<PresetField>({
    {"idle", "pgcat_pools_sv_idle"},
    {"active", "pgcat_pools_sv_active"},
    {"checking", "pgcat_pools_sv_tested"},
    {"opening", "pgcat_pools_sv_login"},
    {"max", "pgcat_databases_pool_size"},
    {"waiting", "pgcat_pools_cl_waiting"},
    {"oldest_waiter", "pgcat_pools_maxwait + pgcat_pools_maxwait_us * 1e-6"},
    {"clients_active", "pgcat_pools_cl_active"},
    {"clients_waiting", "pgcat_pools_cl_waiting"},
    {"queries", "pgcat_stats_total_query_count"},
    {"transactions", "pgcat_stats_total_xact_count"},
    {"wait_seconds", "pgcat_stats_total_wait_time * 1e-6"},
});
constexpr auto pgcat = std::to_array<Preset>({
    {.name = "pgcat",
     .variant = "",
     .pool = "{pool}/{user}{username}",
     .sum = true,
     .fields = pgcat_fields,
     .gaps = "No acquisitions and no histogram. In older versions the oldest wait never falls"},
});

// The names are as short as they look, so the preset asks for the label `shard`. `openmetrics_namespace` puts
// a prefix in front. Times are milliseconds, but `maxwait` is in seconds. Ages do not add up, so the oldest
// wait is left out. What it pushes has `pgdog.` in front.
constexpr auto pgdog_fields = std::to_array<PresetField>({
    {"idle", R"(sv_idle{shard=~".+"})"},
    {"idle", R"(pgdog.sv_idle{shard=~".+"})"},
    {"active", R"(sv_active{shard=~".+"})"},
    {"active", R"(pgdog.sv_active{shard=~".+"})"},
    {"max", R"(max_connections{shard=~".+"})"},
    {"max", R"(pgdog.max_connections{shard=~".+"})"},
    {"waiting", R"(cl_waiting{shard=~".+"})"},
    {"waiting", R"(pgdog.cl_waiting{shard=~".+"})"},
    {"clients_waiting", R"(cl_waiting{shard=~".+"})"},
    {"clients_waiting", R"(pgdog.cl_waiting{shard=~".+"})"},
    {"created", R"(total_connect_count{shard=~".+"})"},
    {"created", R"(pgdog.total_connect_count{shard=~".+"})"},
    {"closed.error", R"(out_of_sync{shard=~".+"})"},
    {"closed.error", R"(pgdog.out_of_sync{shard=~".+"})"},
    {"errors.other", R"(errors{shard=~".+"})"},
    {"errors.other", R"(pgdog.errors{shard=~".+"})"},
    {"queries", R"(total_query_count{shard=~".+"})"},
    {"queries", R"(pgdog.total_query_count{shard=~".+"})"},
    {"query_seconds", R"(total_query_time{shard=~".+"} * 1e-3)"},
    {"query_seconds", R"(pgdog.total_query_time{shard=~".+"} * 1e-3)"},
    {"transactions", R"(total_xact_count{shard=~".+"})"},
    {"transactions", R"(pgdog.total_xact_count{shard=~".+"})"},
    {"transaction_seconds", R"(total_xact_time{shard=~".+"} * 1e-3)"},
    {"transaction_seconds", R"(pgdog.total_xact_time{shard=~".+"} * 1e-3)"},
});
constexpr auto pgdog = std::to_array<Preset>({
    {.name = "pgdog",
     .variant = "",
     .pool = "{database}/{user}",
     .sum = true,
     .fields = pgdog_fields,
     .gaps = "No acquisitions, no waiting time and no histogram. The shards and roles of a database add "
             "up, which the oldest wait cannot. With `openmetrics_namespace`, write it as `prefix`"},
});

// Where Odyssey has no limit for a route, the exporter reports the open connections as its capacity. Older
// versions of the exporter have a family for each state.
constexpr auto odyssey_fields = std::to_array<PresetField>({
    {"idle", R"(odyssey_server_pool_state_route{state="idle"})"},
    {"idle", "odyssey_server_pool_idle_route"},
    {"active", R"(odyssey_server_pool_state_route{state="active"})"},
    {"active", "odyssey_server_pool_active_route"},
    {"waiting", "odyssey_client_pool_waiting_route"},
    {"oldest_waiter", "odyssey_client_pool_maxwait_seconds_route"},
    {"clients_active", "odyssey_client_pool_active_route"},
    {"clients_waiting", "odyssey_client_pool_waiting_route"},
});
constexpr auto odyssey = std::to_array<Preset>({
    {.name = "odyssey",
     .variant = "",
     .pool = "{database}/{user}",
     .fields = odyssey_fields,
     .gaps = "The capacity of a route may be the number of its open connections, so it is no limit: write "
             "`fields: {max: …}`. The other figures are averages and quantiles, not counters"},
});

// The only pooler with a histogram of waits. The series of one pool differ in their mode and search path.
constexpr auto supavisor_fields = std::to_array<PresetField>({
    {"clients_active", "supavisor_connections_active"},
    {"acquisition_duration",
     "supavisor_pool_checkout_duration_local + supavisor_pool_checkout_duration_remote",
     TimeUnit::milliseconds},
    {"acquisition_duration", "supavisor_pool_checkout_duration_local", TimeUnit::milliseconds},
    {"acquisition_duration", "supavisor_pool_checkout_duration_remote", TimeUnit::milliseconds},
    {"acquisition_duration", "supavisor_pool_checkout_duration", TimeUnit::milliseconds},
});
constexpr auto supavisor = std::to_array<Preset>({
    {.name = "supavisor",
     .variant = "",
     .pool = "{tenant}/{user}",
     .sum = true,
     .fields = supavisor_fields,
     .gaps = "No connections to the database and no limit"},
});

// pgagroal writes its TYPE lines as plain comments. `connection_get` counts the requests,
// `connection_success` those that got a connection. `wait_time` is the last wait.
constexpr auto pgagroal_fields = std::to_array<PresetField>({
    {"idle", "pgagroal_total_connections - pgagroal_active_connections"},
    {"active", "pgagroal_active_connections"},
    {"max", "pgagroal_max_connections"},
    {"waiting", "pgagroal_client_wait"},
    {"clients_active", "pgagroal_client_active"},
    {"clients_waiting", "pgagroal_client_wait"},
    {"acquisitions", "pgagroal_connection_success"},
    {"releases", "pgagroal_connection_return"},
    {"acquisition_timeouts", "pgagroal_connection_timeout"},
    {"closed.idle", "pgagroal_connection_idletimeout"},
    {"closed.max_lifetime", "pgagroal_connection_max_connection_age"},
    {"closed.validation", "pgagroal_connection_invalid"},
    {"errors.other", "pgagroal_connection_error"},
    {"queries", "pgagroal_query_count"},
    {"transactions", "pgagroal_tx_count"},
});
constexpr auto pgagroal = std::to_array<Preset>({
    {.name = "pgagroal",
     .variant = "",
     .pool = "",
     .fields = pgagroal_fields,
     .gaps = "The whole pooler is one pool: its metrics have no connections by database. The waiting time "
             "is that of the last caller, in whole seconds, so it is left out. No histogram"},
});

}  // namespace

std::span<const Preset> cnpg_presets() {
  return cnpg;
}
std::span<const Preset> pgbouncer_exporter_presets() {
  return pgbouncer_exporter;
}
std::span<const Preset> pgcat_presets() {
  return pgcat;
}
std::span<const Preset> pgdog_presets() {
  return pgdog;
}
std::span<const Preset> odyssey_presets() {
  return odyssey;
}
std::span<const Preset> supavisor_presets() {
  return supavisor;
}
std::span<const Preset> pgagroal_presets() {
  return pgagroal;
}

}  // namespace dbpool
