#include "exposition/metric_catalog.hpp"

#include <array>
#include <vector>

#include "health/lifecycle.hpp"
#include "model/utf8.hpp"

namespace dbpool {
namespace {

using enum MetricType;

template <auto Figure>
void pool(const PoolReport& report, SeriesSink& out) {
  out.add(report.figures.*Figure);
}

template <auto Figure>
void source(const SourceReport& report, SeriesSink& out) {
  out.add(report.reading.*Figure);
}

template <auto Figure>
void process(const ExporterReport& report, SeriesSink& out) {
  out.add(report.process.*Figure);
}

void pool_info(const PoolReport& report, SeriesSink& out) {
  if (report.figures.unread) return;
  const PoolInfo& info = report.figures.info;
  const std::string driver = valid_utf8(info.driver);
  const std::string database = valid_utf8(info.database);
  const std::string user = valid_utf8(info.user);
  std::vector<Label> labels{
      {"kind", to_string(report.kind)}, {"driver", driver}, {"database", database}, {"user", user}};
  auto configured = info.labels;
  for (auto& [name, value] : configured) {
    value = valid_utf8(value);
    labels.push_back({name, value});
  }
  out.add(1, labels);
}

void up(const SourceReport& report, SeriesSink& out) {
  out.add(report.reading.up, {"kind", to_string(report.kind)});
}

void connections(const PoolReport& report, SeriesSink& out) {
  const PoolSnapshot& figures = report.figures;
  out.add(figures.idle, {"state", "idle"});
  out.add(figures.active, {"state", "active"});
  out.add(figures.opening, {"state", "opening"});
  out.add(figures.checking, {"state", "checking"});
  out.add(figures.unknown, {"state", "unknown"});
}

/// Adds one series for each name; `values` returns the value for an index.
template <std::size_t Count, typename Values>
void each(SeriesSink& out, std::string_view label, const std::array<std::string_view, Count>& names,
          Values values) {
  for (std::size_t i = 0; i < Count; ++i) out.add(std::optional(values(i)), {label, names[i]});
}

void closed(const PoolReport& report, SeriesSink& out) {
  each(out, "reason", close_reason_names, [&](std::size_t i) { return report.figures.closed[i]; });
}

void errors(const PoolReport& report, SeriesSink& out) {
  each(out, "error_type", error_kind_names, [&](std::size_t i) { return report.figures.errors[i]; });
}

void health_status(const PoolReport& report, SeriesSink& out) {
  if (report.figures.unread) return out.add(1, {"status", to_string(HealthStatus::unknown)});
  each(out, "status", health_status_names,
       [&](std::size_t i) { return i == index_of(report.health.status); });
}

void health_reason(const PoolReport& report, SeriesSink& out) {
  if (report.figures.unread) return;
  std::array<bool, health_reason_names.size()> found{};
  for (const Finding& finding : report.health.findings) found[index_of(finding.reason)] = true;
  each(out, "reason", health_reason_names, [&](std::size_t i) { return found[i]; });
}

void lifecycle(const PoolReport& report, SeriesSink& out) {
  if (!report.figures.phase) return;
  const LifecycleState state = lifecycle_state(*report.figures.phase, report.health.status);
  each(out, "state", lifecycle_state_names, [&](std::size_t i) { return i == index_of(state); });
}

void clients(const PoolReport& report, SeriesSink& out) {
  out.add(report.figures.clients_active, {"state", "active"});
  out.add(report.figures.clients_waiting, {"state", "waiting"});
}

void build_info(const ExporterReport& report, SeriesSink& out) {
  out.add(1, std::array{Label{"version", report.version}, Label{"revision", report.revision},
                        Label{"compiler", report.compiler}});
}

void reload_successful(const ExporterReport& report, SeriesSink& out) {
  out.add(report.last_reload_successful ? 1 : 0);
}

void reload_success_time(const ExporterReport& report, SeriesSink& out) {
  out.add(report.last_reload_success);
}

// clang-format off
constexpr auto catalog = std::to_array<Metric>({
    {"dbpool_pool_info", info, Unit::none, "kind, driver, database, user",
     "Always 1; describes the pool. Labels from the configuration are added.", pool_info},
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

    {"dbpool_connections", gauge, Unit::none, "state",
     "Connections by exclusive state: idle, active, opening, checking, unknown. "
     "The total is all but the opening ones.", connections},
    {"dbpool_connections_healthy", gauge, Unit::none, "",
     "Connections whose last validation passed.", pool<&PoolSnapshot::healthy>},
    {"dbpool_connections_min", gauge, Unit::none, "",
     "Connections that the pool is configured to keep open.", pool<&PoolSnapshot::min>},
    {"dbpool_connections_max", gauge, Unit::none, "",
     "Connections that the pool may have at most, overflow included.", pool<&PoolSnapshot::max>},
    {"dbpool_connections_overflow", gauge, Unit::none, "",
     "Connections in use beyond the configured size.", pool<&PoolSnapshot::overflow>},
    {"dbpool_waiting_requests", gauge, Unit::none, "",
     "Callers that wait for a connection.", pool<&PoolSnapshot::waiting>},
    {"dbpool_oldest_waiter_seconds", gauge, Unit::seconds, "",
     "How long the caller at the head of the queue has waited, in seconds; 0 when no caller waits.",
     pool<&PoolSnapshot::oldest_waiter>},
    {"dbpool_active_connections_peak", gauge, Unit::none, "",
     "Most connections in use at once since start.", pool<&PoolSnapshot::active_peak>},
    {"dbpool_wait_seconds_peak", gauge, Unit::seconds, "",
     "Longest wait for a connection since start, in seconds.", pool<&PoolSnapshot::wait_peak>},
    {"dbpool_wait_seconds_recent_peak", gauge, Unit::seconds, "",
     "Longest wait for a connection within the wait window (60 s), callers still waiting included, in seconds.",
     pool<&PoolSnapshot::wait_recent_peak>},

    {"dbpool_acquisition_duration_seconds", histogram, Unit::seconds, "",
     "Time from request to lease, in seconds; a request that timed out counts with the time it waited.",
     pool<&PoolSnapshot::acquisition_duration>},
    {"dbpool_usage_duration_seconds", histogram, Unit::seconds, "",
     "Time from lease to return, in seconds.", pool<&PoolSnapshot::usage_duration>},
    {"dbpool_connect_duration_seconds", histogram, Unit::seconds, "",
     "Time to open a connection, in seconds.", pool<&PoolSnapshot::connect_duration>},
    {"dbpool_health_check_duration_seconds", histogram, Unit::seconds, "",
     "Round trips of canaries and validations, in seconds.", pool<&PoolSnapshot::health_check_duration>},

    {"dbpool_acquisitions_total", counter, Unit::none, "",
     "Successful acquisitions.", pool<&PoolSnapshot::acquisitions>},
    {"dbpool_releases_total", counter, Unit::none, "",
     "Connections returned by their users.", pool<&PoolSnapshot::releases>},
    {"dbpool_acquisition_timeouts_total", counter, Unit::none, "",
     "Acquisitions that gave up at their deadline.", pool<&PoolSnapshot::acquisition_timeouts>},
    {"dbpool_acquisition_rejections_total", counter, Unit::none, "",
     "Acquisitions turned away at once: the queue was full, or the pool is closing.",
     pool<&PoolSnapshot::acquisition_rejections>},
    {"dbpool_connections_created_total", counter, Unit::none, "",
     "Connections opened.", pool<&PoolSnapshot::created>},
    {"dbpool_connections_reused_total", counter, Unit::none, "",
     "Acquisitions served by a connection that had been lent before.", pool<&PoolSnapshot::reused>},
    {"dbpool_connect_failures_total", counter, Unit::none, "",
     "Attempts to open a connection that failed.", pool<&PoolSnapshot::connect_failures>},
    {"dbpool_connections_closed_total", counter, Unit::none, "reason",
     "Connections closed, by reason: max_lifetime, idle, validation (a check failed, or found that the server had "
     "ended it while idle), error, overflow, closed, shutdown.", closed},
    {"dbpool_health_checks_total", counter, Unit::none, "",
     "Health checks made, failed ones included.", pool<&PoolSnapshot::health_checks>},
    {"dbpool_health_check_failures_total", counter, Unit::none, "",
     "Health checks that failed.", pool<&PoolSnapshot::health_check_failures>},
    {"dbpool_errors_total", counter, Unit::none, "error_type",
     "Errors by type: connect, authentication, timeout, validation, query, network, other. "
     "An acquisition that timed out is not among them.", errors},
    {"dbpool_leaked_connections", gauge, Unit::none, "",
     "Leases held beyond the leak limit now.", pool<&PoolSnapshot::leaked>},
    {"dbpool_leaks_detected_total", counter, Unit::none, "",
     "Leases that came to be held beyond the leak limit.", pool<&PoolSnapshot::leaks_detected>},
    {"dbpool_leaks_recovered_total", counter, Unit::none, "",
     "Suspected leaks that were returned after all.", pool<&PoolSnapshot::leaks_recovered>},

    {"dbpool_health_status", state_set, Unit::none, "status",
     "1 for the pool's health, 0 for the others: unknown, healthy, degraded, unhealthy.", health_status},
    {"dbpool_health_reason", state_set, Unit::none, "reason",
     "1 for each threshold that is a reason why the pool is not healthy, 0 for the others.", health_reason},
    {"dbpool_lifecycle_state", state_set, Unit::none, "state",
     "1 for the state of an owned pool, 0 for the others: initializing, healthy, degraded, unhealthy, recovering, "
     "shutting_down, terminated.", lifecycle},
    {"dbpool_reconnect_attempts_total", counter, Unit::none, "",
     "Attempts to get back to a database that was lost.", pool<&PoolSnapshot::reconnect_attempts>},
    {"dbpool_pool_created_timestamp_seconds", gauge, Unit::seconds, "",
     "When the pool was created, in Unix seconds.", pool<&PoolSnapshot::created_at>},
    {"dbpool_last_health_check_timestamp_seconds", gauge, Unit::seconds, "",
     "When the last health check passed, in Unix seconds.", pool<&PoolSnapshot::last_health_check>},
    {"dbpool_last_error_timestamp_seconds", gauge, Unit::seconds, "",
     "When the last error happened, in Unix seconds.", pool<&PoolSnapshot::last_error_at>},

    {"dbpool_query_seconds_total", counter, Unit::seconds, "",
     "Time that a pooler's servers spent on queries, in seconds.", pool<&PoolSnapshot::query_seconds>},
    {"dbpool_queries_total", counter, Unit::none, "",
     "Queries that a pooler passed on.", pool<&PoolSnapshot::queries>},
    {"dbpool_transactions_total", counter, Unit::none, "",
     "Transactions that a pooler passed on.", pool<&PoolSnapshot::transactions>},
    {"dbpool_transaction_seconds_total", counter, Unit::seconds, "",
     "Time that a pooler's servers spent in transactions, in seconds.", pool<&PoolSnapshot::transaction_seconds>},
    {"dbpool_wait_seconds_total", counter, Unit::seconds, "",
     "Time that a pooler's clients waited for a server, in seconds.", pool<&PoolSnapshot::wait_seconds>},
    {"dbpool_clients", gauge, Unit::none, "state",
     "Clients of a pooler by state: active, waiting.", clients},
    {"dbpool_clients_used", gauge, Unit::none, "",
     "Clients of a pooler in all, as it counts them; of PgBouncer this exporter's own included.",
     pool<&PoolSnapshot::clients_used>},
    {"dbpool_clients_max", gauge, Unit::none, "",
     "Clients that a pooler takes at most.", pool<&PoolSnapshot::clients_max>},
    {"dbpool_paused", gauge, Unit::none, "",
     "Whether a pooler has paused the database.", pool<&PoolSnapshot::paused>},
    {"dbpool_disabled", gauge, Unit::none, "",
     "Whether a pooler has disabled the database.", pool<&PoolSnapshot::disabled>},
    {"dbpool_oldest_transaction_seconds", gauge, Unit::seconds, "",
     "Age of the oldest open transaction, in seconds.", pool<&PoolSnapshot::oldest_transaction>},

    {"dbpool_exporter_build_info", info, Unit::none, "version, revision, compiler",
     "Always 1; describes this program.", build_info},
    {"dbpool_exporter_config_last_reload_successful", gauge, Unit::none, "",
     "Whether the last attempt to load the configuration succeeded.", reload_successful},
    {"dbpool_exporter_config_last_reload_success_timestamp_seconds", gauge, Unit::seconds, "",
     "When the configuration was last loaded successfully, in Unix seconds.", reload_success_time},

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

std::string Metric::labels() const {
  constexpr std::array<std::string_view, 3> scopes{"source, pool", "source", ""};  // in the order of `read`
  std::string all(scopes[read.index()]);
  if (!all.empty() && !own_labels.empty()) all += ", ";
  return all.append(own_labels);
}

std::span<const Metric> metric_catalog() {
  return catalog;
}

std::string catalog_markdown() {
  std::string table = "| name | type | labels | help |\n|---|---|---|---|\n";
  for (const Metric& metric : catalog) {
    table.append("| `").append(metric.name).append("` | ").append(text_type(metric.type)).append(" | ");
    table.append(metric.labels()).append(" | ").append(metric.help).append(" |\n");
  }
  return table;
}

}  // namespace dbpool
