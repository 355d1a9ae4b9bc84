#include "sources/push/rebin.hpp"

#include <algorithm>
#include <utility>

#include "model/bounded_sum.hpp"

namespace dbpool {
namespace {

std::size_t bucket_with(double value, const std::vector<double>& bounds) {
  return static_cast<std::size_t>(std::ranges::lower_bound(bounds, value) - bounds.begin());
}

}  // namespace

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
  const Histogram::Counts old = rebinned(counts_of(before), before.bounds(), histogram->bounds());
  Histogram::Counts counts(now.size());
  std::uint64_t of_now = 0, of_old = 0, shown = 0;
  for (std::size_t i = 0; i < now.size(); ++i) {
    of_now = bounded_sum(of_now, now[i]);
    of_old = bounded_sum(of_old, old[i]);
    counts[i] = std::max(of_now, of_old) - shown;
    shown += counts[i];
  }
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

Histogram::Counts counts_of(const Histogram& histogram) {
  Histogram::Counts counts(histogram.bounds().size() + 1);
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = histogram.count_in(i);
  return counts;
}

}  // namespace dbpool
