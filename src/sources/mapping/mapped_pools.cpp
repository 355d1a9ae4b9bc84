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
constexpr std::size_t most_hidden = 2'000;     ///< pools that are kept besides those that are shown
constexpr std::size_t most_added = 100'000;    ///< series that are added up in all pools

/// Returns a number for the labels that the selector leaves open, in any order: the same for all series of an
/// expression that one process reports.
std::size_t part_of(const SeriesSelector& selector, const SeriesName& name) {
  const std::hash<std::string_view> hash;
  const auto gives = [&](std::string_view label) {
    return std::ranges::any_of(selector.labels, [&](const LabelMatcher& matcher) {
      return matcher.label == label && !matcher.pattern;
    });
  };
  std::size_t sum = selector.name_pattern ? hash(name.metric) : 0;
  for (const SampleLabel& label : name.labels) {
    if (!gives(label.name)) sum += hash(label.name) * (2 * hash(label.value) + 1);
  }
  return sum;
}

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

std::optional<PoolPlace> place_of(const Mapping& mapping, std::size_t series, const SeriesName& name) {
  const MappedSeries& mapped = mapping.series()[series];
  Captures captures;
  const auto& pattern = mapped.selector.name_pattern;
  if (pattern && !pattern->matches(name.metric, captures)) return std::nullopt;
  if (!mapped.selector.labels_match(name.labels, captures)) return std::nullopt;

  const auto value_of = [&](std::string_view label) {
    const auto captured = captures.find(label);
    return captured != captures.end() ? std::string_view(captured->second)
                                      : find_label(name.labels, label).value_or("");
  };
  const MappedView& view = mapping.views()[mapped.view];
  const auto if_named = [&](std::string_view label) {
    return std::string(view.pool.has(label) ? value_of(label) : "");
  };
  return PoolPlace{.name = view.pool.name(value_of),
                   .database = if_named("database"),
                   .user = if_named("user"),
                   .part = view.sum ? part_of(mapped.selector, name) : 0};
}

void MappedPools::add(std::size_t series, const SeriesName& name, double value) {
  if (const auto place = place_of(mapping_, series, name)) add(series, *place, value);
}

void MappedPools::add(std::size_t series, const SeriesName& name, const Distribution& distribution) {
  if (const auto place = place_of(mapping_, series, name)) add(series, *place, distribution);
}

void MappedPools::add(std::size_t series, const PoolPlace& place, double value) {
  MappedPool* const pool = pool_at(place);
  if (pool == nullptr) return;
  Parts& parts = pool->numbers[series];
  if (parts.contains(place.part)) {
    pool->repeated.insert(series);
  } else if (sums(series) && added_ == most_added) {
    pool->too_many.insert(series);
    add_hint("too many", "figures to which more than 100000 series in all would be added up are not known");
  } else {
    parts.emplace(place.part, value);
    if (sums(series)) ++added_;
  }
}

void MappedPools::add(std::size_t series, const PoolPlace& place, const Distribution& distribution) {
  MappedPool* const pool = pool_at(place);
  if (pool == nullptr) return;
  const auto [known, is_new] = pool->distributions.emplace(series, distribution);
  if (is_new) return;
  if (sums(series)) {
    known->second = sum_of(known->second, distribution);
  } else {
    pool->repeated.insert(series);
  }
}

bool MappedPools::sums(std::size_t series) const {
  return mapping_.views()[mapping_.series()[series].view].sum;
}

/// Returns the pool of that name; nullptr if the name is too long, or the pool is beyond the limit on those
/// that are kept.
MappedPool* MappedPools::pool_at(const PoolPlace& place) {
  if (place.name.size() > longest_name) {
    add_hint("long name", "series whose labels make a pool's name of more than 4096 bytes are left out");
    return nullptr;
  }
  auto found = places_.find(place.name);
  if (found == places_.end()) {
    if (pools_.size() == most_ + most_hidden) {
      if (dropped_.size() < most_dropped) dropped_.insert(std::hash<std::string>()(place.name));
      return nullptr;
    }
    found = places_.emplace(place.name, pools_.size()).first;
    pools_.emplace_back().name = place.name;
  }
  MappedPool& pool = pools_[found->second];
  if (!place.database.empty()) pool.database = place.database;
  if (!place.user.empty()) pool.user = place.user;
  return &pool;
}

/// Returns the views that have pools and do not yield to another. A view that yields itself hides no other.
std::set<std::size_t> MappedPools::shown_views() const {
  const std::vector<MappedView>& views = mapping_.views();
  std::set<std::size_t> present, shown;
  for (const MappedPool& pool : pools_) present.merge(views_of(pool, mapping_));
  for (const std::size_t view : present) {
    const auto is_preferred = [&](std::size_t other) {
      return views[other].preset == views[view].preset && views[other].variant == views[view].yields_to;
    };
    if (views[view].yields_to.empty() || std::ranges::none_of(shown, is_preferred)) shown.insert(view);
  }
  return shown;
}

ProbeResult MappedPools::take(std::string_view source, KeptCounters& kept) {
  const std::set<std::size_t> shown = shown_views();
  ProbeResult result;
  std::size_t dropped = dropped_.size();
  const FiguresContext context{mapping_, kept, hints_};
  for (const MappedPool& pool : pools_) {
    const std::set<std::size_t> of_pool = views_of(pool, mapping_);
    const auto preferred =
        std::ranges::find_if(of_pool, [&](std::size_t view) { return shown.contains(view); });
    if (preferred == of_pool.end()) continue;
    if (result.pools.size() == most_) {
      ++dropped;
    } else {
      result.pools.push_back(figures_of(pool, mapping_.views()[*preferred], source, context));
    }
  }
  kept.next_reading();
  result.dropped = dropped;
  result.hints = hints_.take();
  return result;
}

}  // namespace dbpool
