#include "web/query.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "web/router.hpp"

namespace dbpool {
namespace {

std::string form_decode(std::string_view text) {
  std::string spaced(text);
  std::ranges::replace(spaced, '+', ' ');
  return percent_decode(spaced).value_or(std::string(text));
}

/// Calls `use` with the value of each parameter of that name, until it returns true.
template <typename Use>
void find_values(std::string_view query, std::string_view name, Use use) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    const std::string_view key = pair.substr(0, pair.find('='));
    const bool is_it = form_decode(key) == name;
    if (is_it && use(form_decode(pair.substr(std::min(pair.size(), key.size() + 1))))) return;
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
  }
}

}  // namespace

std::optional<std::string> query_parameter(std::string_view query, std::string_view name) {
  std::optional<std::string> first;
  find_values(query, name, [&](std::string value) {
    first = std::move(value);
    return true;
  });
  return first;
}

std::optional<std::string> only_query_parameter(std::string_view query, std::string_view name) {
  std::vector<std::string> values;
  find_values(query, name, [&](std::string value) {
    values.push_back(std::move(value));
    return false;
  });
  return values.size() == 1 && !values[0].empty() ? std::optional(values[0]) : std::nullopt;
}

}  // namespace dbpool
