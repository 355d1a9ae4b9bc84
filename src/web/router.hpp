#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "web/body.hpp"
#include "web/changing_routes.hpp"
#include "web/message.hpp"
#include "web/route.hpp"

namespace dbpool {

/// A request that its route takes, and whose body is to be read now, if it has one.
class Admitted {
 public:
  Admitted(Request head, std::shared_ptr<const Route> route)
      : request_(std::move(head)), route_(std::move(route)) {}

  /// Returns what the body may be; nullptr = the request has none.
  const BodyRules* body_rules() const noexcept;
  const Request& head() const noexcept { return request_; }
  /// Returns the refusal of the body, 413, 400 or 503, or calls the handler. Called once. throws what the
  /// handler throws.
  Response answer(Body body = {});

 private:
  Request request_;
  std::shared_ptr<const Route> route_;
};

/// What the head of a request leads to: an answer at once, or one after its body.
using Admission = std::variant<Response, Admitted>;

/// Finds the route of a request by its raw path, so that a route has only one spelling. Any thread may call
/// it.
class Router {
 public:
  /// If two routes match a path, the first one that accepts the method answers; those of `more` come last.
  explicit Router(std::vector<Route> routes, std::shared_ptr<const ChangingRoutes> more = nullptr);

  /// Returns 413 for a body where no route of the path accepts one; else 404 if no route matches, 405 if none
  /// accepts the method, 400 if a parameter is not properly percent-encoded, the refusal of a guard, 413, 415
  /// or 400 for an announced body that the route cannot take. throws what guards throw.
  Admission admit(Request head) const;
  /// Answers a request that is admitted after it has read its body with `read_body`. throws what guards,
  /// `read_body` and the handler throw.
  Response answer(Request request, const ReadBody& read_body = no_body) const;

  /// Returns the error for a method that no route accepts: 405 if a route has the path, else 404. nullopt if
  /// some route accepts the method.
  std::optional<Response> refuse_method(const Request& request) const;
  /// Returns the 405 that needs no login, because the methods of the path are public; nullopt = there is
  /// none.
  std::optional<Response> refuse_public_method(const Request& request) const;

  /// Returns the routes that do not change.
  const std::vector<Route>& routes() const noexcept { return *routes_; }

 private:
  std::vector<std::shared_ptr<const Route>> routes_at(std::string_view path) const;

  Routes routes_;
  std::shared_ptr<const ChangingRoutes> more_;
};

/// Decodes `%XX`; returns nullopt if a `%` is not followed by two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text);

}  // namespace dbpool
