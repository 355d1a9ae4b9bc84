#include "sources/mapping/mapped_pools.hpp"

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "sources/mapping/distribution_sum.hpp"

namespace dbpool {
namespace {

constexpr std::size_t longest_name = 4096;
constexpr std::size_t most_dropped = 100'000;  ///< pools that are counted though they are not kept

/// Returns the views of a pool, by their indices: those that know it by a series of their own.
std::set<std::size_t> views_of(const MappedPool& pool, const Mapping& mapping) {
  std::set<std::size_t> views;
  const auto add = [&](std::size_t index) {
    const MappedSeries& series = mapping.series()[index];
    if (series.identifies) views.insert(series.view);
  };
  for (const auto& [series, value] : pool.numbers) add(series);
  for (const auto& [series, distribution] : pool.distributions) add(series);
  return views;
}

}  // namespace

void MappedPools::add(std::size_t series, const SeriesName& name, double value) {
  MappedPool* const pool = pool_of(series, name);
  if (pool == nullptr) return;
  const auto [known, is_new] = pool->numbers.emplace(series, value);
  if (is_new) return;
  if (mapping_.views()[mapping_.series()[series].view].sum) {
    known->second += value;
  } else {
    pool->repeated.insert(series);
  }
}

void MappedPools::add(std::size_t series, const SeriesName& name, const Distribution& distribution) {
  MappedPool* const pool = pool_of(series, name);
  if (pool == nullptr) return;
  const auto [known, is_new] = pool->distributions.emplace(series, distribution);
  if (is_new) return;
  if (mapping_.views()[mapping_.series()[series].view].sum) {
    known->second = sum_of(known->second, distribution);
  } else {
    pool->repeated.insert(series);
  }
}

/// Returns the pool that a series belongs to; nullptr if the series does not fit, or the pool is beyond the
/// limit.
MappedPool* MappedPools::pool_of(std::size_t series, const SeriesName& name) {
  const MappedSeries& mapped = mapping_.series()[series];
  Captures captures;
  const auto& pattern = mapped.selector.name_pattern;
  if (pattern && !pattern->matches(name.metric, captures)) return nullptr;
  if (!mapped.selector.labels_match(name.labels, captures)) return nullptr;

  const auto value_of = [&](std::string_view label) {
    const auto captured = captures.find(label);
    return captured != captures.end() ? std::string_view(captured->second)
                                      : find_label(name.labels, label).value_or("");
  };
  const PoolTemplate& of_view = mapping_.views()[mapped.view].pool;
  std::string pool_name = of_view.name(value_of);
  if (pool_name.size() > longest_name) {
    add_hint("long name", "series whose labels make a pool's name of more than 4096 bytes are left out");
    return nullptr;
  }
  MappedPool* const pool = pool_called(std::move(pool_name));
  if (pool == nullptr) return nullptr;
  if (of_view.has("database")) pool->database = value_of("database");
  if (of_view.has("user")) pool->user = value_of("user");
  return pool;
}

MappedPool* MappedPools::pool_called(std::string name) {
  if (const auto found = places_.find(name); found != places_.end()) return &pools_[found->second];
  if (pools_.size() == most_) {
    if (dropped_.size() < most_dropped) dropped_.insert(std::hash<std::string>()(name));
    return nullptr;
  }
  places_.emplace(name, pools_.size());
  MappedPool& pool = pools_.emplace_back();
  pool.name = std::move(name);
  return &pool;
}

ProbeResult MappedPools::take(std::string_view source, KeptCounters& kept) {
  const std::vector<MappedView>& views = mapping_.views();
  std::vector<std::set<std::size_t>> of_pools;
  std::set<std::size_t> present;
  for (const MappedPool& pool : pools_) {
    of_pools.push_back(views_of(pool, mapping_));
    present.insert(of_pools.back().begin(), of_pools.back().end());
  }
  const auto yields = [&](std::size_t view) {
    const auto is_preferred = [&](std::size_t other) {
      return views[other].preset == views[view].preset && views[other].variant == views[view].yields_to;
    };
    return !views[view].yields_to.empty() && std::ranges::any_of(present, is_preferred);
  };

  ProbeResult result;
  const FiguresContext context{mapping_, kept, hints_};
  for (std::size_t i = 0; i < pools_.size(); ++i) {
    std::erase_if(of_pools[i], yields);
    if (of_pools[i].empty()) continue;
    const MappedView& preferred = views[*of_pools[i].begin()];
    result.pools.push_back(figures_of(pools_[i], preferred, source, context));
  }
  kept.next_reading();
  result.dropped = dropped_.size();
  result.hints = hints_.take();
  return result;
}

}  // namespace dbpool
