#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dbpool/model/pool_snapshot.hpp"

namespace dbpool {

// Readers for values of a document whose types are uncertain. nullopt = the value is not of that type. A
// number may be in quotes.

/// Returns a whole number, 0 or more, that fits 64 bits; `3.0` is one.
std::optional<std::uint64_t> json_count(const nlohmann::json& value);
/// Returns a finite number, 0 or more.
std::optional<double> json_number(const nlohmann::json& value);
/// Returns true or false, which may be in quotes.
std::optional<bool> json_truth(const nlohmann::json& value);
/// Returns a text, cut to `most` bytes, as valid UTF-8.
std::optional<std::string> json_text(const nlohmann::json& value, std::size_t most);
/// Returns a time in RFC 3339 or in Unix seconds. nullopt also for a time without an offset, since its clock
/// is unknown.
std::optional<WallTime> json_time(const nlohmann::json& value);

/// Splits a JSON pointer (RFC 6901) into its tokens. throws Error when it is not one.
std::vector<std::string> json_pointer(std::string_view text);
/// Returns the value that `pointer` leads to; nullptr when there is none.
const nlohmann::json* json_at(const nlohmann::json& document, const std::vector<std::string>& pointer);

/// Parses a document, with U+FFFD for what is not UTF-8 and null for a number that JSON does not have, such
/// as NaN. throws Error when it is not JSON, is deeper than 64 levels or has more than 250,000 values, keys
/// and brackets; the text names another format that it recognizes, and does not quote the document.
nlohmann::json read_json(std::string_view text);

}  // namespace dbpool
