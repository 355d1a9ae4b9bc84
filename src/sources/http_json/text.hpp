#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dbpool {

// Functions on the text of an answer before it is parsed as JSON. Pure.

/// Describes an answer that is clearly not JSON: empty, HTML, XML, metrics or compressed. nullopt = it may be
/// JSON. Does not quote it.
std::optional<std::string> other_than_json(std::string_view text);

/// Returns the text with null in place of the numbers that JSON does not have, as Python and others write
/// them (NaN, Infinity), and of those beyond the range of a double.
std::string with_finite_numbers(std::string_view text);

}  // namespace dbpool
