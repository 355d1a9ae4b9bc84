#include "sources/prometheus/text_format.hpp"

#include "model/ascii.hpp"
#include "model/blank_ends.hpp"

namespace dbpool {

TextFormat text_format(std::string_view content_type) {
  constexpr std::string_view openmetrics = "application/openmetrics-text";
  const auto type = without_ends(content_type.substr(0, content_type.find(';')), " \t");
  return same_but_for_case(type, openmetrics) ? TextFormat::openmetrics : TextFormat::prometheus;
}

}  // namespace dbpool
