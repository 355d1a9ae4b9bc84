#pragma once

#include <string_view>

namespace dbpool {

/// Removes the part before `separator` from the front of `rest` and returns it without blanks at its ends.
/// For a header with a list, such as `Accept`: elements are separated by commas, and their parameters by
/// semicolons.
std::string_view next_part(std::string_view& rest, char separator);

/// Returns the weight that the parameters of an element give it: `q`, from 0 to 1, and 1 without one. A
/// malformed or negative one is 0.
double weight_in(std::string_view parameters);

}  // namespace dbpool
