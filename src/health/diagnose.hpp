#pragma once

#include <string>
#include <vector>

#include "dbpool/model/pool_snapshot.hpp"
#include "health/diagnosis.hpp"
#include "health/windows.hpp"

namespace dbpool {

/// What the entry of a pooler's database adds to the figures of its pools.
struct DatabaseSymptoms {
  Windows windows;  ///< of its transactions or queries, which the pooler counts by database
  std::string
      failed_login;  ///< the error of a client whose login fails there now; "" = none is known to fail
};

/// All that a diagnosis is made from. Refers to its parts.
struct Symptoms {
  SourceKind kind;
  const PoolSnapshot& figures;
  const Windows& windows;
  const std::vector<LeakReport>& leaks;  ///< of this pool, or of the sessions that it has lent
  const DatabaseSymptoms* database;      ///< nullptr = the pool is not one of a pooler's database
};

/// Returns whether entries like this one have a diagnosis. A pooler's database only counts, and the clients
/// of one application are part of a pool that has one.
bool has_diagnosis(const PoolSnapshot& figures);

/// Diagnoses one pool: the first verdict that holds, in the order of the contract. Pure: no clock, no memory.
/// With too little known it is `unknown`, or `ok` where nothing speaks against it; never a guess.
/// REQUIRES: `has_diagnosis`.
Diagnosis diagnose(const Symptoms& symptoms);

/// Returns the diagnosis of a pool whose source cannot be read. `error`: the source's; "" = not known.
Diagnosis not_read(const std::string& error);

/// Returns the size that a pool needs for `demand` connections at once, so that it is not busy.
std::uint64_t needed_size(double demand);

}  // namespace dbpool
