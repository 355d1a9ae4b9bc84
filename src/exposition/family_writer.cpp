#include "exposition/family_writer.hpp"

#include <array>
#include <limits>
#include <string>
#include <utility>

#include "exposition/metric_catalog.hpp"

namespace dbpool {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;

/// By MetricType. prometheus-cpp has no infos and no state sets.
constexpr std::array family_types{prometheus::MetricType::Counter, prometheus::MetricType::Gauge,
                                  prometheus::MetricType::Histogram, prometheus::MetricType::Gauge,
                                  prometheus::MetricType::Gauge};

void add_labels(std::vector<ClientMetric::Label>& into, Labels labels) {
  for (const Label& label : labels) into.push_back({std::string(label.name), std::string(label.value)});
}

}  // namespace

void FamilyWriter::begin_metric(const Metric& metric) {
  families_.push_back(
      {std::string(metric.name), std::string(metric.help), family_types.at(index_of(metric.type)), {}});
}

void FamilyWriter::begin_report(Labels labels) {
  report_.clear();
  add_labels(report_, labels);
}

std::vector<MetricFamily> FamilyWriter::take() {
  std::erase_if(families_, [](const MetricFamily& family) { return family.metric.empty(); });
  return std::move(families_);
}

void FamilyWriter::write(double value, Labels further) {
  ClientMetric& series = append();
  add_labels(series.label, further);
  if (families_.back().type == prometheus::MetricType::Counter) {
    series.counter.value = value;
  } else {
    series.gauge.value = value;
  }
}

void FamilyWriter::write(const Histogram& histogram) {
  ClientMetric::Histogram& out = append().histogram;
  const std::vector<double>& bounds = histogram.bounds();
  for (std::size_t i = 0; i <= bounds.size(); ++i) {
    out.sample_count += histogram.count_in(i);
    out.bucket.push_back(
        {out.sample_count, i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity()});
  }
  out.sample_sum = histogram.sum_seconds();
}

ClientMetric& FamilyWriter::append() {
  ClientMetric& series = families_.back().metric.emplace_back();
  series.label = report_;
  return series;
}

}  // namespace dbpool
