#include "sources/push/sender.hpp"

#include <algorithm>
#include <chrono>

namespace dbpool {

Sender::Sender(SenderId id, std::span<const SampleLabel> resource, TimePoint now)
    : id_(std::move(id)), heard_(now) {
  for (const SampleLabel& label : resource) resource_.emplace_back(label.name, label.value);
}

std::vector<SampleLabel> Sender::labels(const PushedMetric& metric,
                                        std::span<const SampleLabel> attributes) const {
  std::vector<SampleLabel> labels(attributes.begin(), attributes.end());
  for (const auto& [name, value] : resource_) labels.push_back({name, value});
  labels.push_back({"otel.scope.name", metric.scope});
  labels.push_back({"otel.metric.unit", metric.unit});
  return labels;
}

Sender::Series* Sender::find(const std::string& key) {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : &*found->second;
}

Sender::Series& Sender::add(const std::string& key, PushedSeries series, std::vector<OfPool*> pools) {
  constexpr std::size_t bytes_of_figures = 512;
  std::size_t bytes = 2 * key.size();
  for (OfPool* const pool : pools) {
    if (pool->series++ == 0) bytes += sizeof(OfPool) + bytes_of_figures;
  }
  series_.push_back(Series{std::move(series), std::move(pools), heard_, bytes});
  by_key_.emplace(key, std::prev(series_.end()));
  return series_.back();
}

Sender::OfPool& Sender::pool(const std::string& label, TimePoint now) {
  return pools_.try_emplace(label, OfPool{.heard = now}).first->second;
}

std::size_t Sender::drop(const std::set<std::string>& labels) {
  std::set<const OfPool*> dropped;
  for (const std::string& label : labels) dropped.insert(&pools_.at(label));
  std::size_t bytes = 0;
  std::erase_if(by_key_, [&](const auto& entry) {
    const auto series = entry.second;
    const auto is_dropped = [&](const OfPool* pool) { return dropped.contains(pool); };
    if (std::ranges::none_of(series->pools, is_dropped)) return false;
    for (OfPool* const pool : series->pools) --pool->series;
    bytes += series->bytes;
    series_.erase(series);
    return true;
  });
  for (const std::string& label : labels) pools_.erase(label);
  return bytes;
}

void Sender::note(Series& series, const PointTime& at) {
  heard_ = std::max(heard_, at.arrived);
  series.heard = std::max(series.heard, at.arrived);
  is_taken_over_ = false;
  has_changed_ = true;
  newest_time_ = std::max(newest_time_, at.time);
  const bool has_start = at.start != 0 && at.start <= at.time;
  if (has_start && (earliest_start_ == 0 || at.start < earliest_start_)) earliest_start_ = at.start;
  for (OfPool* const pool : series.pools) {
    pool->heard = std::max(pool->heard, at.arrived);
    if (pool->shelf != nullptr) pool->shelf->heard = std::max(pool->shelf->heard, pool->heard);
  }
}

void Sender::note_step(std::uint64_t step) {
  constexpr std::uint64_t longest = std::chrono::nanoseconds(std::chrono::hours(1)).count();
  steps_[next_step_] = std::chrono::nanoseconds(std::min(step, longest));
  next_step_ = (next_step_ + 1) % steps_.size();
}

void Sender::add_hint(const std::string& text, TimePoint now) {
  constexpr std::size_t most = 10;
  own_hints_[text] = now;
  if (own_hints_.size() <= most) return;
  own_hints_.erase(std::ranges::min_element(own_hints_, {}, [](const auto& hint) { return hint.second; }));
}

std::optional<Duration> Sender::interval() const {
  const Duration longest = std::ranges::max(steps_);
  return longest == Duration::zero() ? std::nullopt : std::optional(longest);
}

void Sender::refresh(const Context& context, Duration window) {
  if (!has_changed_) return;
  has_changed_ = false;
  const TimePoint not_before = heard_ - window;
  MappedPools pools(context.mapping, context.pools);
  for (auto& [label, pool] : pools_) {
    pool.part = PoolSum::Part::counters;
    pool.end = PoolEnd::none;
  }
  for (const Series& series : series_) {
    if (series.heard >= not_before) series.pushed.report(pools, not_before);
  }
  for (const Series& series : series_) {
    if (series.heard < not_before) series.pushed.report(pools, not_before);
  }
  for (const Series& series : series_) {
    const PoolEnd end = series.pushed.end(not_before);
    for (OfPool* const pool : series.pools) pool->end = std::max(pool->end, end);
  }
  ProbeResult result = pools.take(context.source, kept_);
  hints_ = std::move(result.hints);
  for (PoolSnapshot& snapshot : result.pools) {
    const auto found = pools_.find(snapshot.label());
    if (found == pools_.end()) continue;
    OfPool& pool = found->second;
    if (pool.end != PoolEnd::certain && pool.heard >= not_before) pool.part = PoolSum::Part::whole;
    pool.figures = std::move(snapshot);
  }
}

}  // namespace dbpool
