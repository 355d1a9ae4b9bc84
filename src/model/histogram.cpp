#include "dbpool/model/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>
#include <string_view>

namespace dbpool {
namespace {

void check_bounds(const std::vector<double>& bounds) {
  const bool finite = std::ranges::all_of(bounds, [](double bound) { return std::isfinite(bound); });
  if (!finite || std::ranges::adjacent_find(bounds, std::greater_equal()) != bounds.end())
    throw std::invalid_argument("the bounds of a histogram are finite and strictly increasing");
}

void check_size(std::string_view what, std::size_t size, std::size_t buckets) {
  if (size == buckets) return;
  throw std::invalid_argument("a histogram of " + std::to_string(buckets) + " buckets takes as many " +
                              std::string(what) + ", not " + std::to_string(size));
}

}  // namespace

Histogram::Histogram(Bounds bounds, Counts counts, double sum, Exemplars exemplars)
    : bounds_(std::move(bounds)),
      counts_(std::move(counts)),
      exemplars_(std::move(exemplars)),
      count_(std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0})),
      sum_(sum) {
  check_bounds(*bounds_);
  check_size("counts", counts_.size(), bounds_->size() + 1);
  if (!exemplars_.empty()) check_size("exemplars", exemplars_.size(), counts_.size());
}

const Exemplar* Histogram::exemplar_in(std::size_t bucket) const noexcept {
  return exemplars_.empty() || !exemplars_[bucket] ? nullptr : &*exemplars_[bucket];
}

double Histogram::quantile(double q) const noexcept {
  const auto& bounds = *bounds_;
  if (count_ == 0 || bounds.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double rank = q * static_cast<double>(count_);
  double below = 0;
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    const auto here = static_cast<double>(counts_[i]);
    if (below + here >= rank && here > 0) {
      // Durations begin at 0, but foreign bounds may lie below it; such a first bucket has no lower bound.
      const double lower = i > 0 ? bounds[i - 1] : std::min(0.0, bounds[0]);
      return lower + (bounds[i] - lower) * std::max(0.0, rank - below) / here;
    }
    below += here;
  }
  return bounds.back();
}

}  // namespace dbpool
