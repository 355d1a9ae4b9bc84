#pragma once

#include "web/message.hpp"
#include "web/web_services.hpp"

namespace dbpool {

// Handlers of /connections/pools/… and /health. They wait only for locks.

Response all_stats(const WebServices& services);
/// Returns 404 for an unknown pool, as `history_of_pool` does.
Response stats_of_pool(const Request& request, const WebServices& services);
/// Returns 200 whatever the status of the pools.
Response health_of_pools(const WebServices& services);
Response totals(const WebServices& services);
/// Returns 400 if `hours` is not a number from 0 to 24.
Response history_of_pool(const Request& request, const WebServices& services);
Response suspected_leaks(const WebServices& services);
/// Reports what happened lately, newest first; 400 if `minutes` is not a number from 0 to 525600.
Response journal(const Request& request, const WebServices& services);
Response diagnoses(const WebServices& services);
/// Returns 404 for an unknown pool, and for an entry that only counts.
Response diagnosis_of_pool(const Request& request, const WebServices& services);
/// Reports one pool with `?pool=`, else all; 503 if unhealthy.
Response health(const Request& request, const WebServices& services);

}  // namespace dbpool
