#include "sources/push/pushed_series.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace dbpool {
namespace {

bool is_number(const SeriesUse& use) {
  return use.figure == SeriesUse::Figure::value;
}

}  // namespace

PushedSeries::PushedSeries(std::vector<SeriesUse> uses, std::optional<DistributionSeries> distribution)
    : uses_(std::move(uses)), distribution_(std::move(distribution)) {}

bool PushedSeries::feeds_counter() const {
  return std::ranges::any_of(uses_, [](const auto& use) { return is_number(use) && use.role.is_counter; });
}

bool PushedSeries::feeds_gauge() const {
  return std::ranges::any_of(uses_, [](const auto& use) { return is_number(use) && !use.role.is_counter; });
}

std::optional<RejectReason> PushedSeries::add(const PointTime& at, const PushedMetric& metric,
                                              const PushedPoint& point) {
  const bool has_temporality = metric.kind == PointKind::gauge || metric.kind == PointKind::summary ||
                               metric.temporality != Temporality::unspecified;
  if (!has_temporality) return RejectReason::malformed;
  if (!distribution_) return add_number(at, metric, point);
  return point.has_value ? distribution_->add(at, metric, point) : std::nullopt;
}

std::optional<RejectReason> PushedSeries::add_number(PointTime at, const PushedMetric& metric,
                                                     const PushedPoint& point) {
  const bool is_gauge = metric.kind == PointKind::gauge;
  const bool is_delta = !is_gauge && metric.temporality == Temporality::delta;
  // Where the deltas of an up-down counter began is not known, so neither is their sum.
  if (is_delta && (!metric.is_monotonic || feeds_gauge())) return RejectReason::contradiction;
  if (is_gauge) at.start = 0;
  is_limit_ = !is_gauge && std::ranges::any_of(uses_, [](const auto& use) { return use.role.is_max; });
  const auto value = point.has_value && !std::isnan(point.value) ? std::optional(point.value) : std::nullopt;
  std::optional<RejectReason> rejected;
  if (feeds_gauge()) rejected = gauge_.set(at, value);
  if (feeds_counter() && value) {
    const auto temporality = is_delta ? Temporality::delta : Temporality::cumulative;
    const auto why = counter_.add(at, temporality, *value);
    rejected = rejected ? rejected : why;
  }
  return rejected;
}

void PushedSeries::report(MappedPools& pools, TimePoint not_before) const {
  const Distribution total = distribution_ ? distribution_->total() : Distribution();
  const auto value_of = [&](const SeriesUse& use) -> std::optional<double> {
    constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
    using enum SeriesUse::Figure;
    if (use.figure == value) return use.role.is_counter ? counter_.total() : gauge_.value(not_before);
    if (!total.count) return nothing;
    return use.figure == count ? static_cast<double>(*total.count) : distribution_->sum();
  };
  for (const SeriesUse& use : uses_) {
    if (use.figure == SeriesUse::Figure::distribution) {
      pools.add(use.mapped, use.place, total);
    } else if (const auto value = value_of(use)) {
      pools.add(use.mapped, use.place, *value);
    }
  }
}

PoolEnd PushedSeries::end(TimePoint not_before) const {
  if (!is_limit_ || gauge_.value(not_before) != 0) return PoolEnd::none;
  return gauge_.fell_to_zero(not_before) ? PoolEnd::certain : PoolEnd::possible;
}

std::uint64_t PushedSeries::step() const noexcept {
  return distribution_ ? distribution_->step() : std::max(counter_.step(), gauge_.step());
}

std::size_t PushedSeries::bytes() const noexcept {
  std::size_t bytes = sizeof(PushedSeries) + counter_.bytes() + gauge_.bytes();
  if (distribution_) bytes += distribution_->bytes();
  for (const SeriesUse& use : uses_)
    bytes += sizeof(SeriesUse) + use.place.name.size() + use.place.database.size() + use.place.user.size();
  return bytes;
}

}  // namespace dbpool
