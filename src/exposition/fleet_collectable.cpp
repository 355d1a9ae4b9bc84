#include "exposition/fleet_collectable.hpp"

#include <array>
#include <limits>
#include <string>
#include <utility>

#include "exposition/metric_catalog.hpp"
#include "exposition/render.hpp"

namespace dbpool {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;

/// By MetricType. prometheus-cpp has no infos and no state sets.
constexpr std::array family_types{prometheus::MetricType::Counter, prometheus::MetricType::Gauge,
                                  prometheus::MetricType::Histogram, prometheus::MetricType::Gauge,
                                  prometheus::MetricType::Gauge};

/// Writes prometheus-cpp's families.
class FamilyWriter : public SeriesSink {
 public:
  void begin_metric(const Metric& metric) override {
    families_.push_back(
        {std::string(metric.name), std::string(metric.help), family_types.at(index_of(metric.type)), {}});
  }
  void begin_report(Labels labels) override {
    report_.clear();
    add_labels(report_, labels);
  }

  /// Returns the families that have series.
  std::vector<MetricFamily> take() {
    std::erase_if(families_, [](const MetricFamily& family) { return family.metric.empty(); });
    return std::move(families_);
  }

 private:
  using FamilyLabels = std::vector<ClientMetric::Label>;

  static void add_labels(FamilyLabels& into, Labels labels) {
    for (const Label& label : labels) into.push_back({std::string(label.name), std::string(label.value)});
  }

  void write(double value, Labels further) override {
    ClientMetric& series = append();
    add_labels(series.label, further);
    if (families_.back().type == prometheus::MetricType::Counter) {
      series.counter.value = value;
    } else {
      series.gauge.value = value;
    }
  }

  void write(const Histogram& histogram) override {
    ClientMetric::Histogram& out = append().histogram;
    const std::vector<double>& bounds = histogram.bounds();
    for (std::size_t i = 0; i <= bounds.size(); ++i) {
      out.sample_count += histogram.count_in(i);
      out.bucket.push_back(
          {out.sample_count, i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity()});
    }
    out.sample_sum = histogram.sum_seconds();
  }

  ClientMetric& append() {
    ClientMetric& series = families_.back().metric.emplace_back();
    series.label = report_;
    return series;
  }

  std::vector<MetricFamily> families_;
  FamilyLabels report_;
};

}  // namespace

FleetCollectable::FleetCollectable(std::function<FleetSnapshot()> fleet) : fleet_(std::move(fleet)) {}

std::vector<MetricFamily> FleetCollectable::Collect() const {
  FamilyWriter families;
  render(fleet_(), families);
  return families.take();
}

}  // namespace dbpool
