#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>

#include "dbpool/model/pool_snapshot.hpp"

// The pools of one reading, whether a probe's or a source's.
namespace dbpool::test {

/// The pool of that name; one without figures when there is none.
template <typename Reading>
PoolSnapshot pool_if_any(const Reading& reading, const std::string& name) {
  const auto found = std::ranges::find(reading.pools, name, &PoolSnapshot::pool);
  return found == reading.pools.end() ? PoolSnapshot() : *found;
}

/// The pool of that name. throws std::runtime_error when there is none.
template <typename Reading>
const PoolSnapshot& pool_of(const Reading& reading, const std::string& name) {
  const auto found = std::ranges::find(reading.pools, name, &PoolSnapshot::pool);
  if (found == reading.pools.end()) throw std::runtime_error("no pool " + name);
  return *found;
}

/// The one pool that there is. throws std::runtime_error when there are others, or none.
template <typename Reading>
PoolSnapshot only_pool(const Reading& reading) {
  if (reading.pools.size() != 1) throw std::runtime_error(std::to_string(reading.pools.size()) + " pools");
  return reading.pools[0];
}

}  // namespace dbpool::test
