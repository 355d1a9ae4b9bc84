#include "sources/prometheus/distribution.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <limits>

#include "model/utf8.hpp"
#include "sources/prometheus/numbers.hpp"
#include "sources/whole_count.hpp"

namespace dbpool {
namespace {

std::string in_line(const ScrapedSample& sample, std::string_view problem) {
  return "line " + std::to_string(sample.line) + ": " + std::string(problem);
}

/// Returns the upper bound of a bucket; nullopt if `le` is absent or no number.
std::optional<double> bound_of(const ScrapedSample& sample) {
  const auto text = find_label(sample.labels, "le");
  const auto bound = text ? sample_value(*text) : std::nullopt;
  if (!bound || !(*bound > -std::numeric_limits<double>::infinity())) return std::nullopt;
  return bound;
}

/// Returns the time with the precision of the model's exemplars; nullopt outside of its range.
std::optional<std::chrono::system_clock::time_point> wall_time(SampleTime time) {
  constexpr std::chrono::milliseconds furthest(9'000'000'000'000);  // the year 2255
  if (time.time_since_epoch() > furthest || time.time_since_epoch() < -furthest) return std::nullopt;
  return std::chrono::system_clock::time_point(time);
}

/// Returns whether a label's name may be written without quotes.
bool is_label_name(std::string_view name) {
  constexpr std::string_view digits = "0123456789";
  constexpr std::string_view all = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
  return !name.empty() && digits.find(name.front()) == std::string_view::npos &&
         name.find_first_not_of(all) == std::string_view::npos;
}

}  // namespace

void DistributionParts::add(const ScrapedSample& sample) {
  if (!problem_.empty()) return;
  if (sample.role == SampleRole::bucket) return add_bucket(sample);
  if (sample.role == SampleRole::sum) {
    if (sum_) return refuse(in_line(sample, "a second _sum"));
    if (!std::isfinite(sample.value) || sample.value < 0)
      return refuse(in_line(sample, "the _sum is not a duration"));
    sum_ = sample.value;
  } else {
    if (count_) return refuse(in_line(sample, "a second _count"));
    count_ = whole_count(sample.value);
    if (!count_) refuse(in_line(sample, "the _count is not a count"));
  }
}

void DistributionParts::refuse(std::string problem) {
  if (problem_.empty()) problem_ = std::move(problem);
}

void DistributionParts::add_bucket(const ScrapedSample& sample) {
  const auto bound = bound_of(sample);
  const auto count = whole_count(sample.value);
  if (!bound) return refuse(in_line(sample, "a bucket without an le that is a number"));
  if (!count) return refuse(in_line(sample, "the value of a bucket is not a count"));
  if (bounds_.size() == most_buckets_)
    return refuse(in_line(sample, "more than " + std::to_string(most_buckets_) + " buckets"));
  if (!bounds_.empty()) {
    if (*bound == bounds_.back()) return refuse(in_line(sample, "a second bucket with the same le"));
    if (*bound < bounds_.back()) return refuse(in_line(sample, "the buckets are not in the order of le"));
    if (*count < cumulative_.back())
      return refuse(in_line(sample, "a bucket counts less than the bucket before it"));
  }
  bounds_.push_back(*bound);
  cumulative_.push_back(*count);
  last_bucket_ = sample.line;
  if (sample.exemplar) add_exemplar(*sample.exemplar);
}

/// Keeps an exemplar for the bucket that was added last. The model's exemplars have a time and lie in their
/// bucket, and names of labels in them need no quotes; others are left out.
void DistributionParts::add_exemplar(const SampleExemplar& exemplar) {
  const std::size_t bucket = bounds_.size() - 1;
  const auto time = exemplar.time ? wall_time(*exemplar.time) : std::nullopt;
  const bool is_inside =
      exemplar.value <= bounds_[bucket] && (bucket == 0 || exemplar.value > bounds_[bucket - 1]);
  if (!time || !is_inside || !std::isfinite(exemplar.value)) return;
  exemplars_.resize(bounds_.size());
  Exemplar& kept = exemplars_.back().emplace(Exemplar{exemplar.value, *time, {}});
  for (const SampleLabel& label : exemplar.labels) {
    if (is_label_name(label.name)) kept.labels.emplace_back(label.name, valid_utf8(label.value));
  }
}

/// Returns what the samples as a whole lack for a histogram; "" if nothing.
std::string DistributionParts::contradiction() const {
  if (bounds_.empty()) return "";
  if (std::isfinite(bounds_.back()))
    return "line " + std::to_string(last_bucket_) + ": the last bucket is not for +Inf";
  if (count_ && *count_ != cumulative_.back()) return "its _count differs from its bucket for +Inf";
  if (!sum_) return "it has no _sum";
  return "";
}

Distribution DistributionParts::in_seconds(TimeUnit unit, Histogram::Bounds& bounds) const {
  Distribution made;
  made.problem = problem_.empty() ? contradiction() : problem_;
  if (!made.problem.empty()) return made;
  if (!bounds_.empty()) {
    made.histogram = histogram(unit, bounds);
    if (!made.histogram) {
      made.problem = "two of its bounds are the same in seconds";
      return made;
    }
  }
  made.count = bounds_.empty() ? count_ : cumulative_.back();
  if (sum_) made.sum = dbpool::in_seconds(*sum_, unit);
  return made;
}

/// Returns nullptr if bounds that differ in the text are the same double in seconds.
std::shared_ptr<const Histogram> DistributionParts::histogram(TimeUnit unit,
                                                              Histogram::Bounds& bounds) const {
  std::vector<double> seconds;
  for (std::size_t i = 0; i + 1 < bounds_.size(); ++i)
    seconds.push_back(dbpool::in_seconds(bounds_[i], unit));
  if (std::ranges::adjacent_find(seconds, std::greater_equal()) != seconds.end()) return nullptr;
  if (!bounds || *bounds != seconds) bounds = std::make_shared<const std::vector<double>>(std::move(seconds));

  Histogram::Counts counts(cumulative_.size());
  for (std::size_t i = 0; i < counts.size(); ++i)
    counts[i] = cumulative_[i] - (i == 0 ? 0 : cumulative_[i - 1]);
  Histogram::Exemplars exemplars = exemplars_;
  if (!exemplars.empty()) exemplars.resize(counts.size());
  for (auto& exemplar : exemplars) {
    if (exemplar) exemplar->value = dbpool::in_seconds(exemplar->value, unit);
  }
  const double sum = dbpool::in_seconds(*sum_, unit);
  return std::make_shared<const Histogram>(bounds, std::move(counts), sum, std::move(exemplars));
}

}  // namespace dbpool
