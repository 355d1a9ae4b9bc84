#include "exposition/probe_metrics.hpp"

#include <algorithm>

#include "exposition/metric_catalog.hpp"
#include "exposition/render.hpp"
#include "exposition/text_writer.hpp"

namespace dbpool {
namespace {

// Not in the catalogue: they describe an answer of /probe, and carry the names that alerts on other exporters
// with /probe use.
constexpr Metric probe_success{
    "probe_success", MetricType::gauge, Unit::none, "", "Whether the last read of the target succeeded.", {}};
constexpr Metric probe_duration{"probe_duration_seconds",
                                MetricType::gauge,
                                Unit::seconds,
                                "",
                                "How long this answer took, with the wait for a first read, in seconds.",
                                {}};

void add_value(const Metric& metric, double value, SeriesSink& out) {
  out.begin_metric(metric);
  out.begin_report({});
  out.add(value);
}

}  // namespace

std::string probe_text(const FleetSnapshot& fleet, double seconds) {
  TextWriter text;
  render_sources(fleet, text);
  const auto is_up = [](const SourceReport& source) { return source.reading.up == true; };
  add_value(probe_success, std::ranges::all_of(fleet.sources, is_up) ? 1 : 0, text);
  add_value(probe_duration, seconds, text);
  return text.take();
}

}  // namespace dbpool
