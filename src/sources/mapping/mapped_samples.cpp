#include "sources/mapping/mapped_samples.hpp"

#include <vector>

namespace dbpool {

void MappedSamples::visit(const ScrapedSample& sample) {
  const SeriesName name{sample.name, sample.labels};
  for (const std::size_t series : mapping_.called(sample.name)) {
    if (mapping_.series()[series].is_distribution) {
      add_part(series, sample);
    } else {
      pools_.add(series, name, sample.value);
    }
  }
  for (const std::size_t series : mapping_.by_pattern()) pools_.add(series, name, sample.value);
}

void MappedSamples::add_part(std::size_t series, const ScrapedSample& sample) {
  const MappedSeries& mapped = mapping_.series()[series];
  Captures captures;
  if (!mapped.selector.labels_match(sample.labels, captures)) return;
  Family& family = families_.try_emplace(series, mapped).first->second;
  if (!family.distributions.add(sample)) return;
  if (!mapped.unit) family.unit = time_unit_called(sample.unit).value_or(family.unit);
}

void MappedSamples::add_distributions(std::size_t series, const Family& family) {
  std::vector<SampleLabel> labels;
  for (const Distribution& made : family.distributions.in_seconds(family.unit)) {
    labels.clear();
    for (const auto& [name, value] : made.labels) labels.push_back({name, value});
    pools_.add(series, {mapping_.series()[series].selector.name, labels}, made);
  }
  if (family.distributions.left_out() == 0) return;
  const std::string& name = mapping_.series()[series].selector.name;
  pools_.add_hint("left out " + name, "series of " + name + " are left out because it has too many of them");
}

ProbeResult MappedSamples::take(std::string_view source, KeptCounters& kept) {
  for (const auto& [series, family] : families_) add_distributions(series, family);
  return pools_.take(source, kept);
}

}  // namespace dbpool
