#pragma once

#include "exposition/json.hpp"
#include "exposition/named_pools.hpp"
#include "snapshot/fleet_snapshot.hpp"

namespace dbpool {

/// Returns the document of /connections/pools/diagnosis: the diagnosis of each pool that has one. Pure.
Json diagnoses_json(const FleetSnapshot& fleet);

/// Returns the document of /connections/pools/diagnosis/{pool}. Pure. REQUIRES: the pool has a diagnosis.
Json pool_diagnosis_json(const NamedPool& pool);

}  // namespace dbpool
