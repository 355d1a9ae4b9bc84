#pragma once

#include <optional>
#include <utility>

#include "log/logger.hpp"
#include "log/repeat_limiter.hpp"
#include "web/router.hpp"

namespace dbpool {

/// Answers every request: refuses those that no route may see, and turns an exception of a route into a 500
/// and a log line. Any thread may call it.
class Responder {
 public:
  /// `logger` outlives the responder.
  Responder(Router router, Logger& logger) : router_(std::move(router)), logger_(logger) {}

  /// Answers one request; `read_body` is called at most once, and only for a route that accepts its body. An
  /// exception is only logged, and its repetitions are limited. throws only std::bad_alloc.
  Response answer(const Request& request, const ReadBody& read_body = no_body);
  /// The same in two steps, for a server that reads bodies without a thread: refuses a request, or admits it.
  Admission admit(Request head);
  Response answer(Admitted admitted, Body body);
  /// Returns 405 or 404 if the error in a request is its method, else nullopt. For a request whose first line
  /// alone was read. throws only std::bad_alloc.
  std::optional<Response> refuse_method(const Request& first_line) const;
  const Router& router() const noexcept { return router_; }

 private:
  /// Returns the result of `work`, or the answer to a request for `path` whose route failed.
  template <typename Work>
  auto contained(const std::string& path, const Work& work) -> decltype(work());
  Response failed(const std::string& path, const std::string& what);

  const Router router_;
  Logger& logger_;
  RepeatLimiter failures_;
};

}  // namespace dbpool
