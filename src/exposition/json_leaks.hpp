#pragma once

#include <vector>

#include "exposition/json.hpp"
#include "snapshot/snapshotter.hpp"

namespace dbpool {

/// Returns the document of /connections/pools/leaks. Pure.
Json leaks_json(const std::vector<SuspectedLeak>& leaks);

}  // namespace dbpool
