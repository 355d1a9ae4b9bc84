#include "sources/prometheus/text_format.hpp"

#include <algorithm>

namespace dbpool {

TextFormat text_format(std::string_view content_type) {
  constexpr std::string_view openmetrics = "application/openmetrics-text";
  constexpr auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  auto type = content_type.substr(0, content_type.find(';'));
  type.remove_prefix(std::min(type.find_first_not_of(" \t"), type.size()));
  type = type.substr(0, type.find_last_not_of(" \t") + 1);
  return std::ranges::equal(type, openmetrics, {}, lower) ? TextFormat::openmetrics : TextFormat::prometheus;
}

}  // namespace dbpool
