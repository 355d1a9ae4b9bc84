#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "dbpool/model/histogram_recorder.hpp"
#include "dbpool/model/pool_key.hpp"
#include "model/bounded_name.hpp"
#include "sources/push/senders.hpp"

namespace dbpool {
namespace {

/// Makes the key of a series within its sender.
void assign_series_key(std::string& key, const PushedMetric& metric, const PushedPoint& point) {
  const bool is_number = metric.kind == PointKind::gauge || metric.kind == PointKind::sum;
  key.assign(is_number ? "n" : "d");
  for (const std::string_view text : {metric.scope, metric.name, metric.unit}) append_to_key(key, text);
  for (const SampleLabel& label : point.attributes) {
    append_to_key(key, label.name);
    append_to_key(key, label.value);
  }
}

std::string name_in_hint(const PushedMetric& metric) {
  constexpr std::size_t longest = 128;
  return bounded_name(metric.name.substr(0, longest));
}

bool is_of_distribution(const SeriesUse& use) {
  return use.figure != SeriesUse::Figure::value;
}

Histogram::Bounds seconds_in(const std::shared_ptr<const BucketBounds>& bounds) {
  return {bounds, &bounds->seconds()};
}

/// Makes room for the durations of a series whose uses need them.
std::optional<DistributionSeries> durations_for(
    const std::vector<SeriesUse>& uses, const Mapping& mapping, std::string_view unit,
    const std::shared_ptr<const BucketBounds>& acquisition_bounds) {
  if (!is_of_distribution(uses.front())) return std::nullopt;
  const auto use = std::ranges::find(uses, SeriesUse::Figure::distribution, &SeriesUse::figure);
  if (use == uses.end()) return DistributionSeries(TimeUnit::seconds, seconds_in(acquisition_bounds));
  return DistributionSeries(*unit_of(mapping.series()[use->mapped], unit),
                            seconds_in(use->role.is_acquisition ? acquisition_bounds : duration_buckets()));
}

}  // namespace

std::optional<RejectReason> Senders::Export::add(const PushedMetric& metric, const PushedPoint& point) {
  const bool has_room = senders_->make_room(now_, *sender_);
  auto [series, rejected] = find(metric, point);
  if (series == nullptr && !rejected) return std::nullopt;
  if (series != nullptr) {
    const PointTime at{point.start, point.time, now_, has_room, series->counted_until};
    rejected = point.time == 0 ? RejectReason::malformed : series->pushed.add(at, metric, point);
    if (rejected != RejectReason::stale && rejected != RejectReason::limit) sender_->note(*series, at);
    senders_->measure(*series);
    note_hints(*series, metric);
    if (!rejected) step_ = std::max(step_, series->pushed.step());
  }
  senders_->has_changed_ = true;
  if (!rejected) {
    ++senders_->counts_.used;
  } else {
    senders_->refuse(*rejected);
    if (*rejected == RejectReason::contradiction) explain(metric);
  }
  return rejected;
}

/// Finds the series of a point, and begins it if it is new.
Senders::Export::Found Senders::Export::find(const PushedMetric& metric, const PushedPoint& point) {
  assign_series_key(key_, metric, point);
  if (Sender::Series* const known = sender_->find(key_)) return {known};
  std::vector<SeriesUse> uses =
      uses_of(senders_->mapping_, senders_->roles_, metric, sender_->labels(metric, point.attributes));
  const std::size_t fitting = uses.size();
  std::erase_if(uses, [&](const SeriesUse& use) {
    return use.figure == SeriesUse::Figure::distribution &&
           !unit_of(senders_->mapping_.series()[use.mapped], metric.unit);
  });
  const std::string hint =
      uses.size() < fitting ? name_in_hint(metric) + " is not known: its unit is not one of time" : "";
  if (!hint.empty()) sender_->add_hint(hint, now_);
  if (uses.empty()) return {};
  if (senders_->bytes_ >= senders_->limits_.bytes || !senders_->admit(sender_, now_))
    return {.rejected = RejectReason::limit};
  // The sender may be another one now, to which the same request has been added at the same time.
  if (Sender::Series* const known = sender_->find(key_)) return {known};
  const Found begun = begin_series(metric, std::move(uses));
  if (begun.series != nullptr) begun.series->hint = hint;
  return begun;
}

Senders::Export::Found Senders::Export::begin_series(const PushedMetric& metric,
                                                     std::vector<SeriesUse> uses) {
  std::vector<Sender::OfPool*> pools;
  std::erase_if(uses, [&](SeriesUse& use) { return !place(use, pools); });
  if (uses.empty()) return {.rejected = RejectReason::limit};
  auto durations =
      durations_for(uses, senders_->mapping_, metric.unit, senders_->naming_.acquisition_buckets);
  Sender::Series& series =
      sender_->add(key_, PushedSeries(std::move(uses), std::move(durations)), std::move(pools));
  for (const Sender::OfPool* const pool : series.pools)
    series.counted_until = std::max(series.counted_until, pool->counted_until);
  senders_->measure(series);
  return {&series};
}

/// Gives a use its pool. Returns false if there are too many pools, or too many series of this one.
bool Senders::Export::place(SeriesUse& use, std::vector<Sender::OfPool*>& pools) {
  use.place.name = senders_->name_of(*sender_, use.place.name);
  PoolKey::Parts parts{.source = senders_->source_};
  if (!use.place.name.empty()) parts.name = use.place.name;
  const std::string label = PoolKey(parts).label();
  PoolShelf::Pool* shelf = nullptr;
  if (use.identifies) {
    shelf = senders_->admit_pool(label, now_);
    if (shelf == nullptr) return false;
  }
  Sender::OfPool& pool = sender_->pool(label, now_);
  pool.counted_until = senders_->counted_until(*sender_, label);
  if (shelf != nullptr) {
    pool.shelf = shelf;
    shelf->heard = std::max(shelf->heard, pool.heard);
  }
  if (std::ranges::find(pools, &pool) != pools.end()) return true;
  if (pool.series >= senders_->limits_.series_of_pool) return false;
  pools.push_back(&pool);
  return true;
}

/// Notes the hints that each point of a series gives.
void Senders::Export::note_hints(Sender::Series& series, const PushedMetric& metric) {
  if (series.hint.empty() && series.pushed.has_shared_start()) {
    series.hint =
        name_in_hint(metric) +
        " comes from several processes that cannot be told apart, so it may count too little; set a "
        "service.instance.id for each process";
  }
  if (!series.hint.empty()) sender_->add_hint(series.hint, now_);
}

/// Adds the hint for a point that contradicts the ones before it, or its kind.
void Senders::Export::explain(const PushedMetric& metric) {
  const std::string name = name_in_hint(metric);
  if (metric.kind == PointKind::sum) {
    sender_->add_hint(name +
                          " is not known: it arrives as differences without a beginning; at the sender, "
                          "set the temporality of UpDownCounters to cumulative",
                      now_);
  } else {
    sender_->add_hint("points of " + name +
                          " are left out: they have no sum, or other bounds than the ones "
                          "before them",
                      now_);
  }
}

bool Senders::Export::refuse_malformed(const PushedMetric& metric, std::span<const SampleLabel> attributes) {
  const auto labels = sender_->labels(metric, attributes);
  if (uses_of(senders_->mapping_, senders_->roles_, metric, labels).empty()) return false;
  senders_->refuse(RejectReason::malformed);
  return true;
}

void Senders::Export::end() {
  if (step_ != 0) sender_->note_step(step_);
}

}  // namespace dbpool
