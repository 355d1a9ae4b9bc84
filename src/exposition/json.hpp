#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "dbpool/model/pool_snapshot.hpp"
#include "model/counts.hpp"

namespace dbpool {

/// A JSON document whose fields keep the order in which they were added.
using Json = nlohmann::ordered_json;

// What the documents share. All of it is pure; what is not known is null.

/// RFC 3339 in UTC with milliseconds: 2025-10-13T14:30:00.000Z.
std::string rfc3339(WallTime time);

template <typename Value>
Json json_of(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}
Json json_of(const std::optional<WallTime>& time);
/// Null where the text is empty.
Json json_of(const std::string& text);
/// A whole number where it is one that an integer can hold, as people configure them.
Json json_seconds(const std::optional<double>& seconds);
/// To the nanosecond; null where a number cannot say it.
Json json_milliseconds(const std::optional<double>& seconds);
/// With one decimal; null also of nothing.
Json json_per_cent(const PoolSnapshot::Count& part, const PoolSnapshot::Count& whole);
/// As active / max, or as the source tells it.
Json json_utilization(const PoolSnapshot& pool);

/// All of what is counted by kind, as far as it is known; nullopt when nothing is.
template <std::size_t kinds>
PoolSnapshot::Count total(const std::array<PoolSnapshot::Count, kinds>& counts) {
  PoolSnapshot::Count all;
  for (const auto& count : counts) all = plus(all, count);
  return all;
}

/// Connections closed for whatever reason; nullopt where some are not known. A source that tells a total has
/// what it tells no reason for under `closed`.
PoolSnapshot::Count closed_in_all(const PoolSnapshot& pool);

/// The document on one line. Whatever is not UTF-8 in it becomes U+FFFD.
std::string json_text(const Json& document);

}  // namespace dbpool
