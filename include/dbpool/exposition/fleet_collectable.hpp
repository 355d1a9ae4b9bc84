#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <memory>
#include <vector>

#include "dbpool/pool/pool.hpp"

namespace dbpool {

/// Exposes pools of an application as a prometheus::Collectable, for its own registry. The families are those
/// that the exporter shows of a pool that it owns. Any thread may call it.
class FleetCollectable : public prometheus::Collectable {
 public:
  /// The name of a pool is its labels `pool` and `source`, so no two pools may have the same name.
  /// throws std::invalid_argument if two have.
  explicit FleetCollectable(std::vector<std::shared_ptr<const Pool>> pools);

  /// Returns the figures now. For each pool, takes one short lock and makes one copy. Judges each pool by the
  /// thresholds of the health preset `capacity`.
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  std::vector<std::shared_ptr<const Pool>> pools_;
};

}  // namespace dbpool
