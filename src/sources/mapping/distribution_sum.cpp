#include "sources/mapping/distribution_sum.hpp"

#include <memory>
#include <utility>

#include "model/bounded_sum.hpp"

namespace dbpool {
namespace {

bool has_same_bounds(const Distribution& a, const Distribution& b) {
  if (!a.histogram || !b.histogram) return a.histogram == b.histogram;
  return a.histogram->bounds() == b.histogram->bounds();
}

/// nullptr: there is none.
const Exemplar* newer_of(const Exemplar* a, const Exemplar* b) {
  if (a == nullptr || b == nullptr) return a == nullptr ? b : a;
  return a->time < b->time ? b : a;
}

std::shared_ptr<const Histogram> sum_of(const Histogram& a, const Histogram& b) {
  Histogram::Counts counts;
  Histogram::Exemplars exemplars(a.bounds().size() + 1);
  for (std::size_t i = 0; i < exemplars.size(); ++i) {
    counts.push_back(bounded_sum(a.count_in(i), b.count_in(i)));
    if (const Exemplar* const newer = newer_of(a.exemplar_in(i), b.exemplar_in(i))) exemplars[i] = *newer;
  }
  return std::make_shared<const Histogram>(std::make_shared<const std::vector<double>>(a.bounds()),
                                           std::move(counts), a.sum_seconds() + b.sum_seconds(),
                                           std::move(exemplars));
}

}  // namespace

Distribution sum_of(const Distribution& a, const Distribution& b) {
  Distribution sum;
  sum.problem = a.problem.empty() ? b.problem : a.problem;
  if (sum.problem.empty() && !has_same_bounds(a, b)) sum.problem = "its series have different bounds";
  if (!sum.problem.empty()) return sum;
  if (a.histogram) sum.histogram = sum_of(*a.histogram, *b.histogram);
  if (a.count && b.count) sum.count = bounded_sum(*a.count, *b.count);
  if (a.sum && b.sum) sum.sum = *a.sum + *b.sum;
  return sum;
}

}  // namespace dbpool
