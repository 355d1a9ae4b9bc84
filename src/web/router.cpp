#include "web/router.hpp"

#include <algorithm>
#include <charconv>

#include "web/request_policy.hpp"

namespace dbpool {
namespace {

using Found = std::vector<std::shared_ptr<const Route>>;

/// Returns the part of `path` that matches the route's parameter, "" if the route has none; nullopt if the
/// path does not match.
std::optional<std::string_view> match(std::string_view route, std::string_view path) {
  if (!route.ends_with('}')) return route == path ? std::optional<std::string_view>("") : std::nullopt;
  const std::string_view prefix = route.substr(0, route.find('{'));
  if (!path.starts_with(prefix) || path.size() == prefix.size()) return std::nullopt;
  return path.substr(prefix.size());
}

bool takes(const Route& route, std::string_view method) {
  if (route.methods.empty()) return true;
  return std::find(route.methods.begin(), route.methods.end(), method == "HEAD" ? "GET" : method) !=
         route.methods.end();
}

Response method_not_allowed(const Found& routes) {
  std::vector<std::string_view> methods;
  for (const auto& route : routes) {
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

/// Adds the routes that match the path.
void add_matching(Found& found, const Routes& routes, std::string_view path) {
  for (const Route& route : *routes) {
    const bool counts = !route.methods.empty() || found.empty();
    if (counts && match(route.path, path)) found.emplace_back(routes, &route);
  }
}

/// Returns the refusal of the body that a request announces to a route.
std::optional<Response> refuse_announced(const Request& request, const Route& route) {
  const auto& rules = route.body_rules;
  auto refusal = refuse_body(request, rules ? rules->limit : 0);
  if (!refusal && rules) refusal = refuse_coding(request, *rules);
  if (refusal && rules && rules->refused) rules->refused(refusal->status);
  return refusal;
}

std::optional<Response> refuse_read(const Body& body, const BodyRules& rules) {
  switch (body.end) {
    case BodyEnd::complete:
      return std::nullopt;
    case BodyEnd::too_large:
      return too_large(rules.limit);
    case BodyEnd::incomplete:
      return error_response(400, "the body is incomplete or malformed");
    case BodyEnd::not_gzip:
      return error_response(400, "the body is not one whole gzip stream, as which it was announced");
    case BodyEnd::too_slow:
      return come_again("the body did not arrive in time");
    case BodyEnd::no_room:
      break;
  }
  return no_room();
}

}  // namespace

const BodyRules* Admitted::body_rules() const noexcept {
  return has_body(request_) ? route_->body_rules.get() : nullptr;
}

Response Admitted::answer(Body body) {
  if (const BodyRules* const rules = body_rules()) {
    if (is_gzip(request_)) body = inflated(std::move(body), *rules);
    if (auto refusal = refuse_read(body, *rules)) {
      if (rules->refused) rules->refused(refusal->status);
      return std::move(*refusal);
    }
    request_.body = std::move(body.text);
  }
  return route_->handler(request_);
}

Router::Router(std::vector<Route> routes, std::shared_ptr<const ChangingRoutes> more)
    : routes_(std::make_shared<const std::vector<Route>>(std::move(routes))), more_(std::move(more)) {}

Found Router::routes_at(std::string_view path) const {
  Found found;
  add_matching(found, routes_, path);
  if (const Routes more = more_ ? more_->get() : nullptr) add_matching(found, more, path);
  return found;
}

Admission Router::admit(Request head) const {
  const auto here = routes_at(head.path);
  const auto takes_bodies = [](const auto& route) { return route->body_rules != nullptr; };
  if (std::ranges::none_of(here, takes_bodies)) {
    if (auto refusal = refuse_body(head, 0)) return std::move(*refusal);
  }
  if (here.empty()) return error_response(404, "not found");
  const auto found = std::ranges::find_if(here, [&](const auto& r) { return takes(*r, head.method); });
  if (found == here.end()) return method_not_allowed(here);
  const Route& route = **found;

  auto parameter = percent_decode(*match(route.path, head.path));
  if (!parameter) return error_response(400, "malformed percent-encoding in the path");
  head.path_parameter = std::move(*parameter);
  for (const Guard& guard : route.guards) {
    if (auto refusal = guard(head)) return std::move(*refusal);
  }
  if (auto refusal = refuse_announced(head, route)) return std::move(*refusal);
  return Admitted(std::move(head), *found);
}

Response Router::answer(Request request, const ReadBody& read_body) const {
  Admission admission = admit(std::move(request));
  if (auto* const refusal = std::get_if<Response>(&admission)) return std::move(*refusal);
  auto& admitted = std::get<Admitted>(admission);
  const BodyRules* const rules = admitted.body_rules();
  return admitted.answer(rules ? read_body(*rules) : Body());
}

std::optional<Response> Router::refuse_method(const Request& request) const {
  // A route with every method says nothing about the methods of other paths.
  const auto taken = [&](const Route& route) {
    return takes(route, request.method) && (!route.methods.empty() || match(route.path, request.path));
  };
  if (std::ranges::any_of(*routes_, taken)) return std::nullopt;
  const auto here = routes_at(request.path);
  return here.empty() ? error_response(404, "not found") : method_not_allowed(here);
}

std::optional<Response> Router::refuse_public_method(const Request& request) const {
  const auto here = routes_at(request.path);
  const bool is_public =
      std::ranges::any_of(here, [](const auto& route) { return route->methods_are_public; });
  const auto taken = [&](const auto& route) { return takes(*route, request.method); };
  if (!is_public || std::ranges::any_of(here, taken)) return std::nullopt;
  return method_not_allowed(here);
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
