#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "dbpool/model/histogram.hpp"
#include "sources/mapping/mapped_pools.hpp"
#include "sources/mapping/mapping.hpp"
#include "sources/push/point.hpp"
#include "sources/time_unit.hpp"

namespace dbpool {

/// What a series of a mapping fills.
struct SeriesRole {
  bool is_counter = false;
  bool is_max = false;
  bool is_acquisition = false;  ///< the distribution of acquisitions
};

/// One use of a pushed series: what of it goes into which series of the mapping, and to which pool.
struct SeriesUse {
  enum class Figure { value, count, sum, distribution };

  std::size_t mapped = 0;  ///< index in `Mapping::series()`
  Figure figure = Figure::value;
  PoolPlace place;
  SeriesRole role;
  bool identifies = true;  ///< as of the mapped series
};

/// Returns the role of each series of a mapping, by its index.
std::vector<SeriesRole> roles_of(const Mapping& mapping);

/// Returns whether a mapping selects series of a metric, which may be a number or a distribution.
bool wants_metric(const Mapping& mapping, std::string_view metric);

/// Returns the uses of a series; none if its labels do not fit. A distribution is used as such, and its count
/// and sum as the numbers `name_count` and `name_sum`. `roles`: of the mapping.
std::vector<SeriesUse> uses_of(const Mapping& mapping, std::span<const SeriesRole> roles,
                               const PushedMetric& metric, std::span<const SampleLabel> labels);

/// Returns the unit of the durations in a distribution: as configured, as the data says, or the usual one.
/// nullopt if the data says one that is not of time.
std::optional<TimeUnit> unit_of(const MappedSeries& series, std::string_view of_data);

}  // namespace dbpool
