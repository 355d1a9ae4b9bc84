#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "sources/mapping/kept_counters.hpp"
#include "sources/mapping/mapped_pools.hpp"
#include "sources/mapping/mapping.hpp"
#include "sources/prometheus/distributions.hpp"
#include "sources/prometheus/sample.hpp"

namespace dbpool {

/// Finds in the samples of one text those that a mapping selects: by one lookup for each, and by each pattern
/// for names. One thread at a time.
class MappedSamples : public SampleVisitor {
 public:
  /// `mapping` must outlive it. `most`: the largest number of pools.
  explicit MappedSamples(const Mapping& mapping, std::size_t most = 500)
      : mapping_(mapping), pools_(mapping, most) {}

  void visit(const ScrapedSample& sample) override;
  /// Returns the pools of the samples. `kept`: what the source remembers of its last reading. REQUIRES:
  /// called once.
  ProbeResult take(std::string_view source, KeptCounters& kept);

 private:
  /// The samples of a histogram or summary.
  struct Family {
    explicit Family(const MappedSeries& series)
        : distributions(series.selector.name), unit(series.unit.value_or(series.usual_unit)) {}

    Distributions distributions;
    TimeUnit unit;
  };

  void add_part(std::size_t series, const ScrapedSample& sample);
  void add_distributions(std::size_t series, const Family& family);

  const Mapping& mapping_;
  MappedPools pools_;
  std::map<std::size_t, Family> families_;  ///< by index in `Mapping::series()`
};

}  // namespace dbpool
