#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "web/message.hpp"

namespace dbpool {

/// Answers one request. Any web thread calls it, several at once; may throw.
using Handler = std::function<Response(const Request&)>;

/// One path, its methods and its handler. A route with GET also answers HEAD.
struct Route {
  std::vector<std::string> methods;
  std::string path;  ///< exact, or with one `{parameter}` at its end, which matches the rest of a path
  Handler handler;
};

/// Finds the route of a request by its raw path, so that a route has only one spelling. Immutable: any thread
/// may call it.
class Router {
 public:
  /// If two routes match a path, the first one answers.
  explicit Router(std::vector<Route> routes) : routes_(std::move(routes)) {}

  /// Calls the route's handler. Returns 404 if no route matches, 405 if the route does not accept the method,
  /// 400 if a parameter is not properly percent-encoded. throws what the handler throws.
  Response answer(Request request) const;

  /// Returns the error for a method that no route accepts: 405 if a route has the path, else 404. nullopt if
  /// some route accepts the method.
  std::optional<Response> refuse_method(const Request& request) const;

  const std::vector<Route>& routes() const noexcept { return routes_; }

 private:
  std::vector<Route> routes_;
};

/// Decodes `%XX`; returns nullopt if a `%` is not followed by two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text);

}  // namespace dbpool
