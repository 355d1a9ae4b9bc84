#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "web/body.hpp"
#include "web/message.hpp"

namespace dbpool {

/// Answers one request. Any web thread calls it, several at once; may throw.
using Handler = std::function<Response(const Request&)>;

/// A rule of a route: returns the refusal of a request, nullopt = not refused. Sees no body. Any web thread
/// calls it, several at once; may throw.
using Guard = std::function<std::optional<Response>(const Request&)>;

/// One path, its methods, its handler, and the rules that a request must satisfy before the handler sees it.
/// A route with GET also answers HEAD.
struct Route {
  std::vector<std::string> methods;
  std::string path;  ///< exact, or with one `{parameter}` at its end, which matches the rest of a path
  Handler handler;
  std::vector<Guard> guards = {};  ///< the first that refuses a request answers it
  std::size_t body_limit = 0;      ///< the most bytes of a body; 0 = no body is accepted
};

/// Finds the route of a request by its raw path, so that a route has only one spelling. Immutable: any thread
/// may call it.
class Router {
 public:
  /// If two routes match a path, the first one that accepts the method answers.
  explicit Router(std::vector<Route> routes) : routes_(std::move(routes)) {}

  /// Calls the route's handler. Returns 413 for a body where no route of the path accepts one; else 404 if no
  /// route matches, 405 if none accepts the method, 400 if a parameter is not properly percent-encoded, the
  /// refusal of a guard, 413 or 400 for a body that the route cannot take. Only then the body is read, with
  /// `read_body`. throws what guards, `read_body` and the handler throw.
  Response answer(Request request, const ReadBody& read_body = no_body) const;

  /// Returns the error for a method that no route accepts: 405 if a route has the path, else 404. nullopt if
  /// some route accepts the method.
  std::optional<Response> refuse_method(const Request& request) const;

  const std::vector<Route>& routes() const noexcept { return routes_; }

 private:
  std::vector<const Route*> routes_at(std::string_view path) const;

  std::vector<Route> routes_;
};

/// Decodes `%XX`; returns nullopt if a `%` is not followed by two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text);

}  // namespace dbpool
