#include "web/guards.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "web/request_policy.hpp"

namespace dbpool {
namespace {

/// Returns whether an Origin is a page of this machine, whatever its port.
bool is_loopback_origin(std::string_view origin) {
  constexpr std::array<std::string_view, 3> hosts{"localhost", "127.0.0.1", "[::1]"};
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!origin.starts_with(scheme)) continue;
    origin.remove_prefix(scheme.size());
    const auto host = std::ranges::find_if(hosts, [&](auto each) { return origin.starts_with(each); });
    if (host == hosts.end()) return false;
    const std::string_view port = origin.substr(host->size());
    return port.empty() || (port.size() > 1 && port[0] == ':' &&
                            port.find_first_not_of("0123456789", 1) == std::string_view::npos);
  }
  return false;
}

}  // namespace

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

Guard only_pages_of(std::vector<std::string> origins) {
  return [origins = std::move(origins)](const Request& request) -> std::optional<Response> {
    const auto origin = request.header("Origin");
    if (!origin || is_loopback_origin(*origin) || std::ranges::find(origins, *origin) != origins.end())
      return std::nullopt;
    return error_response(403, "a page of another origin may not ask this");
  };
}

}  // namespace dbpool
