#pragma once

#include "web/router.hpp"
#include "web/web_options.hpp"
#include "web/web_services.hpp"

namespace dbpool {

/// Returns the router with every route of the program.
Router make_router(const WebOptions& options, const WebServices& services,
                   std::shared_ptr<const ChangingRoutes> more = nullptr);

/// Makes the router of the second listener: `/-/healthy` and `/-/ready` alone.
Router make_health_router(const WebServices& services);

}  // namespace dbpool
