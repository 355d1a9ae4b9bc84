#include "web/access_control.hpp"

#include <strings.h>

#include <chrono>
#include <vector>

namespace dbpool {

std::optional<Response> AccessControl::refuse(const Request& request, const Router& router) {
  const auto config = config_->current();
  if (!rate_.admits(config->rate_limit, std::chrono::steady_clock::now()))
    return error_response(429, "too many requests");
  if (auto refusal = router.refuse_public_method(request)) return refusal;
  return config->users.empty() ? std::nullopt : refuse_login(config->users, request);
}

std::optional<Response> AccessControl::refuse_login(const Users& users, const Request& request) {
  const auto header = request.header("Authorization");
  const auto answer = header ? passwords_.check(users, *header) : PasswordCheck::Answer::wrong;
  if (answer == PasswordCheck::Answer::right) return std::nullopt;
  if (answer == PasswordCheck::Answer::busy) {
    Response busy = error_response(503, "too many logins at once; try again later");
    busy.headers.push_back({"Retry-After", "1"});
    return busy;
  }
  // Browsers begin without a login.
  const auto suppressed = header ? failures_.admit("login", std::chrono::steady_clock::now()) : std::nullopt;
  if (suppressed) {
    logger_.log(LogLevel::warn, "web", "login refused",
                {{"suppressed", static_cast<std::int64_t>(*suppressed)}});
  }
  Response refusal = error_response(401, "a valid login is needed here");
  refusal.headers.push_back({"WWW-Authenticate", "Basic realm=\"dbpool_exporter\""});
  return refusal;
}

void AccessControl::add_headers(Response& response) {
  const auto config = config_->current();
  for (const Header& added : config->headers) {
    std::erase_if(response.headers,
                  [&](const Header& own) { return ::strcasecmp(own.name.c_str(), added.name.c_str()) == 0; });
    response.headers.push_back(added);
  }
}

}  // namespace dbpool
