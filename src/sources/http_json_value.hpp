#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dbpool/model/pool_snapshot.hpp"

namespace dbpool {

// Values of a document of which nothing is sure. nullopt = it is no such value. A number may stand in quotes.

/// A whole number, 0 or more, that fits 64 bits; `3.0` is one.
std::optional<std::uint64_t> json_count(const nlohmann::json& value);
/// A finite number, 0 or more.
std::optional<double> json_number(const nlohmann::json& value);
/// true or false, also in quotes.
std::optional<bool> json_truth(const nlohmann::json& value);
/// Cut to `most` bytes, and valid UTF-8.
std::optional<std::string> json_text(const nlohmann::json& value, std::size_t most);
/// A moment in RFC 3339 or in Unix seconds. One without an offset is not known: nobody says which clock it
/// was.
std::optional<WallTime> json_time(const nlohmann::json& value);

/// A JSON pointer (RFC 6901) taken apart. throws Error when it is none.
std::vector<std::string> json_pointer(std::string_view text);
/// What it points to; nullptr when there is no such thing.
const nlohmann::json* json_at(const nlohmann::json& document, const std::vector<std::string>& pointer);

/// Reads a document. What is not UTF-8 in it becomes U+FFFD, and a number that JSON does not have, such as
/// NaN, null. throws Error when it is no JSON, deeper than 64 or has more than 250,000 values; the text says
/// what it is instead where that can be seen, and does not quote it.
nlohmann::json read_json(std::string_view text);

}  // namespace dbpool
