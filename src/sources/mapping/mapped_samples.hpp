#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sources/mapping/kept_counters.hpp"
#include "sources/mapping/mapped_pools.hpp"
#include "sources/mapping/mapping.hpp"
#include "sources/prometheus/distributions.hpp"
#include "sources/prometheus/sample.hpp"

namespace dbpool {

/// Finds in the samples of one text those that a mapping selects, by one lookup for each. One thread at a
/// time.
class MappedSamples : public SampleVisitor {
 public:
  /// `mapping` must outlive it. `most`: the largest number of pools.
  explicit MappedSamples(const Mapping& mapping, std::size_t most = 500);

  void visit(const ScrapedSample& sample) override;
  /// Returns the pools of the samples. `kept`: what the source remembers of its last reading. REQUIRES:
  /// called once.
  ProbeResult take(std::string_view source, KeptCounters& kept);

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  /// The samples of a histogram or summary.
  struct Family {
    explicit Family(const std::string& name) : distributions(name) {}

    Distributions distributions;
    TimeUnit unit = TimeUnit::seconds;
  };

  void add_part(std::size_t series, const ScrapedSample& sample);
  void add_distributions(std::size_t series, const Family& family);

  const Mapping& mapping_;
  MappedPools pools_;
  std::unordered_map<std::string, std::vector<std::size_t>, Hash, std::equal_to<>> by_name_;
  std::vector<std::size_t> by_pattern_;
  std::map<std::size_t, Family> families_;  ///< by index in `Mapping::series()`
};

}  // namespace dbpool
