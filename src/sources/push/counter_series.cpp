#include "sources/push/counter_series.hpp"

#include <cmath>
#include <numeric>
#include <utility>

namespace dbpool {

std::optional<RejectReason> CounterSeries::add(const PointTime& at, Temporality temporality, double value) {
  if (!std::isfinite(value) || value < 0) return RejectReason::malformed;
  const auto lead = [&](std::size_t stream) {
    return value < values_[stream] ? std::nullopt : std::optional(value - values_[stream]);
  };
  const Streams::Place place = streams_.place(at, temporality, lead);
  if (place.rejected) return place.rejected;
  if (place.index == values_.size()) values_.push_back(0);
  double& last = values_[place.index];
  if (place.is_new) folded_ += std::exchange(last, 0);
  if (place.is_baseline) folded_ -= value;
  last = temporality == Temporality::delta ? last + value : value;
  return std::nullopt;
}

std::optional<double> CounterSeries::total() const {
  if (values_.empty()) return std::nullopt;
  return std::accumulate(values_.begin(), values_.end(), folded_);
}

}  // namespace dbpool
