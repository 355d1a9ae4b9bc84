#include "exposition/metric_readers.hpp"

#include <array>
#include <string_view>
#include <vector>

#include "health/lifecycle.hpp"

namespace dbpool::metric_readers {
namespace {

/// Adds one series for each name; `values` returns the value for an index.
template <std::size_t Count, typename Values>
void each(SeriesSink& out, std::string_view label, const std::array<std::string_view, Count>& names,
          Values values) {
  for (std::size_t i = 0; i < Count; ++i) out.add(std::optional(values(i)), {label, names[i]});
}

}  // namespace

void pool_info(const PoolReport& report, SeriesSink& out) {
  if (report.figures.unread) return;
  const PoolInfo& info = report.figures.info;
  std::vector<Label> labels{{"kind", to_string(report.kind)},
                            {"driver", info.driver},
                            {"database", info.database},
                            {"user", info.user}};
  if (report.figures.probe_only) labels.push_back({"probe_only", "true"});
  for (const auto& [name, value] : info.labels) labels.push_back({name, value});
  out.add(1, labels);
}

void source_info(const SourceReport& report, SeriesSink& out) {
  std::vector<Label> labels{{"kind", to_string(report.kind)}, {"server", report.info.server}};
  for (const auto& [name, value] : report.info.labels) labels.push_back({name, value});
  out.add(1, labels);
}

void up(const SourceReport& report, SeriesSink& out) {
  out.add(report.reading.up, {"kind", to_string(report.kind)});
}

void pushes_rejected(const SourceReport& report, SeriesSink& out) {
  const auto& counts = report.reading.pushed;
  if (counts) each(out, "reason", reject_reason_names, [&](std::size_t i) { return counts->rejected[i]; });
}

/// Each `add` that has a value becomes one `SeriesSink::write`.
void connections(const PoolReport& report, SeriesSink& out) {
  const PoolSnapshot& figures = report.figures;
  out.add(figures.idle, {"state", "idle"});
  out.add(figures.active, {"state", "active"});
  out.add(figures.opening, {"state", "opening"});
  out.add(figures.checking, {"state", "checking"});
  out.add(figures.unknown, {"state", "unknown"});
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

void connections_demand(const PoolReport& report, SeriesSink& out) {
  if (report.diagnosis != nullptr) out.add(report.diagnosis->demand);
}

void diagnosis(const PoolReport& report, SeriesSink& out) {
  if (report.diagnosis == nullptr || report.figures.unread) return;
  each(out, "verdict", verdict_names,
       [&](std::size_t i) { return i == index_of(report.diagnosis->verdict); });
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

void web_reload_successful(const ExporterReport& report, SeriesSink& out) {
  if (report.last_web_reload_successful) out.add(*report.last_web_reload_successful ? 1 : 0);
}

void reload_success_time(const ExporterReport& report, SeriesSink& out) {
  out.add(report.last_reload_success);
}

void source_files(const ExporterReport& report, SeriesSink& out) {
  for (const auto& [file, is_good] : report.source_files) out.add(is_good ? 1 : 0, {"file", file});
}

}  // namespace dbpool::metric_readers
