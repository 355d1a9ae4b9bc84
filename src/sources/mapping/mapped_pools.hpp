#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "sources/mapping/mapped_pool.hpp"
#include "sources/probe.hpp"

namespace dbpool {

/// The labels of a series and the name of its metric.
struct SeriesName {
  std::string_view metric;
  std::span<const SampleLabel> labels;
};

/// Collects series by the pools that a mapping sees in them, and computes the pools' figures. It knows no
/// format: its callers find the series of a metric. Its memory is bounded: by the limits on pools and on
/// series that are added up.
class MappedPools {
 public:
  /// `mapping` must outlive it. `most`: the largest number of pools that are shown.
  MappedPools(const Mapping& mapping, std::size_t most) : mapping_(mapping), most_(most) {}

  /// Adds a number or a distribution if its name and labels fit. `series`: an index in `Mapping::series()`.
  void add(std::size_t series, const SeriesName& name, double value);
  void add(std::size_t series, const SeriesName& name, const Distribution& distribution);
  void add_hint(const std::string& kind, std::string text) { hints_.add(kind, std::move(text)); }

  /// Returns the pools in the order in which they appeared. `kept`: what the source remembers of its last
  /// reading. REQUIRES: called once.
  ProbeResult take(std::string_view source, KeptCounters& kept);

 private:
  bool sums(std::size_t series) const;
  MappedPool* pool_of(std::size_t series, const SeriesName& name);
  MappedPool* pool_called(std::string name);
  std::set<std::size_t> shown_views() const;

  const Mapping& mapping_;
  std::size_t most_;
  std::vector<MappedPool> pools_;
  std::unordered_map<std::string, std::size_t> places_;  ///< in pools_, by name
  std::unordered_set<std::size_t> dropped_;              ///< hashes of names
  std::size_t added_ = 0;                                ///< series that are added up
  Hints hints_;
};

}  // namespace dbpool
