#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <functional>
#include <vector>

#include "snapshot/fleet_snapshot.hpp"

namespace dbpool {

/// Lets anything that serves a prometheus::Collectable show the fleet: a registry that has other metrics as
/// well, for example. For programs that are built with this source and link its room; libdbpool has it not.
/// Any thread may call it, if `fleet` may be called from any thread.
class FleetCollectable : public prometheus::Collectable {
 public:
  /// `fleet` takes the moment to be shown, at every collection.
  explicit FleetCollectable(std::function<FleetSnapshot()> fleet);

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  std::function<FleetSnapshot()> fleet_;
};

}  // namespace dbpool
