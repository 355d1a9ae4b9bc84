#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>

#include "dbpool/model/pool_snapshot.hpp"
#include "sources/mapping/hints.hpp"
#include "sources/mapping/kept_counters.hpp"
#include "sources/mapping/mapping.hpp"
#include "sources/prometheus/distribution.hpp"

namespace dbpool {

/// The values of one series, by a number for the labels that tell processes apart. Series of one process have
/// the same number. Without `sum` there is one value, by 0.
using Parts = std::map<std::size_t, double>;

/// A pool as the series of one reading show it, before its figures are computed.
struct MappedPool {
  std::string name;                                   ///< "" = the source's name alone
  std::string database, user;                         ///< where the name has places for these labels
  std::map<std::size_t, Parts> numbers;               ///< by index in `Mapping::series()`
  std::map<std::size_t, Distribution> distributions;  ///< likewise
  std::set<std::size_t> repeated;                     ///< series that came again and do not count
  std::set<std::size_t> too_many;                     ///< series with more parts than are added up
};

/// What the computation of figures reads and writes besides the pool.
struct FiguresContext {
  const Mapping& mapping;
  KeptCounters& kept;
  Hints& hints;
};

/// Computes the figures of a pool as a view of the mapping sees it.
PoolSnapshot figures_of(const MappedPool& pool, const MappedView& view, std::string_view source,
                        const FiguresContext& context);

}  // namespace dbpool
