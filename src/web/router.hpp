#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "web/message.hpp"

namespace dbpool {

/// Answers one request. Called from any web thread, from several at once; may throw.
using Handler = std::function<Response(const Request&)>;

/// One path and what answers there. HEAD is answered wherever GET is.
struct Route {
  std::vector<std::string> methods;
  std::string path;  ///< exact; or it ends with one `{parameter}`, which stands for the whole rest of a path
  Handler handler;
};

/// Finds the route of a request by its raw path, so that no spelling but the plain one reaches a route.
/// Immutable: any thread may call it.
class Router {
 public:
  /// The first of two routes that match a path wins.
  explicit Router(std::vector<Route> routes) : routes_(std::move(routes)) {}

  /// Lets the route's handler answer; 404 where there is none, 405 where it does not take the method, 400
  /// where a parameter is not properly percent-encoded. Throws what the handler throws.
  Response answer(Request request) const;

  /// What is wrong with a method that no route takes anywhere, by the path: 405 or 404. nullopt: one takes
  /// it.
  std::optional<Response> refuse_method(const Request& request) const;

  const std::vector<Route>& routes() const noexcept { return routes_; }

 private:
  std::vector<Route> routes_;
};

/// Decodes `%XX`; nullopt where a `%` is not followed by two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text);

}  // namespace dbpool
