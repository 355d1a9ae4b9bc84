#pragma once

#include <memory>
#include <optional>

#include "log/logger.hpp"
#include "log/repeat_limiter.hpp"
#include "web/live_web_config.hpp"
#include "web/message.hpp"
#include "web/password_check.hpp"
#include "web/request_rate.hpp"
#include "web/router.hpp"

namespace dbpool {

/// What the web configuration asks of every request and adds to every answer. Any thread may call it.
class AccessControl {
 public:
  /// `logger` outlives it.
  AccessControl(std::shared_ptr<LiveWebConfig> config, Logger& logger)
      : config_(std::move(config)), logger_(logger) {}

  /// Returns the refusal of a request to `router`: 429 above the rate limit, else 405 for a method that is
  /// publicly refused, else 401 without a right login, or 503 while too many logins are checked. nullopt =
  /// not refused. throws only std::bad_alloc.
  std::optional<Response> refuse(const Request& request, const Router& router);

  /// Adds the headers of the configuration; they replace the answer's own of these names.
  void add_headers(Response& response);

 private:
  std::optional<Response> refuse_login(const Users& users, const Request& request);

  const std::shared_ptr<LiveWebConfig> config_;
  Logger& logger_;
  RequestRate rate_;
  PasswordCheck passwords_;
  RepeatLimiter failures_;
};

}  // namespace dbpool
