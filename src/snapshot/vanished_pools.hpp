#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "snapshot/history.hpp"

namespace dbpool {

/// The histories of pools that are gone. Whoever a source looks at may make names, such as an application by
/// its application_name, so their number is bounded, and a round costs only what has changed. One thread at a
/// time.
class VanishedPools {
 public:
  VanishedPools() = default;
  VanishedPools(VanishedPools&&) = default;
  VanishedPools& operator=(VanishedPools&&) = default;

  /// Keeps the history of a pool that was last seen at `seen`. REQUIRES: there is none by that name, and none
  /// was seen later.
  void keep(std::string name, History history, TimePoint seen);
  /// Gives up the history of a pool that is back; nullopt: there is none.
  std::optional<History> take(const std::string& name);
  /// nullptr: there is none.
  const History* find(const std::string& name) const;
  /// Forgets what was last seen before `oldest`, and beyond `most` pools the ones seen longest ago.
  void forget(TimePoint oldest, std::size_t most);

 private:
  struct Pool {
    std::string name;
    History history;
    TimePoint seen;
  };
  using Pools = std::list<Pool>;

  Pools pools_;                                          // the one seen longest ago first
  std::map<std::string_view, Pools::iterator> by_name_;  // the names are those in `pools_`
};

}  // namespace dbpool
