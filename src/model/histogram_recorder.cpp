#include "dbpool/model/histogram_recorder.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

namespace dbpool {
namespace {

constexpr double longest_bound_seconds = 1e9;

std::shared_ptr<const BucketBounds> make_bounds(std::vector<double> seconds) {
  return std::make_shared<const BucketBounds>(std::move(seconds));
}

void check_recordable(const std::vector<double>& seconds) {
  if (seconds.empty() || seconds.size() > BucketBounds::max_bounds) {
    throw std::invalid_argument("a histogram takes 1 to " + std::to_string(BucketBounds::max_bounds) +
                                " bounds, not " + std::to_string(seconds.size()));
  }
  double before = 0;
  for (std::size_t i = 0; i < seconds.size(); ++i) {
    // The comparison is written so that NaN fails it.
    if (!(seconds[i] > before && seconds[i] <= longest_bound_seconds)) {
      throw std::invalid_argument("bound " + std::to_string(i + 1) +
                                  " is not positive, strictly greater than the one before and at most 1e9");
    }
    before = seconds[i];
  }
}

}  // namespace

BucketBounds::BucketBounds(std::vector<double> seconds) : seconds_(std::move(seconds)) {
  check_recordable(seconds_);
  nanoseconds_.fill(std::numeric_limits<std::uint64_t>::max());
  std::ranges::transform(seconds_, nanoseconds_.begin(),
                         [](double s) { return static_cast<std::uint64_t>(std::llround(s * 1e9)); });
  for (std::size_t width = 0; width < first_.size(); ++width) {
    const std::uint64_t smallest = width == 0 ? 0 : std::uint64_t{1} << (width - 1);
    const auto bucket = std::ranges::find_if(nanoseconds_, [&](auto bound) { return bound >= smallest; });
    first_[width] = static_cast<std::uint8_t>(bucket - nanoseconds_.begin());
  }
}

std::shared_ptr<const BucketBounds> acquisition_buckets() {
  static const auto bounds = make_bounds({0.000001, 0.00001, 0.00005, 0.0001, 0.0005, 0.001, 0.0025, 0.005,
                                          0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30});
  return bounds;
}

std::shared_ptr<const BucketBounds> duration_buckets() {
  static const auto bounds = make_bounds({0.0001, 0.001, 0.01, 0.05, 0.1, 0.5, 1, 5, 30});
  return bounds;
}

std::shared_ptr<const Histogram> HistogramRecorder::value(Histogram::Exemplars exemplars) const {
  const auto buckets = static_cast<std::ptrdiff_t>(bounds_->size()) + 1;
  return std::make_shared<const Histogram>(Histogram::Bounds(bounds_, &bounds_->seconds()),
                                           Histogram::Counts(counts_.begin(), counts_.begin() + buckets),
                                           std::chrono::duration<double>(sum_).count(), std::move(exemplars));
}

}  // namespace dbpool
