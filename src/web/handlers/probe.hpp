#pragma once

#include "web/message.hpp"
#include "web/web_services.hpp"

namespace dbpool {

/// Answers `/probe?target=HOST:PORT&module=NAME` with the metrics of that target. Blocks for its first
/// reading at most as long as the client allows in X-Prometheus-Scrape-Timeout-Seconds, less 0.5 s. Returns
/// 400 for a parameter that is missing, given twice or not valid, 403 for a target that the module does not
/// allow, 503 when there is no room for one more. No text of an error depends on the target.
Response probe(const Request& request, const WebServices& services);

}  // namespace dbpool
