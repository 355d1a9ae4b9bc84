#include "web/handlers/close_pools.hpp"

#include <strings.h>

#include "web/json_response.hpp"

namespace dbpool {
namespace {

void add_counts(Json& into, const ClosedPool& pool) {
  into["closed_idle"] = pool.closed_idle;
  into["closing_active"] = pool.closing_active;
}

}  // namespace

bool is_from_another_site(const Request& request) {
  const auto origin = request.header("Origin");
  if (!origin) return false;
  const auto scheme_end = origin->find("://");
  if (scheme_end == std::string::npos) return true;  // "null", which names no site
  const std::string site = origin->substr(scheme_end + 3);
  return ::strcasecmp(site.c_str(), request.header("Host").value_or("").c_str()) != 0;
}

Response close_pool(const Request& request, AdminCommands& admin) {
  const auto closed = admin.close(request.path_parameter);
  if (!closed) return error_response(404, "there is no owned pool named '" + request.path_parameter + "'");
  Json document{{"status", "success"}, {"pool", closed->name}};
  add_counts(document, *closed);
  return json_response(document);
}

Response close_all_pools(AdminCommands& admin) {
  Json pools = Json::object();
  ClosedPool all;
  for (const ClosedPool& pool : admin.close_all()) {
    Json& one = pools[pool.name] = {{"status", "success"}};
    add_counts(one, pool);
    all.closed_idle += pool.closed_idle;
    all.closing_active += pool.closing_active;
  }
  Json document{{"status", "success"}};
  add_counts(document, all);
  document["pools"] = std::move(pools);
  return json_response(document);
}

}  // namespace dbpool
