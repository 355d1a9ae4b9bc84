#include "web/router.hpp"

#include <algorithm>
#include <charconv>

namespace dbpool {
namespace {

/// Returns the part of `path` that matches the route's parameter, "" if the route has none; nullopt if the
/// path does not match.
std::optional<std::string_view> match(std::string_view route, std::string_view path) {
  if (!route.ends_with('}')) return route == path ? std::optional<std::string_view>("") : std::nullopt;
  const std::string_view prefix = route.substr(0, route.find('{'));
  if (!path.starts_with(prefix) || path.size() == prefix.size()) return std::nullopt;
  return path.substr(prefix.size());
}

bool takes(const Route& route, std::string_view method) {
  return std::find(route.methods.begin(), route.methods.end(), method == "HEAD" ? "GET" : method) !=
         route.methods.end();
}

Response method_not_allowed(const Route& route) {
  std::string allowed;
  for (const std::string& method : route.methods) {
    if (!allowed.empty()) allowed += ", ";
    allowed += method == "GET" ? "GET, HEAD" : method;
  }
  Response response = error_response(405, "method not allowed; allowed here: " + allowed);
  response.headers.push_back({"Allow", allowed});
  return response;
}

}  // namespace

Response Router::answer(Request request) const {
  for (const Route& route : routes_) {
    const auto parameter = match(route.path, request.path);
    if (!parameter) continue;
    if (!takes(route, request.method)) return method_not_allowed(route);
    auto decoded = percent_decode(*parameter);
    if (!decoded) return error_response(400, "malformed percent-encoding in the path");
    request.path_parameter = std::move(*decoded);
    return route.handler(request);
  }
  return error_response(404, "not found");
}

std::optional<Response> Router::refuse_method(const Request& request) const {
  const auto taken = [&](const Route& route) { return takes(route, request.method); };
  if (std::any_of(routes_.begin(), routes_.end(), taken)) return std::nullopt;
  const auto matches = [&](const Route& route) { return match(route.path, request.path).has_value(); };
  const auto route = std::find_if(routes_.begin(), routes_.end(), matches);
  return route == routes_.end() ? error_response(404, "not found") : method_not_allowed(*route);
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const std::string_view digits = text.substr(i + 1, 2);
    unsigned char byte = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2) return std::nullopt;
    decoded += static_cast<char>(byte);
    i += 2;
  }
  return decoded;
}

}  // namespace dbpool
