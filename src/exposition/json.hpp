#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "dbpool/model/pool_snapshot.hpp"
#include "model/bounded_sum.hpp"

namespace dbpool {

/// A JSON document that keeps its fields in the order in which they were added.
using Json = nlohmann::ordered_json;

// Functions that the documents share. All are pure; an unknown value is null.

/// Returns the time as RFC 3339 in UTC with milliseconds: 2025-10-13T14:30:00.000Z.
std::string rfc3339(WallTime time);

template <typename Value>
Json json_of(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}
Json json_of(const std::optional<WallTime>& time);
/// Returns null for an empty text.
Json json_of(const std::string& text);
/// Returns a whole number as an integer if one can hold it, as people configure seconds.
Json json_seconds(const std::optional<double>& seconds);
/// Rounds to the nanosecond; null also for a value that is not finite.
Json json_milliseconds(const std::optional<double>& seconds);
/// Rounds to one decimal; null also if `whole` is 0.
Json json_per_cent(const PoolSnapshot::Count& part, const PoolSnapshot::Count& whole);
/// Returns active / max in per cent, or else the utilization that the source reports.
Json json_utilization(const PoolSnapshot& pool);

/// Returns the sum of the known counts; nullopt if none is known.
template <std::size_t kinds>
PoolSnapshot::Count total(const std::array<PoolSnapshot::Count, kinds>& counts) {
  PoolSnapshot::Count all;
  for (const auto& count : counts) all = plus(all, count);
  return all;
}

/// Returns the connections closed for any reason; nullopt if some are not known. If a source reports a total,
/// `closed` counts those without a reported reason.
PoolSnapshot::Count closed_in_all(const PoolSnapshot& pool);

/// Returns the document on one line, with U+FFFD for all that is not UTF-8.
std::string json_text(const Json& document);

}  // namespace dbpool
