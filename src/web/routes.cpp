#include "web/routes.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "web/handlers/close_pools.hpp"
#include "web/handlers/lifecycle.hpp"
#include "web/handlers/metrics.hpp"
#include "web/handlers/pools.hpp"
#include "web/handlers/status_page.hpp"
#include "web/request_policy.hpp"

namespace dbpool {
namespace {

Handler forbidden(const std::string& message) {
  return [message](const Request&) { return error_response(403, message); };
}

Handler reload_handler(const WebOptions& options, AdminCommands& admin) {
  if (!options.lifecycle_enabled) return forbidden("reload is off; --web.enable-lifecycle turns it on");
  return [&admin](const Request& request) {
    return is_from_a_page(request) ? error_response(403, "a page may not reload") : reload(admin);
  };
}

/// Wraps `close`: refuses the request if closing is off or a page in a browser sent it.
Handler closing_handler(const WebOptions& options, Handler close) {
  if (!options.admin_api_enabled) return forbidden("closing is off; --web.enable-admin-api turns it on");
  return [close = std::move(close)](const Request& request) {
    return is_from_a_page(request) ? error_response(403, "a page may not close pools") : close(request);
  };
}

std::vector<Route> pool_routes(const WebOptions& options, const WebServices& services) {
  const std::string pools = "/connections/pools/";
  const auto close = [&admin = services.admin](const Request& request) { return close_pool(request, admin); };
  const auto close_all = [&admin = services.admin](const Request&) { return close_all_pools(admin); };
  return {
      {{"GET"}, "/health", [services](const Request& request) { return health(request, services); }},
      {{"GET"}, pools + "stats", [services](const Request&) { return all_stats(services); }},
      {{"GET"},
       pools + "stats/{pool}",
       [services](const Request& request) { return stats_of_pool(request, services); }},
      {{"GET"}, pools + "health", [services](const Request&) { return health_of_pools(services); }},
      {{"GET"}, pools + "metrics", [services](const Request&) { return totals(services); }},
      {{"GET"},
       pools + "history/{pool}",
       [services](const Request& request) { return history_of_pool(request, services); }},
      {{"GET"}, pools + "leaks", [services](const Request&) { return suspected_leaks(services); }},
      {{"POST"}, pools + "close/{pool}", closing_handler(options, close)},
      {{"POST"}, pools + "close-all", closing_handler(options, close_all)},
  };
}

}  // namespace

Router make_router(const WebOptions& options, const WebServices& services) {
  const auto scrape = [services](const Request& request) {
    FleetSnapshot fleet = services.snapshot();
    fleet.exporter = services.exporter();
    return metrics(request, fleet);
  };
  const auto page = [exporter = services.exporter, path = options.telemetry_path](const Request&) {
    return status_page(exporter().version, path);
  };
  const auto readiness = [is_ready = services.ready](const Request&) {
    return is_ready() ? ready() : not_ready();
  };
  std::vector<Route> routes{
      {{"GET"}, options.telemetry_path, scrape},
      {{"GET"}, "/", page},
      {{"GET"}, "/-/healthy", [](const Request&) { return healthy(); }},
      {{"GET"}, "/-/ready", readiness},
      {{"POST", "PUT"}, "/-/reload", reload_handler(options, services.admin)},
  };
  std::ranges::move(pool_routes(options, services), std::back_inserter(routes));
  return Router(std::move(routes));
}

}  // namespace dbpool
