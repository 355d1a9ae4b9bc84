#include "exposition/series_sink.hpp"

#include <limits>
#include <string>

#include "model/seconds.hpp"

namespace dbpool {

void SeriesSink::add(double value) {
  set(append(0), value);
}

void SeriesSink::add(double value, std::string_view label, std::string_view label_value) {
  prometheus::ClientMetric& series = append(1);
  series.label.push_back({std::string(label), std::string(label_value)});
  set(series, value);
}

void SeriesSink::add(double value, const Labels& further) {
  prometheus::ClientMetric& series = append(further.size());
  series.label.insert(series.label.end(), further.begin(), further.end());
  set(series, value);
}

void SeriesSink::add(const std::shared_ptr<const Histogram>& histogram) {
  if (!histogram) return;
  prometheus::ClientMetric::Histogram& out = append(0).histogram;
  const std::vector<double>& bounds = histogram->bounds();
  out.bucket.reserve(bounds.size() + 1);
  for (std::size_t i = 0; i <= bounds.size(); ++i) {
    out.sample_count += histogram->count_in(i);
    out.bucket.push_back(
        {out.sample_count, i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity()});
  }
  out.sample_sum = histogram->sum_seconds();
}

void SeriesSink::add(const std::optional<WallTime>& time) {
  if (time) add(seconds_of(time->time_since_epoch()));
}

prometheus::ClientMetric& SeriesSink::append(std::size_t further_labels) {
  prometheus::ClientMetric& series = family_.metric.emplace_back();
  series.label.reserve(common_.size() + further_labels);
  series.label.insert(series.label.end(), common_.begin(), common_.end());
  return series;
}

void SeriesSink::set(prometheus::ClientMetric& series, double value) const {
  if (family_.type == prometheus::MetricType::Counter) {
    series.counter.value = value;
  } else {
    series.gauge.value = value;
  }
}

}  // namespace dbpool
