#include "sources/push/gauge_series.hpp"

#include <algorithm>

namespace dbpool {

std::optional<RejectReason> GaugeSeries::set(const PointTime& at, std::optional<double> value) {
  const Streams::Place place = streams_.place(at, Temporality::cumulative, [](std::size_t) { return 0.0; });
  if (place.rejected) return place.rejected;
  if (place.index == values_.size()) values_.emplace_back();
  Value& of_stream = values_[place.index];
  if (place.is_new) of_stream = {};
  const bool was_positive = of_stream.last.value_or(0) > 0;
  of_stream = {value, value == 0 && (was_positive || of_stream.fell)};
  return std::nullopt;
}

std::optional<double> GaugeSeries::value(TimePoint not_before) const {
  std::optional<double> sum;
  for (const std::size_t i : counting(not_before)) {
    const double last = *values_[i].last;
    if (!sum || (*sum < 0 && last >= 0)) {
      sum = last;
    } else if (last >= 0) {
      *sum += last;
    }
  }
  return sum;
}

bool GaugeSeries::fell_to_zero(TimePoint not_before) const {
  return value(not_before) == 0 &&
         std::ranges::any_of(counting(not_before), [&](std::size_t i) { return values_[i].fell; });
}

/// Returns the streams whose values count.
std::vector<std::size_t> GaugeSeries::counting(TimePoint not_before) const {
  const std::vector<Stream>& streams = streams_.all();
  std::vector<std::size_t> counting;
  if (streams.empty()) return counting;
  const std::uint64_t latest_start = std::ranges::max(streams, {}, &Stream::start).start;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    const bool is_fresh = streams[i].arrived >= not_before && streams[i].time >= latest_start;
    if (values_[i].last && is_fresh) counting.push_back(i);
  }
  return counting;
}

}  // namespace dbpool
