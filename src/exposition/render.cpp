#include "exposition/render.hpp"

#include <array>
#include <set>
#include <string>
#include <utility>

#include "exposition/metric_catalog.hpp"
#include "exposition/series_sink.hpp"
#include "exposition/text_writer.hpp"
#include "model/utf8.hpp"

namespace dbpool {
namespace {

prometheus::MetricType type_of(const Metric& metric) {
  constexpr std::array types{prometheus::MetricType::Counter, prometheus::MetricType::Gauge,
                             prometheus::MetricType::Histogram};  // by MetricType
  return types[index_of(metric.type)];
}

/// A report and the labels that identify it.
template <typename Report>
struct Labelled {
  const Report* report;
  Labels labels;
};

/// A fleet, labelled once for all metrics.
class LabelledFleet {
 public:
  explicit LabelledFleet(const FleetSnapshot& fleet) {
    exporter_.push_back({&fleet.exporter, {}});
    for (const SourceReport& source : fleet.sources) {
      const std::string name = valid_utf8(source.name);
      sources_.push_back({&source, {{"source", name}}});
      for (const PoolReport& pool : source.pools) add(name, pool);
    }
  }

  prometheus::MetricFamily family(const Metric& metric) const {
    prometheus::MetricFamily family{std::string(metric.name), std::string(metric.help), type_of(metric), {}};
    std::visit([&](auto read) { read_all(read, family); }, metric.read);
    return family;
  }

 private:
  void add(const std::string& source, const PoolReport& pool) {
    std::string name = valid_utf8(pool.figures.pool);
    // Only the first of rows with one name counts: a series must not appear twice.
    if (!names_.emplace(source, name).second) return;
    pools_.push_back({&pool, {{"source", source}, {"pool", std::move(name)}}});
  }

  void read_all(PoolReader read, prometheus::MetricFamily& into) const { read_each(pools_, read, into); }
  void read_all(SourceReader read, prometheus::MetricFamily& into) const { read_each(sources_, read, into); }
  void read_all(ExporterReader read, prometheus::MetricFamily& into) const {
    read_each(exporter_, read, into);
  }

  template <typename Report>
  static void read_each(const std::vector<Labelled<Report>>& reports,
                        void (*read)(const Report&, SeriesSink&), prometheus::MetricFamily& into) {
    into.metric.reserve(reports.size());
    for (const auto& [report, labels] : reports) {
      SeriesSink sink(into, labels);
      read(*report, sink);
    }
  }

  std::vector<Labelled<PoolReport>> pools_;
  std::vector<Labelled<SourceReport>> sources_;
  std::vector<Labelled<ExporterReport>> exporter_;
  std::set<std::pair<std::string, std::string>> names_;
};

}  // namespace

std::vector<prometheus::MetricFamily> render(const FleetSnapshot& fleet) {
  const LabelledFleet labelled(fleet);
  std::vector<prometheus::MetricFamily> families;
  for (const Metric& metric : metric_catalog()) {
    auto family = labelled.family(metric);
    if (!family.metric.empty()) families.push_back(std::move(family));
  }
  return families;
}

std::string render_text(const FleetSnapshot& fleet) {
  return TextWriter().text(render(fleet));
}

}  // namespace dbpool
