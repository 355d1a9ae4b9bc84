#include "sources/prometheus/distributions.hpp"

#include <algorithm>
#include <span>

namespace dbpool {
namespace {

constexpr std::size_t bytes_of_label_set = 512;
constexpr std::size_t bytes_of_label = 2 * sizeof(std::string);
constexpr std::size_t bytes_of_bucket = 32;  // a vector may have twice the capacity that it needs

/// Makes a text that is the same for the same labels only: each is preceded by its length.
void assign_key(std::string& key, std::span<const SampleLabel> labels) {
  key.clear();
  for (const SampleLabel& label : labels) {
    for (const std::string_view part : {label.name, label.value})
      key.append(std::to_string(part.size())).append(":").append(part);
  }
}

std::size_t bytes_of(std::span<const SampleLabel> labels) {
  std::size_t bytes = 0;
  for (const SampleLabel& label : labels) bytes += bytes_of_label + label.name.size() + label.value.size();
  return bytes;
}

std::size_t bytes_of(const ScrapedSample& part) {
  if (part.role != SampleRole::bucket) return 0;
  if (!part.exemplar) return bytes_of_bucket;
  return bytes_of_bucket + 2 * sizeof(Exemplar) + bytes_of(part.exemplar->labels);
}

}  // namespace

Distributions::Distributions(std::string family, DistributionLimits limits)
    : family_(std::move(family)), limits_(limits) {}

bool Distributions::add(const ScrapedSample& sample) {
  const auto role = role_of(sample);
  if (!role) return false;
  if (*role == SampleRole::value || *role == SampleRole::created) return true;
  ScrapedSample part = sample;
  part.role = *role;
  LabelSet* const labels = label_set_of(part);
  if (labels == nullptr) {
    ++left_out_;
  } else if (reserve(bytes_of(part))) {
    labels->parts.add(part);
  } else {
    labels->parts.refuse("line " + std::to_string(part.line) + ": too many buckets in all label sets");
  }
  return true;
}

std::vector<Distribution> Distributions::in_seconds(TimeUnit unit) const {
  std::vector<Distribution> distributions;
  Histogram::Bounds bounds;
  for (const LabelSet& set : label_sets_) {
    distributions.push_back(set.parts.in_seconds(unit, bounds));
    distributions.back().labels = set.labels;
  }
  return distributions;
}

std::optional<SampleRole> Distributions::role_of(const ScrapedSample& sample) const {
  if (sample.type == FamilyType::gauge_histogram) return std::nullopt;
  if (sample.family == family_) return sample.role;
  const bool is_declared = sample.family != sample.name || sample.type != FamilyType::untyped;
  if (is_declared || !sample.name.starts_with(family_)) return std::nullopt;
  const auto found = std::ranges::find(part_endings, sample.name.substr(family_.size()), &PartEnding::text);
  return found == part_endings.end() ? std::nullopt : std::optional(found->role);
}

/// Returns nullptr for a new label set beyond the limit.
Distributions::LabelSet* Distributions::label_set_of(const ScrapedSample& part) {
  sorted_.assign(part.labels.begin(), part.labels.end());
  if (part.role == SampleRole::bucket)
    std::erase_if(sorted_, [](const SampleLabel& label) { return label.name == "le"; });
  std::ranges::sort(sorted_, {}, &SampleLabel::name);
  assign_key(key_, sorted_);
  if (const auto found = places_.find(key_); found != places_.end()) return &label_sets_[found->second];

  if (!reserve(bytes_of_label_set + key_.size() + bytes_of(sorted_))) return nullptr;
  places_.emplace(key_, label_sets_.size());
  LabelSet& set = label_sets_.emplace_back(LabelSet{{}, DistributionParts(limits_.buckets)});
  for (const SampleLabel& label : sorted_) set.labels.emplace_back(label.name, label.value);
  return &set;
}

/// Returns whether the bytes fit into the limit, and counts them if so.
bool Distributions::reserve(std::size_t bytes) {
  if (bytes > limits_.bytes - bytes_) return false;
  bytes_ += bytes;
  return true;
}

}  // namespace dbpool
