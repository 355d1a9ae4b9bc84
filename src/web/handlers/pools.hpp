#pragma once

#include "web/message.hpp"
#include "web/web_services.hpp"

namespace dbpool {

// What /connections/pools/… and /health tell. None of it waits for anything but a lock.

Response all_stats(const WebServices& services);
/// 404 for a pool that there is not; so with the history.
Response stats_of_pool(const Request& request, const WebServices& services);
/// 200 however the pools are.
Response health_of_pools(const WebServices& services);
Response totals(const WebServices& services);
/// 400 when `hours` is not a number from 0 to 24.
Response history_of_pool(const Request& request, const WebServices& services);
Response suspected_leaks(const WebServices& services);
/// Of one pool with `?pool=`; 503 when unhealthy.
Response health(const Request& request, const WebServices& services);

}  // namespace dbpool
