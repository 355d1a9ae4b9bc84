#include "web/responder.hpp"

#include <chrono>
#include <exception>
#include <string>

#include "web/request_policy.hpp"

namespace dbpool {

template <typename Work>
auto Responder::contained(const std::string& path, const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::exception& error) {
    return failed(path, error.what());
  } catch (...) {
    return failed(path, "unknown exception");
  }
}

Response Responder::failed(const std::string& path, const std::string& what) {
  if (const auto suppressed = failures_.admit(what, std::chrono::steady_clock::now())) {
    logger_.log(LogLevel::error, "web", "request failed",
                {{"path", path}, {"error", what}, {"suppressed", static_cast<std::int64_t>(*suppressed)}});
  }
  return error_response(500, "internal error");
}

Response Responder::answer(const Request& request, const ReadBody& read_body) {
  return contained(request.path, [&]() -> Response {
    if (auto refusal = refuse(request)) return std::move(*refusal);
    return router_.answer(request, read_body);
  });
}

Admission Responder::admit(Request head) {
  const std::string path = head.path;
  return contained(path, [&]() -> Admission {
    if (auto refusal = refuse(head)) return std::move(*refusal);
    return router_.admit(std::move(head));
  });
}

Response Responder::answer(Admitted admitted, Body body) {
  return contained(admitted.head().path, [&] { return admitted.answer(std::move(body)); });
}

std::optional<Response> Responder::refuse_method(const Request& first_line) const {
  const bool is_ours = is_token(first_line.method) && first_line.path.starts_with('/') &&
                       (first_line.version == "1.0" || first_line.version == "1.1");
  return is_ours ? router_.refuse_method(first_line) : std::nullopt;
}

}  // namespace dbpool
