#pragma once

#include <optional>
#include <string_view>

namespace dbpool {

/// The units in which applications report durations.
enum class TimeUnit { seconds, milliseconds, microseconds, nanoseconds };

/// Converts a duration to seconds such that its decimals stay as short as they are: 10 ms is 0.01. NaN and
/// the infinities stay.
double in_seconds(double value, TimeUnit unit);

/// Returns the unit of a name in the data of applications, such as `ms` or `milliseconds`; nullopt for
/// another name.
std::optional<TimeUnit> time_unit_called(std::string_view name);

}  // namespace dbpool
