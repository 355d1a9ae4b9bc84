#pragma once

#include <utility>

#include "dbpool/sync/guarded.hpp"
#include "web/route.hpp"

namespace dbpool {

/// Routes that come and go while a router serves them. A request in progress keeps those that it found. Any
/// thread may call it.
class ChangingRoutes {
 public:
  /// Replaces the routes.
  void open(Routes routes) { routes_.access()->swap(routes); }
  /// Removes the routes, unless others have replaced them.
  void close(const Routes& routes) {
    const auto open = routes_.access();
    if (*open == routes) open->reset();
  }
  /// Returns the routes; nullptr = there are none now.
  Routes get() const { return *routes_.access(); }

 private:
  Guarded<Routes> routes_;
};

}  // namespace dbpool
