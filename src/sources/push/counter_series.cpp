#include "sources/push/counter_series.hpp"

#include <cmath>
#include <numeric>
#include <utility>

namespace dbpool {

std::optional<RejectReason> CounterSeries::add(const PointTime& at, Temporality temporality, double value) {
  if (!std::isfinite(value) || value < 0) return RejectReason::malformed;
  const Streams::Place place = streams_.place(at, temporality);
  if (place.rejected) return place.rejected;
  if (place.index == values_.size()) values_.push_back(0);
  double& last = values_[place.index];
  if (place.is_new) folded_ += std::exchange(last, 0);
  if (temporality == Temporality::delta) {
    last += value;
  } else {
    if (value < last) folded_ += last;
    last = value;
  }
  return std::nullopt;
}

std::optional<double> CounterSeries::total() const {
  if (values_.empty()) return std::nullopt;
  return std::accumulate(values_.begin(), values_.end(), folded_);
}

}  // namespace dbpool
