#include "web/routes.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "web/guards.hpp"
#include "web/handlers/close_pools.hpp"
#include "web/handlers/lifecycle.hpp"
#include "web/handlers/metrics.hpp"
#include "web/handlers/pools.hpp"
#include "web/handlers/probe.hpp"
#include "web/handlers/status_page.hpp"
#include "web/mcp/endpoint.hpp"

namespace dbpool {
namespace {

std::vector<Route> pool_routes(const WebOptions& options, const WebServices& services) {
  const std::string pools = "/connections/pools/";
  const auto close = [&admin = services.admin](const Request& request) { return close_pool(request, admin); };
  const auto close_all = [&admin = services.admin](const Request&) { return close_all_pools(admin); };
  const std::vector<Guard> closing{needs({"closing", "--web.enable-admin-api", options.admin_api_enabled}),
                                   no_page_may("close pools")};
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
      {{"GET"}, pools + "events", [services](const Request& request) { return journal(request, services); }},
      {{"GET"}, pools + "diagnosis", [services](const Request&) { return diagnoses(services); }},
      {{"GET"},
       pools + "diagnosis/{pool}",
       [services](const Request& request) { return diagnosis_of_pool(request, services); }},
      {{"POST"}, pools + "close/{pool}", close, closing},
      {{"POST"}, pools + "close-all", close_all, closing},
  };
}

std::vector<Route> health_routes(const WebServices& services) {
  const auto readiness = [is_ready = services.ready](const Request&) {
    return is_ready() ? ready() : not_ready();
  };
  return {
      {{"GET"}, "/-/healthy", [](const Request&) { return healthy(); }},
      {{"GET"}, "/-/ready", readiness},
  };
}

}  // namespace

Router make_health_router(const WebServices& services) {
  return Router(health_routes(services));
}

Router make_router(const WebOptions& options, const WebServices& services,
                   std::shared_ptr<const ChangingRoutes> more) {
  const auto scrape = [services](const Request& request) {
    FleetSnapshot fleet = services.snapshot();
    std::erase_if(fleet.sources, [](const SourceReport& source) { return source.info.is_on_demand; });
    fleet.exporter = services.exporter();
    return metrics(request, fleet);
  };
  const auto page = [exporter = services.exporter, path = options.telemetry_path](const Request&) {
    return status_page(exporter().version, path);
  };
  const std::vector<Guard> reloading{needs({"reload", "--web.enable-lifecycle", options.lifecycle_enabled}),
                                     no_page_may("reload")};
  std::vector<Route> routes{
      {{"GET"}, options.telemetry_path, scrape},
      {{"GET"}, "/", page},
      {{"GET"}, "/probe", [services](const Request& request) { return probe(request, services); }},
      {{"POST", "PUT"},
       "/-/reload",
       [&admin = services.admin](const Request&) { return reload(admin); },
       reloading},
      {{"GET"}, "/-/log-level", [&admin = services.admin](const Request&) { return log_level(admin); }},
      {{"PUT"},
       "/-/log-level",
       [&admin = services.admin](const Request& request) { return set_log_level(request, admin); },
       {needs({"a change of the log level", "--web.enable-lifecycle", options.lifecycle_enabled}),
        no_page_may("change the log level")}},
      mcp::mcp_route(options, services),
  };
  std::ranges::move(health_routes(services), std::back_inserter(routes));
  std::ranges::move(pool_routes(options, services), std::back_inserter(routes));
  return Router(std::move(routes), std::move(more));
}

}  // namespace dbpool
