#include "exposition/metric_catalog.hpp"

#include <array>

#include "exposition/metric_readers.hpp"
#include "model/figures.hpp"

namespace dbpool {
namespace {

using enum MetricType;
using namespace metric_readers;

using S = PoolSnapshot;

template <auto Member>
void pool(const PoolReport& report, SeriesSink& out) {
  out.add(report.figures.*Member);
}

template <auto Member>
void source(const SourceReport& report, SeriesSink& out) {
  out.add(report.reading.*Member);
}

/// Adds a count of what senders have pushed.
template <auto Member>
void pushed(const SourceReport& report, SeriesSink& out) {
  if (const auto& counts = report.reading.pushed) out.add(std::optional(*counts.*Member));
}

template <auto Member>
void process(const ExporterReport& report, SeriesSink& out) {
  out.add(report.process.*Member);
}

constexpr MetricType type_of(FigureKind kind) {
  if (kind == FigureKind::counter) return counter;
  return kind == FigureKind::histogram ? histogram : gauge;
}

/// Returns the metric of one figure, with one series for each pool that knows it.
template <auto Member>
constexpr Metric figure(std::string_view name, std::string_view help) {
  constexpr Figure row = figure_of<Member>();
  static_assert(row.kind != FigureKind::text, "a text has no series");
  return {name, type_of(row.kind), row.unit, "", help, pool<Member>};
}

// clang-format off
constexpr auto catalog = std::to_array<Metric>({
    {"dbpool_pool_info", info, Unit::none, "kind, driver, database, user",
     "Always 1; describes the pool. Labels from the configuration are added, and probe_only=\"true\" where this "
     "exporter's own client is the only one.", pool_info},
    {"dbpool_source_info", info, Unit::none, "kind, server",
     "Always 1; describes the source or owned pool. `server` is host:port or a path, without credentials. Labels from "
     "the configuration are added.", source_info},
    {"dbpool_up", gauge, Unit::none, "kind",
     "Whether the last read of the source succeeded; for an owned pool its last connect or health check.", up},
    {"dbpool_source_reads_total", counter, Unit::none, "",
     "Reads of a probed source, failed ones included.", source<&PoolSource::Reading::reads>},
    {"dbpool_source_read_failures_total", counter, Unit::none, "",
     "Reads of a probed source that failed.", source<&PoolSource::Reading::read_failures>},
    {"dbpool_source_dropped_pools", gauge, Unit::none, "",
     "Pools of a probed source that are left out because they are beyond its limit.",
     source<&PoolSource::Reading::dropped_pools>},
    {"dbpool_source_read_duration_seconds", gauge, Unit::seconds, "",
     "How long the last read of a probed source took, in seconds.", source<&PoolSource::Reading::read_seconds>},
    {"dbpool_source_last_success_timestamp_seconds", gauge, Unit::seconds, "",
     "When a probed source was last read successfully, in Unix seconds.",
     source<&PoolSource::Reading::last_success>},
    {"dbpool_source_events_total", counter, Unit::none, "",
     "Points or lines that senders pushed to a source and that were used.", pushed<&PushCounts::used>},
    {"dbpool_source_events_rejected_total", counter, Unit::none, "reason",
     "Points or lines that senders pushed to a source and that were not used, by reason: malformed, contradiction, "
     "limit, too_large (bodies), stale.", pushes_rejected},
    {"dbpool_source_events_lost_total", counter, Unit::none, "",
     "Points or lines that were lost on their way to a source, where it can count them.", pushed<&PushCounts::lost>},
    {"dbpool_source_senders", gauge, Unit::none, "",
     "Processes that push to a source and have not fallen silent.",
     pushed<&PushCounts::senders>},

    {"dbpool_connections", gauge, Unit::none, "state",
     "Connections by exclusive state: idle, active, opening, checking, unknown. "
     "The total is all but the opening ones.", connections},
    figure<&S::idle_in_transaction>("dbpool_connections_idle_in_transaction",
        "Active connections that are in a transaction and run no statement."),
    figure<&S::waiting_for_lock>("dbpool_connections_waiting_for_lock",
        "Active connections that wait for a lock of the database."),
    figure<&S::server_connections>("dbpool_server_connections", "Sessions of clients of a whole server."),
    figure<&S::server_connections_max>("dbpool_server_connections_max",
        "Sessions that a whole server allows at most, without the reserved ones."),
    figure<&S::healthy>("dbpool_connections_healthy", "Connections whose last validation passed."),
    figure<&S::min>("dbpool_connections_min", "Connections that the pool is configured to keep open."),
    figure<&S::max>("dbpool_connections_max",
        "Connections that the pool may have at most, overflow included."),
    figure<&S::overflow>("dbpool_connections_overflow", "Connections in use beyond the configured size."),
    figure<&S::waiting>("dbpool_waiting_requests", "Callers that wait for a connection."),
    figure<&S::oldest_waiter>("dbpool_oldest_waiter_seconds",
        "How long the caller at the head of the queue has waited, in seconds; 0 when no caller waits."),
    figure<&S::active_peak>("dbpool_active_connections_peak", "Most connections in use at once since start."),
    figure<&S::wait_peak>("dbpool_wait_seconds_peak",
        "Longest wait for a connection since start, in seconds."),
    figure<&S::wait_recent_peak>("dbpool_wait_seconds_recent_peak",
        "Longest wait for a connection within the wait window (60 s), callers still waiting included, in seconds."),

    figure<&S::acquisition_duration>("dbpool_acquisition_duration_seconds",
        "Time from request to lease, in seconds; a request that timed out counts with the time it waited."),
    figure<&S::usage_duration>("dbpool_usage_duration_seconds", "Time from lease to return, in seconds."),
    figure<&S::connect_duration>("dbpool_connect_duration_seconds", "Time to open a connection, in seconds."),
    figure<&S::health_check_duration>("dbpool_health_check_duration_seconds",
        "Round trips of canaries and validations, in seconds."),

    figure<&S::acquisitions>("dbpool_acquisitions_total", "Successful acquisitions."),
    figure<&S::releases>("dbpool_releases_total", "Connections returned by their users."),
    figure<&S::acquisition_timeouts>("dbpool_acquisition_timeouts_total",
        "Acquisitions that gave up at their deadline."),
    figure<&S::acquisition_rejections>("dbpool_acquisition_rejections_total",
        "Acquisitions turned away at once: the queue was full, or the pool is closing."),
    figure<&S::acquisitions_slow>("dbpool_acquisitions_slow_total",
        "Acquisitions that took longer than the objective in effect; a request that timed out counts with the time it "
        "waited."),
    figure<&S::acquisition_objective>("dbpool_acquisition_objective_seconds",
        "The objective in effect for slow acquisitions, in seconds: latency_objective, or where the target reports a "
        "histogram its largest bucket bound from half of that to that."),
    figure<&S::created>("dbpool_connections_created_total", "Connections opened."),
    figure<&S::reused>("dbpool_connections_reused_total",
        "Acquisitions served by a connection that had been lent before."),
    figure<&S::connect_failures>("dbpool_connect_failures_total",
        "Attempts to open a connection that failed."),
    {"dbpool_connections_closed_total", counter, Unit::none, "reason",
     "Connections closed, by reason: max_lifetime, idle, validation (a check failed, or found that the server had "
     "ended it while idle), error, overflow, closed, shutdown.", closed},
    figure<&S::health_checks>("dbpool_health_checks_total", "Health checks made, failed ones included."),
    figure<&S::health_check_failures>("dbpool_health_check_failures_total", "Health checks that failed."),
    {"dbpool_errors_total", counter, Unit::none, "error_type",
     "Errors by type: connect, authentication, timeout, validation, query, network, other. "
     "An acquisition that timed out is not among them.", errors},
    figure<&S::leaked>("dbpool_leaked_connections", "Leases held beyond the leak limit now."),
    figure<&S::leaks_detected>("dbpool_leaks_detected_total",
        "Leases that came to be held beyond the leak limit."),
    figure<&S::leaks_recovered>("dbpool_leaks_recovered_total",
        "Suspected leaks that were returned after all."),

    {"dbpool_health_status", state_set, Unit::none, "status",
     "1 for the pool's health, 0 for the others: unknown, healthy, degraded, unhealthy.", health_status},
    {"dbpool_health_reason", state_set, Unit::none, "reason",
     "1 for each threshold that is a reason why the pool is not healthy, 0 for the others.", health_reason},
    {"dbpool_connections_demand", gauge, Unit::none, "",
     "Connections wanted at once over the last 5 minutes, by their use and by callers waiting; absent where these are "
     "not known.", connections_demand},
    {"dbpool_diagnosis", state_set, Unit::none, "verdict",
     "1 for what is wrong with the pool, 0 for the others: unknown, paused, database_down, limit_elsewhere, leak, "
     "slow_use, too_small, ok.", diagnosis},
    {"dbpool_lifecycle_state", state_set, Unit::none, "state",
     "1 for the state of an owned pool, 0 for the others: initializing, healthy, degraded, unhealthy, recovering, "
     "shutting_down, terminated.", lifecycle},
    figure<&S::reconnect_attempts>("dbpool_reconnect_attempts_total",
        "Attempts to get back to a database that was lost."),
    figure<&S::created_at>("dbpool_pool_created_timestamp_seconds",
        "When the pool was created, in Unix seconds."),
    figure<&S::last_health_check>("dbpool_last_health_check_timestamp_seconds",
        "When the last health check passed, in Unix seconds."),
    figure<&S::last_error_at>("dbpool_last_error_timestamp_seconds",
        "When the last error happened, in Unix seconds."),

    figure<&S::query_seconds>("dbpool_query_seconds_total",
        "Time that a pooler's servers spent on queries, in seconds."),
    figure<&S::queries>("dbpool_queries_total", "Queries that a pooler passed on."),
    figure<&S::transactions>("dbpool_transactions_total", "Transactions that a pooler passed on."),
    figure<&S::transaction_seconds>("dbpool_transaction_seconds_total",
        "Time that a pooler's servers spent in transactions, in seconds."),
    figure<&S::wait_seconds>("dbpool_wait_seconds_total",
        "Time that a pooler's clients waited for a server, in seconds."),
    {"dbpool_clients", gauge, Unit::none, "state",
     "Clients of a pooler by state: active, waiting.", clients},
    figure<&S::clients_used>("dbpool_clients_used",
        "Clients of a pooler in all, as it counts them; of PgBouncer this exporter's own included."),
    figure<&S::clients_max>("dbpool_clients_max", "Clients that a pooler takes at most."),
    figure<&S::paused>("dbpool_paused", "Whether a pooler has paused the database."),
    figure<&S::disabled>("dbpool_disabled", "Whether a pooler has disabled the database."),
    figure<&S::oldest_transaction>("dbpool_oldest_transaction_seconds",
        "Age of the oldest open transaction, in seconds."),

    {"dbpool_exporter_build_info", info, Unit::none, "version, revision, compiler",
     "Always 1; describes this program.", build_info},
    {"dbpool_exporter_config_last_reload_successful", gauge, Unit::none, "",
     "Whether the last attempt to load the configuration succeeded.", reload_successful},
    {"dbpool_exporter_config_last_reload_success_timestamp_seconds", gauge, Unit::seconds, "",
     "When the configuration was last loaded successfully, in Unix seconds.", reload_success_time},
    {"dbpool_exporter_web_config_last_reload_successful", gauge, Unit::none, "",
     "Whether the last version of the web configuration was good.", web_reload_successful},
    {"dbpool_exporter_source_file_ok", gauge, Unit::none, "file",
     "Whether the present version of a file of source_files is in force.", source_files},

    {"process_cpu_seconds_total", counter, Unit::seconds, "",
     "User and system CPU time of this process, in seconds.", process<&ProcessStats::cpu_seconds_total>},
    {"process_open_fds", gauge, Unit::none, "",
     "Open file descriptors.", process<&ProcessStats::open_fds>},
    {"process_max_fds", gauge, Unit::none, "",
     "File descriptors that may be open at most.", process<&ProcessStats::max_fds>},
    {"process_virtual_memory_bytes", gauge, Unit::bytes, "",
     "Virtual memory, in bytes.", process<&ProcessStats::virtual_memory_bytes>},
    {"process_virtual_memory_max_bytes", gauge, Unit::bytes, "",
     "Limit of the virtual memory, in bytes.", process<&ProcessStats::virtual_memory_max_bytes>},
    {"process_resident_memory_bytes", gauge, Unit::bytes, "",
     "Resident memory, in bytes.", process<&ProcessStats::resident_memory_bytes>},
    {"process_heap_bytes", gauge, Unit::bytes, "",
     "Heap memory in use, in bytes.", process<&ProcessStats::heap_bytes>},
    {"process_start_time_seconds", gauge, Unit::seconds, "",
     "When this process started, in Unix seconds.", process<&ProcessStats::start_time_seconds>},
    {"process_threads", gauge, Unit::none, "",
     "Threads of this process.", process<&ProcessStats::threads>},
});
// clang-format on

}  // namespace

std::span<const Metric> metric_catalog() {
  return catalog;
}

}  // namespace dbpool
