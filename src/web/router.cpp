#include "web/router.hpp"

#include <algorithm>
#include <charconv>

#include "web/request_policy.hpp"

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

Response method_not_allowed(const std::vector<const Route*>& routes) {
  std::vector<std::string_view> methods;
  for (const Route* route : routes) {
    for (const std::string& method : route->methods) {
      if (std::ranges::find(methods, method) == methods.end()) methods.push_back(method);
    }
  }
  std::string allowed;
  for (const std::string_view method : methods) {
    if (!allowed.empty()) allowed += ", ";
    allowed += method == "GET" ? "GET, HEAD" : method;
  }
  Response response = error_response(405, "method not allowed; allowed here: " + allowed);
  response.headers.push_back({"Allow", allowed});
  return response;
}

/// Reads the request's body, if it has one. Returns the refusal of a body that the route cannot take.
std::optional<Response> take_body(Request& request, std::size_t limit, const ReadBody& read_body) {
  if (auto refusal = refuse_body(request, limit)) return refusal;
  if (!has_body(request)) return std::nullopt;
  Body body = read_body(limit);
  if (body.end == BodyEnd::too_large) return too_large(limit);
  if (body.end == BodyEnd::incomplete) return error_response(400, "the body is incomplete or malformed");
  request.body = std::move(body.text);
  return std::nullopt;
}

}  // namespace

std::vector<const Route*> Router::routes_at(std::string_view path) const {
  std::vector<const Route*> found;
  for (const Route& route : routes_) {
    if (match(route.path, path)) found.push_back(&route);
  }
  return found;
}

Response Router::answer(Request request, const ReadBody& read_body) const {
  const auto here = routes_at(request.path);
  const auto takes_bodies = [](const Route* route) { return route->body_limit > 0; };
  if (std::ranges::none_of(here, takes_bodies)) {
    if (auto refusal = refuse_body(request, 0)) return std::move(*refusal);
  }
  if (here.empty()) return error_response(404, "not found");
  const auto found = std::ranges::find_if(here, [&](const Route* r) { return takes(*r, request.method); });
  if (found == here.end()) return method_not_allowed(here);
  const Route& route = **found;

  auto parameter = percent_decode(*match(route.path, request.path));
  if (!parameter) return error_response(400, "malformed percent-encoding in the path");
  request.path_parameter = std::move(*parameter);
  for (const Guard& guard : route.guards) {
    if (auto refusal = guard(request)) return std::move(*refusal);
  }
  if (auto refusal = take_body(request, route.body_limit, read_body)) return std::move(*refusal);
  return route.handler(request);
}

std::optional<Response> Router::refuse_method(const Request& request) const {
  const auto taken = [&](const Route& route) { return takes(route, request.method); };
  if (std::ranges::any_of(routes_, taken)) return std::nullopt;
  const auto here = routes_at(request.path);
  return here.empty() ? error_response(404, "not found") : method_not_allowed(here);
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
