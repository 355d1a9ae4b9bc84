#include "web/handlers/lifecycle.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <future>

#include "dbpool/model/names.hpp"
#include "log/log_options.hpp"
#include "web/query.hpp"

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

Response log_level(const AdminCommands& admin) {
  return {200, "application/json",
          fmt::format("{{\"status\":\"success\",\"level\":\"{}\"}}\n",
                      log_level_names[index_of(admin.log_level())])};
}

Response set_log_level(const Request& request, AdminCommands& admin) {
  const auto wanted = query_parameter(request.query, "level");
  const auto found = std::ranges::find(log_level_names, wanted.value_or(""));
  if (found == log_level_names.end()) {
    return error_response(400, fmt::format("level must be one of {}", fmt::join(log_level_names, ", ")));
  }
  admin.set_log_level(static_cast<LogLevel>(found - log_level_names.begin()));
  return log_level(admin);
}

}  // namespace dbpool
