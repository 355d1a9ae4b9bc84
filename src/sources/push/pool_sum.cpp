#include "sources/push/pool_sum.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "model/bounded_sum.hpp"
#include "model/figures.hpp"
#include "sources/push/rebin.hpp"

namespace dbpool {
namespace {

using S = PoolSnapshot;

std::uint64_t added(std::uint64_t a, std::uint64_t b) {
  return bounded_sum(a, b);
}
double added(double a, double b) {
  return a + b;
}

/// Adds `value` to `sum`, where they are known.
template <typename Number>
void add_known(std::optional<Number>& sum, const std::optional<Number>& value) {
  if (value) sum = sum ? added(*sum, *value) : *value;
}

bool is_limit(const Figure& figure) {
  static constexpr std::array<FigureMember, 3> limits{&S::min, &S::max, &S::configured};
  return std::ranges::find(limits, figure.member) != limits.end();
}

/// Combines the values of one gauge in two senders.
template <typename Value>
void combine(const Figure& figure, Value& sum, const Value& value) {
  if constexpr (requires { added(*sum, *value); }) {
    if (is_limit(figure)) {
      sum = sum && value ? Value(added(*sum, *value)) : std::nullopt;
      return;
    }
    if (figure.total == Total::sum || figure.total == Total::sum_of_wholes) return add_known(sum, value);
  }
  if (figure.total == Total::largest) {
    sum = std::max(sum, value);
  } else if (sum != value) {
    sum = Value();
  }
}

/// Calls `visit` with the member of each counter of a pool in two snapshots.
template <typename Pool, typename Visit>
void for_each_counter(Pool& a, PoolSnapshot& b, const Visit& visit) {
  for (const Figure& figure : figure_table) {
    if (figure.kind != FigureKind::counter) continue;
    const auto visit_numbers = [&](auto member) {
      if constexpr (requires { added(*(b.*member), *(b.*member)); }) visit(a.*member, b.*member);
    };
    std::visit(visit_numbers, figure.member);
  }
  for (std::size_t i = 0; i < b.closed.size(); ++i) visit(a.closed[i], b.closed[i]);
  for (std::size_t i = 0; i < b.errors.size(); ++i) visit(a.errors[i], b.errors[i]);
}

void combine_gauges(PoolSnapshot& sum, const PoolSnapshot& pool) {
  for (const Figure& figure : figure_table) {
    if (figure.kind == FigureKind::counter || figure.kind == FigureKind::histogram) continue;
    std::visit([&](auto member) { combine(figure, sum.*member, pool.*member); }, figure.member);
  }
}

void copy_gauges(PoolSnapshot& sum, const PoolSnapshot& pool) {
  for (const Figure& figure : figure_table) {
    if (figure.kind == FigureKind::counter || figure.kind == FigureKind::histogram) continue;
    std::visit([&](auto member) { sum.*member = pool.*member; }, figure.member);
  }
}

void keep_agreed(std::string& text, const std::string& other) {
  if (text != other) text.clear();
}

}  // namespace

void PoolSum::add(const PoolSnapshot& pool, Part part) {
  if (added_++ == 0) {
    sum_.key = pool.key;
    sum_.info = pool.info;
  }
  keep_agreed(sum_.info.database, pool.info.database);
  keep_agreed(sum_.info.user, pool.info.user);
  for_each_counter(pool, sum_, [](const auto& value, auto& sum) { add_known(sum, value); });
  for (Distributions& distributions : distributions_) {
    const auto& histogram = pool.*distributions.member;
    if (histogram) distributions.parts.push_back({histogram, part});
  }
  if (part == Part::counters) return;
  if (pool.wait_seconds && !pool.acquisition_duration) has_sums_alone_ = true;
  if (wholes_++ == 0) {
    copy_gauges(sum_, pool);
  } else {
    combine_gauges(sum_, pool);
  }
}

PoolSnapshot PoolSum::take() {
  for (const Distributions& distributions : distributions_)
    sum_.*distributions.member = sum_of(distributions);
  if (sum_.acquisition_duration) sum_.wait_seconds.reset();
  if (!sum_.acquisition_objective) sum_.acquisitions_slow.reset();
  return std::move(sum_);
}

/// Adds up histograms. The bounds are those that were shown while a sender has them, else those of the first
/// sender. Returns nullptr if there are none or, of acquisitions, if the senders now have no buckets.
std::shared_ptr<const Histogram> PoolSum::sum_of(const Distributions& distributions) {
  const auto& parts = distributions.parts;
  if (parts.empty()) return nullptr;
  const auto whole = std::ranges::find(parts, Part::whole, &Distribution::part);
  const bool is_of_waits = distributions.member == &PoolSnapshot::acquisition_duration;
  if (whole == parts.end() && is_of_waits && has_sums_alone_) return nullptr;

  const auto& shown = shown_->*distributions.member;
  const auto has_shown = [&](const Distribution& part) {
    return shown && part.histogram->bounds() == shown->bounds() &&
           (whole == parts.end() || part.part == Part::whole);
  };
  const Distribution& first = whole == parts.end() ? parts.front() : *whole;
  const auto same = std::ranges::find_if(parts, has_shown);
  const auto bounds =
      std::make_shared<const std::vector<double>>((same == parts.end() ? first : *same).histogram->bounds());

  Histogram::Counts counts(bounds->size() + 1);
  Histogram::Exemplars exemplars;
  double sum = 0;
  for (const auto& [histogram, part] : parts) {
    if (part == Part::whole && histogram->bounds() != *bounds) has_mixed_bounds_ = true;
    const Histogram::Counts moved = rebinned(counts_of(*histogram), histogram->bounds(), *bounds);
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = bounded_sum(counts[i], moved[i]);
    for (std::size_t i = 0; i <= histogram->bounds().size(); ++i) {
      if (const Exemplar* const exemplar = histogram->exemplar_in(i))
        keep_newest(exemplars, *bounds, *exemplar);
    }
    sum += histogram->sum_seconds();
  }
  return std::make_shared<const Histogram>(bounds, std::move(counts), sum, std::move(exemplars));
}

void keep_risen(PoolSnapshot& pool, PoolSnapshot& kept) {
  for_each_counter(pool, kept, [](auto& value, auto& most) {
    if (value) value = most = std::max(value, most);
  });
  for (const auto member :
       {&S::acquisition_duration, &S::usage_duration, &S::connect_duration, &S::health_check_duration}) {
    if (!(pool.*member)) continue;
    if (!(kept.*member)) {
      kept.*member = pool.*member;
      continue;
    }
    pool.*member = risen(pool.*member, *(kept.*member));
    kept.*member = joined(pool.*member, *(kept.*member));
  }
}

}  // namespace dbpool
