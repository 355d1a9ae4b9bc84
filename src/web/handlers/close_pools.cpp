#include "web/handlers/close_pools.hpp"

#include "web/json_response.hpp"

namespace dbpool {
namespace {

void add_counts(Json& into, const ClosedPool& pool) {
  into["closed_idle"] = pool.closed_idle;
  into["closing_active"] = pool.closing_active;
}

}  // namespace

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
