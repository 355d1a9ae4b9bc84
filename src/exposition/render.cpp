#include "exposition/render.hpp"

#include <array>
#include <variant>

#include "exposition/metric_catalog.hpp"

namespace dbpool {
namespace {

void read_all(PoolReader read, const FleetSnapshot& fleet, SeriesSink& out) {
  for (const SourceReport& source : fleet.sources) {
    for (const PoolReport& pool : source.pools) {
      out.begin_report(std::array{Label{"source", source.name}, Label{"pool", pool.figures.label()}});
      read(pool, out);
    }
  }
}

void read_all(SourceReader read, const FleetSnapshot& fleet, SeriesSink& out) {
  for (const SourceReport& source : fleet.sources) {
    out.begin_report(std::array{Label{"source", source.name}});
    read(source, out);
  }
}

void read_all(ExporterReader read, const FleetSnapshot& fleet, SeriesSink& out) {
  out.begin_report({});
  read(fleet.exporter, out);
}

}  // namespace

void render_pools(const FleetSnapshot& fleet, SeriesSink& out) {
  for (const Metric& metric : metric_catalog()) {
    const auto* const read = std::get_if<PoolReader>(&metric.read);
    if (read == nullptr) continue;
    out.begin_metric(metric);
    read_all(*read, fleet, out);
  }
}

void render_sources(const FleetSnapshot& fleet, SeriesSink& out) {
  for (const Metric& metric : metric_catalog()) {
    if (std::holds_alternative<ExporterReader>(metric.read)) continue;
    out.begin_metric(metric);
    std::visit([&](auto read) { read_all(read, fleet, out); }, metric.read);
  }
}

void render(const FleetSnapshot& fleet, SeriesSink& out) {
  for (const Metric& metric : metric_catalog()) {
    out.begin_metric(metric);
    std::visit([&](auto read) { read_all(read, fleet, out); }, metric.read);
  }
}

std::string render_text(const FleetSnapshot& fleet, MetricsFormat format) {
  TextWriter text(format);
  render(fleet, text);
  return text.take();
}

}  // namespace dbpool
