#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>

#include "dbpool/model/pool_snapshot.hpp"

// Finds the pools of one reading of a probe or a source.
namespace dbpool::test {

/// Returns the pool of that name; one without figures if it is absent.
template <typename Reading>
PoolSnapshot pool_if_any(const Reading& reading, const std::string& name) {
  const auto found = std::ranges::find(reading.pools, name, &PoolSnapshot::label);
  return found == reading.pools.end() ? PoolSnapshot() : *found;
}

/// Returns the pool of that name. throws std::runtime_error if it is absent.
template <typename Reading>
const PoolSnapshot& pool_of(const Reading& reading, const std::string& name) {
  const auto found = std::ranges::find(reading.pools, name, &PoolSnapshot::label);
  if (found == reading.pools.end()) throw std::runtime_error("no pool " + name);
  return *found;
}

/// Returns the only pool. throws std::runtime_error if there are more, or none.
template <typename Reading>
PoolSnapshot only_pool(const Reading& reading) {
  if (reading.pools.size() != 1) throw std::runtime_error(std::to_string(reading.pools.size()) + " pools");
  return reading.pools[0];
}

}  // namespace dbpool::test
