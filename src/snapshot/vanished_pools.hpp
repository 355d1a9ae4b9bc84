#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "snapshot/history.hpp"

namespace dbpool {

/// The histories of pools that have left. Clients of a target may make names, such as an application_name, so
/// the number of pools is bounded, and a round costs only its changes. One thread at a time.
class VanishedPools {
 public:
  VanishedPools() = default;
  VanishedPools(VanishedPools&&) = default;
  VanishedPools& operator=(VanishedPools&&) = default;

  /// Keeps the history of a pool that was last seen at `seen`. REQUIRES: no pool of that name is kept, and
  /// none was seen later.
  void keep(std::string name, History history, TimePoint seen);
  /// Removes and returns the history of a pool; nullopt: no such pool.
  std::optional<History> take(const std::string& name);
  /// Returns the history of a pool; nullptr: no such pool.
  const History* find(const std::string& name) const;
  /// Forgets the pools last seen before `oldest`, and beyond `most` pools the ones seen longest ago.
  void forget(TimePoint oldest, std::size_t most);

 private:
  struct Pool {
    std::string name;
    History history;
    TimePoint seen;
  };
  using Pools = std::list<Pool>;

  Pools pools_;                                          // the one seen longest ago first
  std::map<std::string_view, Pools::iterator> by_name_;  // views of the names in `pools_`
};

}  // namespace dbpool
