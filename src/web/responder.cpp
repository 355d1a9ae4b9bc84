#include "web/responder.hpp"

#include <chrono>
#include <exception>
#include <string>

#include "web/request_policy.hpp"

namespace dbpool {

Response Responder::answer(const Request& request, const ReadBody& read_body) {
  std::string what;
  try {
    if (auto refusal = refuse(request)) return std::move(*refusal);
    return router_.answer(request, read_body);
  } catch (const std::exception& error) {
    what = error.what();
  } catch (...) {
    what = "unknown exception";
  }
  if (const auto suppressed = failures_.admit(what, std::chrono::steady_clock::now())) {
    logger_.log(
        LogLevel::error, "web", "request failed",
        {{"path", request.path}, {"error", what}, {"suppressed", static_cast<std::int64_t>(*suppressed)}});
  }
  return error_response(500, "internal error");
}

std::optional<Response> Responder::refuse_method(const Request& first_line) const {
  const bool is_ours = is_token(first_line.method) && first_line.path.starts_with('/') &&
                       (first_line.version == "1.0" || first_line.version == "1.1");
  return is_ours ? router_.refuse_method(first_line) : std::nullopt;
}

}  // namespace dbpool
