#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "sources/mapping/kept_counters.hpp"
#include "sources/mapping/mapping.hpp"
#include "sources/probe.hpp"
#include "sources/prometheus/distribution.hpp"
#include "sources/prometheus/sample.hpp"

namespace dbpool {

/// A pool as the series of one reading show it, before its figures are computed.
struct MappedPool {
  struct Number {
    double value = 0;
    bool is_repeated = false;  ///< more than one series came to it
  };

  std::string name;                                   ///< "" = the source's name alone
  std::string database, user;                         ///< where the name has places for these labels
  std::map<std::size_t, Number> numbers;              ///< by index in `Mapping::series()`
  std::map<std::size_t, Distribution> distributions;  ///< likewise
};

/// Collects series by the pools that a mapping sees in them, and computes the pools' figures. It knows no
/// format: its callers find the series of a name. Its memory is bounded by the number of pools.
class MappedPools {
 public:
  /// `mapping` must outlive it. `most`: the largest number of pools.
  MappedPools(const Mapping& mapping, std::size_t most) : mapping_(mapping), most_(most) {}

  /// Adds a number, or a distribution, if the labels fit. `series`: an index in `Mapping::series()`, of the
  /// same name.
  void add(std::size_t series, std::span<const SampleLabel> labels, double value);
  void add(std::size_t series, Distribution distribution);

  /// Returns the pools in the order in which they appeared, and begins anew. `kept`: of the same source.
  ProbeResult take(std::string_view source, KeptCounters& kept);

 private:
  MappedPool* pool_of(std::size_t series, std::span<const SampleLabel> labels);

  const Mapping& mapping_;
  std::size_t most_;
  std::vector<MappedPool> pools_;
  std::unordered_map<std::string, std::size_t> places_;  ///< in pools_, by name
  std::unordered_set<std::size_t> dropped_;              ///< hashes of names
};

}  // namespace dbpool
