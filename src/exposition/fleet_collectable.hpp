#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <functional>
#include <vector>

#include "snapshot/fleet_snapshot.hpp"

namespace dbpool {

/// Exposes the fleet as a prometheus::Collectable, for example in a registry with other metrics. For programs
/// that are built with this source and link its room; libdbpool does not contain it. Any thread may call it
/// if `fleet` may be called from any thread.
class FleetCollectable : public prometheus::Collectable {
 public:
  /// `fleet` returns the snapshot to expose; it is called at every collection.
  explicit FleetCollectable(std::function<FleetSnapshot()> fleet);

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  std::function<FleetSnapshot()> fleet_;
};

}  // namespace dbpool
