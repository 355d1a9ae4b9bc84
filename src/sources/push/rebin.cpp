#include "sources/push/rebin.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "model/bounded_sum.hpp"

namespace dbpool {
namespace {

/// Returns counts such that, up to each bucket, there are as many as in the one of both that has more.
Histogram::Counts larger(const Histogram::Counts& a, const Histogram::Counts& b) {
  Histogram::Counts counts(a.size());
  std::uint64_t of_a = 0, of_b = 0, of_both = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    of_a = bounded_sum(of_a, a[i]);
    of_b = bounded_sum(of_b, b[i]);
    counts[i] = std::max(of_a, of_b) - of_both;
    of_both += counts[i];
  }
  return counts;
}

}  // namespace

std::size_t bucket_with(double value, const std::vector<double>& bounds) {
  return static_cast<std::size_t>(std::ranges::lower_bound(bounds, value) - bounds.begin());
}

Histogram::Counts rebinned(const Histogram::Counts& counts, const std::vector<double>& from,
                           const std::vector<double>& to) {
  Histogram::Counts moved(to.size() + 1);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    std::uint64_t& sum = i < from.size() ? moved[bucket_with(from[i], to)] : moved.back();
    sum = bounded_sum(sum, counts[i]);
  }
  return moved;
}

void keep_newest(Histogram::Exemplars& exemplars, const std::vector<double>& bounds,
                 const Exemplar& exemplar) {
  exemplars.resize(bounds.size() + 1);
  std::optional<Exemplar>& kept = exemplars[bucket_with(exemplar.value, bounds)];
  if (!kept || kept->time < exemplar.time) kept = exemplar;
}

std::shared_ptr<const Histogram> risen(const std::shared_ptr<const Histogram>& histogram,
                                       const Histogram& before) {
  const Histogram::Counts now = counts_of(*histogram);
  Histogram::Counts counts = larger(now, rebinned(counts_of(before), before.bounds(), histogram->bounds()));
  const double sum = std::max(histogram->sum_seconds(), before.sum_seconds());
  if (counts == now && sum == histogram->sum_seconds()) return histogram;
  Histogram::Exemplars exemplars;
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (const Exemplar* const exemplar = histogram->exemplar_in(i))
      keep_newest(exemplars, histogram->bounds(), *exemplar);
  }
  return std::make_shared<const Histogram>(std::make_shared<const std::vector<double>>(histogram->bounds()),
                                           std::move(counts), sum, std::move(exemplars));
}

std::shared_ptr<const Histogram> joined(const std::shared_ptr<const Histogram>& now,
                                        const Histogram& before) {
  constexpr std::size_t most_bounds = 2000;
  if (now->bounds() == before.bounds()) return now;
  std::vector<double> bounds;
  std::ranges::set_union(now->bounds(), before.bounds(), std::back_inserter(bounds));
  if (bounds.size() > most_bounds) return now;
  Histogram::Counts counts = larger(rebinned(counts_of(*now), now->bounds(), bounds),
                                    rebinned(counts_of(before), before.bounds(), bounds));
  return std::make_shared<const Histogram>(std::make_shared<const std::vector<double>>(std::move(bounds)),
                                           std::move(counts),
                                           std::max(now->sum_seconds(), before.sum_seconds()));
}

Histogram::Counts counts_of(const Histogram& histogram) {
  Histogram::Counts counts(histogram.bounds().size() + 1);
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = histogram.count_in(i);
  return counts;
}

}  // namespace dbpool
