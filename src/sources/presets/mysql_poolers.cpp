#include <array>

#include "sources/presets/preset_rows.hpp"

namespace dbpool {
namespace {

constexpr auto proxysql_fields = std::to_array<PresetField>({
    {"idle", R"(proxysql_connpool_conns{status="free"})"},
    {"active", R"(proxysql_connpool_conns{status="used"})"},
    {"created", R"(proxysql_connpool_conns_total{status="ok"})"},
    {"connect_failures", R"(proxysql_connpool_conns_total{status="err"})"},
    {"queries", "proxysql_connpool_conns_queries_total"},
});
constexpr auto proxysql = std::to_array<Preset>({
    {.name = "proxysql",
     .variant = "",
     .pool = "{hostgroup}/{endpoint}",
     .fields = proxysql_fields,
     .gaps = "The limit is in runtime_mysql_servers and not in the metrics. Waiting, timeouts and "
             "acquisitions are counted for the whole ProxySQL only. `latency_us` is that of a ping"},
});

// The names carry the pool. `active` are the open connections. `get` counts the requests without settings,
// failed ones included, so acquisitions are those of the histogram, whose label is `settings`.
constexpr auto vitess_conn_pool = std::to_array<PresetField>({
    {"idle", "vttablet_conn_pool_active - vttablet_conn_pool_in_use"},
    {"active", "vttablet_conn_pool_in_use"},
    {"max", "vttablet_conn_pool_capacity"},
    {"acquisition_rejections", "vttablet_conn_pool_waiter_cap_rejected"},
    {"closed.idle", "vttablet_conn_pool_idle_closed"},
    {"closed.max_lifetime", "vttablet_conn_pool_max_lifetime_closed"},
    {"wait_seconds", "vttablet_conn_pool_wait_time"},
    {"acquisition_duration", "vttablet_conn_pool_get_conn_time"},
});
constexpr auto vitess_stream_conn_pool = std::to_array<PresetField>({
    {"idle", "vttablet_stream_conn_pool_active - vttablet_stream_conn_pool_in_use"},
    {"active", "vttablet_stream_conn_pool_in_use"},
    {"max", "vttablet_stream_conn_pool_capacity"},
    {"acquisition_rejections", "vttablet_stream_conn_pool_waiter_cap_rejected"},
    {"closed.idle", "vttablet_stream_conn_pool_idle_closed"},
    {"closed.max_lifetime", "vttablet_stream_conn_pool_max_lifetime_closed"},
    {"wait_seconds", "vttablet_stream_conn_pool_wait_time"},
    {"acquisition_duration", "vttablet_stream_conn_pool_get_conn_time"},
});
constexpr auto vitess_transaction_pool = std::to_array<PresetField>({
    {"idle", "vttablet_transaction_pool_active - vttablet_transaction_pool_in_use"},
    {"active", "vttablet_transaction_pool_in_use"},
    {"max", "vttablet_transaction_pool_capacity"},
    {"acquisition_rejections", "vttablet_transaction_pool_waiter_cap_rejected"},
    {"closed.idle", "vttablet_transaction_pool_idle_closed"},
    {"closed.max_lifetime", "vttablet_transaction_pool_max_lifetime_closed"},
    {"wait_seconds", "vttablet_transaction_pool_wait_time"},
    {"acquisition_duration", "vttablet_transaction_pool_get_conn_time"},
});
constexpr std::string_view vitess_gaps =
    "No callers that wait now and no timeouts. `wait_count` counts the waits. `vttablet_waits` "
    "has the durations of the waits alone, so it is not a histogram of acquisitions";
constexpr auto vitess = std::to_array<Preset>({
    {.name = "vitess",
     .variant = "conn_pool",
     .pool = "conn_pool",
     .sum = true,
     .fields = vitess_conn_pool,
     .gaps = vitess_gaps},
    {.name = "vitess",
     .variant = "stream_conn_pool",
     .pool = "stream_conn_pool",
     .sum = true,
     .fields = vitess_stream_conn_pool,
     .gaps = vitess_gaps},
    {.name = "vitess",
     .variant = "transaction_pool",
     .pool = "transaction_pool",
     .sum = true,
     .fields = vitess_transaction_pool,
     .gaps = vitess_gaps},
});

}  // namespace

std::span<const Preset> proxysql_presets() {
  return proxysql;
}
std::span<const Preset> vitess_presets() {
  return vitess;
}

}  // namespace dbpool
