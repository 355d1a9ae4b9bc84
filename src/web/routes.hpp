#pragma once

#include "web/router.hpp"
#include "web/web_options.hpp"
#include "web/web_services.hpp"

namespace dbpool {

/// Every route of the program, in one table.
Router make_router(const WebOptions& options, const WebServices& services);

}  // namespace dbpool
