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

/// From one search in vain for a silent sender or pool to the next.
constexpr auto pause_between_searches = std::chrono::seconds(1);

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
std::optional<DistributionSeries> durations_for(const std::vector<SeriesUse>& uses, const Mapping& mapping,
                                                std::string_view unit,
                                                const std::shared_ptr<const BucketBounds>& acquisition) {
  if (!is_of_distribution(uses.front())) return std::nullopt;
  const auto use = std::ranges::find(uses, SeriesUse::Figure::distribution, &SeriesUse::figure);
  if (use == uses.end()) return DistributionSeries(TimeUnit::seconds, seconds_in(acquisition));
  return DistributionSeries(*unit_of(mapping.series()[use->mapped], unit),
                            seconds_in(use->role.is_acquisition ? acquisition : duration_buckets()));
}

}  // namespace

Senders::Export Senders::begin(std::span<const SampleLabel> resource, TimePoint now) {
  SenderId id = sender_id(resource);
  const auto known = senders_.find(id.key);
  if (known != senders_.end()) return {*this, known->second, now};
  return {*this, std::make_shared<Sender>(std::move(id), resource, now), now};
}

/// Makes a sender known. Returns false if there are too many. `sender` becomes the one that is known already.
bool Senders::admit(std::shared_ptr<Sender>& sender, TimePoint now) {
  const SenderId& id = sender->id();
  if (const auto known = senders_.find(id.key); known != senders_.end()) {
    sender = known->second;
    return true;
  }
  if (senders_.size() == limits_.senders && !retire_silent_sender(now)) {
    refused_sender_ = now;
    return false;
  }
  for (const auto& [key, other] : senders_) {
    const bool is_same = other->id().service == id.service && other->id().process == id.process;
    if (is_same && !id.process.empty()) other->take_over();
  }
  senders_.emplace(id.key, sender);
  return true;
}

/// Retires the sender that is silent for longest. Returns false if all are live.
bool Senders::retire_silent_sender(TimePoint now) {
  if (now < full_senders_until_) return false;
  const Starts starts = latest_starts();
  auto silent = senders_.end();
  for (auto sender = senders_.begin(); sender != senders_.end(); ++sender) {
    if (is_live(*sender->second, starts, now)) continue;
    if (silent == senders_.end() || sender->second->heard() < silent->second->heard()) silent = sender;
  }
  if (silent == senders_.end()) {
    full_senders_until_ = now + pause_between_searches;
    return false;
  }
  retire(silent);
  return true;
}

PoolShelf::Pool* Senders::admit_pool(const std::string& label, TimePoint now) {
  if (PoolShelf::Pool* const pool = shelf_.admit(label, now)) return pool;
  return drop_silent_pool(now) ? shelf_.admit(label, now) : nullptr;
}

/// Forgets the pool that is silent for longest. Returns false if all have a live sender or were heard just
/// now.
bool Senders::drop_silent_pool(TimePoint now) {
  if (now < full_pools_until_) return false;
  std::set<std::string> live;
  const Starts starts = latest_starts();
  for (const auto& [id, sender] : senders_) {
    if (!is_live(*sender, starts, now)) continue;
    for (const auto& [label, pool] : sender->pools()) {
      if (now - pool.heard <= window_of(*sender)) live.insert(label);
    }
  }
  const auto silent = shelf_.longest_silent(live);
  if (!silent || shelf_.pools().at(*silent).heard == now) {
    full_pools_until_ = now + pause_between_searches;
    return false;
  }
  for (const auto& [id, sender] : senders_) {
    if (sender->pools().contains(*silent)) bytes_ -= sender->drop({*silent});
  }
  shelf_.erase(*silent);
  has_changed_ = true;
  return true;
}

/// Returns the name of a sender's pool, behind the source's. It is as a PoolKey has it.
std::string Senders::name_of(const Sender& sender, const std::string& place) const {
  if (naming_.has_template) return bounded_name(place);
  std::string name = sender.id().name;
  const auto add = [&](const std::string& part) {
    if (part.empty()) return;
    if (!name.empty()) name += '/';
    name += part;
  };
  if (naming_.by_instance) add(sender.id().instance);
  add(place);
  return bounded_name(name);
}

std::optional<RejectReason> Senders::Export::add(const PushedMetric& metric, const PushedPoint& point) {
  auto [series, rejected] = find(metric, point);
  if (series == nullptr && !rejected) return std::nullopt;
  if (series != nullptr) {
    const bool has_room = senders_->bytes_ < senders_->limits_.bytes;
    const PointTime at{point.start, point.time, now_, has_room};
    rejected = point.time == 0 ? RejectReason::malformed : series->pushed.add(at, metric, point);
    if (rejected != RejectReason::stale && rejected != RejectReason::limit) sender_->note(*series, at);
    senders_->measure(*series);
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

/// Counts the memory of a series.
void Senders::measure(Sender::Series& series) {
  const std::size_t bytes = series.fixed_bytes + series.pushed.bytes();
  bytes_ += bytes - series.bytes;
  series.bytes = bytes;
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
  if (uses.size() < fitting) {
    const std::string name = name_in_hint(metric);
    sender_->add_hint("unit " + name, name + " is not known: its unit is not one of time");
  }
  if (uses.empty()) return {};
  if (senders_->bytes_ >= senders_->limits_.bytes || !senders_->admit(sender_, now_))
    return {.rejected = RejectReason::limit};
  // The sender may be another one now, to which the same request has been added at the same time.
  if (Sender::Series* const known = sender_->find(key_)) return {known};
  return begin_series(metric, std::move(uses));
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
  if (shelf != nullptr) {
    pool.shelf = shelf;
    shelf->heard = std::max(shelf->heard, pool.heard);
  }
  if (std::ranges::find(pools, &pool) != pools.end()) return true;
  if (pool.series >= senders_->limits_.series_of_pool) return false;
  pools.push_back(&pool);
  return true;
}

/// Adds the hint for a point that contradicts the ones before it, or its kind.
void Senders::Export::explain(const PushedMetric& metric) {
  const std::string name = name_in_hint(metric);
  if (metric.kind == PointKind::sum) {
    sender_->add_hint("delta " + name, name +
                                           " is not known: it arrives as differences without a beginning; "
                                           "at the sender, set the temporality of UpDownCounters to "
                                           "cumulative");
  } else {
    sender_->add_hint("contradiction " + name, "points of " + name +
                                                   " are left out: they have no sum, or "
                                                   "other bounds than the ones before them");
  }
}

void Senders::Export::end() {
  if (step_ != 0) sender_->note_step(step_);
}

}  // namespace dbpool
