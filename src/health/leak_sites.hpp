#pragma once

#include <optional>
#include <vector>

#include "dbpool/model/pool_snapshot.hpp"
#include "health/diagnosis.hpp"
#include "health/windows.hpp"

namespace dbpool {

/// Returns the three sites that hold most of these leases, the one with most first.
std::vector<LeakSite> leak_sites(const std::vector<LeakReport>& leaks);

/// Returns the seconds until leaks have filled the pool at the rate of the last 5 minutes or hour, whichever
/// is higher; nullopt if they do not grow, have filled it, or that is not known.
std::optional<double> full_after(const PoolSnapshot& pool, const Windows& windows);

}  // namespace dbpool
