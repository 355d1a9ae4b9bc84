#include "web/query.hpp"

#include <algorithm>

#include "web/router.hpp"

namespace dbpool {
namespace {

std::string form_decode(std::string_view text) {
  std::string spaced(text);
  std::ranges::replace(spaced, '+', ' ');
  return percent_decode(spaced).value_or(std::string(text));
}

}  // namespace

std::optional<std::string> query_parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    const std::string_view key = pair.substr(0, pair.find('='));
    if (form_decode(key) == name) return form_decode(pair.substr(std::min(pair.size(), key.size() + 1)));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
  }
  return std::nullopt;
}

}  // namespace dbpool
