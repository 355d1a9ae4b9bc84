#include "web/guards.hpp"

#include <fmt/format.h>

#include "web/request_policy.hpp"

namespace dbpool {

Guard needs(const Feature& feature) {
  const std::string off = fmt::format("{} is off; {} turns it on", feature.name, feature.flag);
  return [enabled = feature.enabled, off](const Request&) {
    return enabled ? std::nullopt : std::optional(error_response(403, off));
  };
}

Guard no_page_may(std::string_view what) {
  const std::string refusal = fmt::format("a page may not {}", what);
  return [refusal](const Request& request) {
    return is_from_a_page(request) ? std::optional(error_response(403, refusal)) : std::nullopt;
  };
}

}  // namespace dbpool
