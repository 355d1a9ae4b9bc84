#pragma once

#include <cstddef>
#include <optional>
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

/// Which pool a series belongs to.
struct PoolPlace {
  std::string name;            ///< "" = the source's name alone
  std::string database, user;  ///< where the name has places for these labels
  /// In a view that adds up: a number for the labels that tell processes apart, else 0.
  std::size_t part = 0;
};

/// Returns where a series belongs; nullopt if its name or its labels do not fit. `series`: an index in
/// `Mapping::series()`. REQUIRES: the metric is one by which the series is found, or there is a pattern.
std::optional<PoolPlace> place_of(const Mapping& mapping, std::size_t series, const SeriesName& name);

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
  /// Same, for a series whose place is known.
  void add(std::size_t series, const PoolPlace& place, double value);
  void add(std::size_t series, const PoolPlace& place, const Distribution& distribution);
  void add_hint(const std::string& kind, std::string text) { hints_.add(kind, std::move(text)); }

  /// Returns the pools in the order in which they appeared. `kept`: what the source remembers of its last
  /// reading. REQUIRES: called once.
  ProbeResult take(std::string_view source, KeptCounters& kept);

 private:
  bool sums(std::size_t series) const;
  MappedPool* pool_at(const PoolPlace& place);
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
