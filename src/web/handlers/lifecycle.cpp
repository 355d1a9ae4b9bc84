#include "web/handlers/lifecycle.hpp"

#include <fmt/format.h>

#include <future>

namespace dbpool {

Response healthy() {
  return text_response("dbpool_exporter is healthy.\n");
}

Response ready() {
  return text_response("dbpool_exporter is ready.\n");
}

Response not_ready() {
  return error_response(503, "dbpool_exporter is not ready");
}

Response reload(AdminCommands& admin) {
  // The stack of a web thread, 100 KB, is too small for a YAML parser and a name resolver.
  const auto problems = std::async(std::launch::async, [&admin] { return admin.reload(); }).get();
  if (!problems.empty()) return error_response(500, fmt::format("{}", fmt::join(problems, "\n")));
  return {200, "application/json", "{\"status\":\"success\"}\n"};
}

}  // namespace dbpool
