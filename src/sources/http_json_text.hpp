#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dbpool {

// The text of an answer, before it is read as JSON. Pure.

/// Names what an answer is that is plainly no JSON: nothing, a page, XML, metrics, compressed. nullopt = it
/// may be JSON. Quotes none of it.
std::optional<std::string> other_than_json(std::string_view text);

/// The text with null in place of the numbers that JSON does not have, as Python and others write them (NaN,
/// Infinity), and of those beyond a double.
std::string with_finite_numbers(std::string_view text);

}  // namespace dbpool
