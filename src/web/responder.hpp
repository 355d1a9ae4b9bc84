#pragma once

#include <optional>
#include <utility>

#include "log/logger.hpp"
#include "log/repeat_limiter.hpp"
#include "web/router.hpp"

namespace dbpool {

/// Answers whatever comes: refuses what no route may see, and makes a 500 and a line in the log of what a
/// route throws. Any thread may call it.
class Responder {
 public:
  /// `logger` outlives it.
  Responder(Router router, Logger& logger) : router_(std::move(router)), logger_(logger) {}

  /// Throws nothing but std::bad_alloc. What a route threw goes to the log alone, where a failure that
  /// repeats is limited.
  Response answer(const Request& request);
  /// For a request of which the web server read the first line alone: 405 or 404 where its method is what is
  /// wrong with it, else nullopt. Throws nothing but std::bad_alloc.
  std::optional<Response> refuse_method(const Request& first_line) const;

 private:
  const Router router_;
  Logger& logger_;
  RepeatLimiter failures_;
};

}  // namespace dbpool
