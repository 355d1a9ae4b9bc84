#include "exposition/render.hpp"

#include <array>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "exposition/metric_catalog.hpp"
#include "exposition/text_writer.hpp"
#include "model/utf8.hpp"

namespace dbpool {
namespace {

/// A fleet whose names are made valid once for all metrics.
class NamedFleet {
 public:
  explicit NamedFleet(const FleetSnapshot& fleet) : exporter_(fleet.exporter) {
    sources_.reserve(fleet.sources.size());  // the pools refer to their sources' names
    for (const SourceReport& source : fleet.sources) {
      sources_.push_back({valid_utf8(source.name), source});
      for (const PoolReport& pool : source.pools) add(sources_.back().name, pool);
    }
  }

  void render(const Metric& metric, SeriesSink& out) const {
    out.begin_metric(metric);
    std::visit([&](auto read) { read_all(read, out); }, metric.read);
  }

 private:
  struct Source {
    std::string name;
    const SourceReport& report;
  };
  struct Pool {
    std::string_view source;
    std::string name;
    const PoolReport& report;
  };

  void add(std::string_view source, const PoolReport& pool) {
    std::string name = valid_utf8(pool.figures.pool);
    // Only the first of rows with one name counts: a series must not appear twice.
    if (names_.emplace(source, name).second) pools_.push_back({source, std::move(name), pool});
  }

  void read_all(PoolReader read, SeriesSink& out) const {
    for (const Pool& pool : pools_) {
      out.begin_report(std::array{Label{"source", pool.source}, Label{"pool", pool.name}});
      read(pool.report, out);
    }
  }
  void read_all(SourceReader read, SeriesSink& out) const {
    for (const Source& source : sources_) {
      out.begin_report(std::array{Label{"source", source.name}});
      read(source.report, out);
    }
  }
  void read_all(ExporterReader read, SeriesSink& out) const {
    out.begin_report({});
    read(exporter_, out);
  }

  std::vector<Source> sources_;
  std::vector<Pool> pools_;
  const ExporterReport& exporter_;
  std::set<std::pair<std::string_view, std::string>> names_;
};

}  // namespace

void render(const FleetSnapshot& fleet, SeriesSink& out) {
  const NamedFleet named(fleet);
  for (const Metric& metric : metric_catalog()) named.render(metric, out);
}

std::string render_text(const FleetSnapshot& fleet) {
  TextWriter text;
  render(fleet, text);
  return text.take();
}

}  // namespace dbpool
