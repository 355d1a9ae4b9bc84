#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "web/body_rules.hpp"
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
  std::vector<std::string> methods;  ///< none: every method, on a path that no other route has
  std::string path;  ///< exact, or with one `{parameter}` at its end, which matches the rest of a path
  Handler handler;
  std::vector<Guard> guards = {};                         ///< the first that refuses a request answers it
  std::shared_ptr<const BodyRules> body_rules = nullptr;  ///< nullptr = no body is accepted
  bool methods_are_public = false;  ///< whether another method is refused before the login, so without one
};

using Routes = std::shared_ptr<const std::vector<Route>>;

}  // namespace dbpool
