#include "web/weighted_list.hpp"

#include <algorithm>
#include <charconv>

#include "model/blank_ends.hpp"

namespace dbpool {

std::string_view next_part(std::string_view& rest, char separator) {
  const auto end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return without_ends(part, " \t");
}

double weight_in(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::string_view parameter = next_part(parameters, ';');
    if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) continue;
    double weight = 0;
    std::from_chars(parameter.data() + 2, parameter.data() + parameter.size(), weight);
    return weight > 0 ? std::min(weight, 1.0) : 0;
  }
  return 1;
}

}  // namespace dbpool
