#pragma once

#include <optional>
#include <string_view>

#include "sources/prometheus/sample.hpp"

namespace dbpool {

// The numbers of Prometheus' text formats. Pure.

/// Reads a value or a bound: a decimal number with an optional sign and exponent, or NaN, Inf or Infinity in
/// any case. nullopt for any other word and for a number outside the range of a double.
std::optional<double> sample_value(std::string_view word);

/// Reads a timestamp of the text format 0.0.4: whole milliseconds since 1970.
std::optional<SampleTime> time_in_milliseconds(std::string_view word);

/// Reads a timestamp of OpenMetrics: seconds since 1970, rounded to milliseconds.
std::optional<SampleTime> time_in_seconds(std::string_view word);

}  // namespace dbpool
