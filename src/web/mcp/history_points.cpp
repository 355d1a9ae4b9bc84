#include "web/mcp/history_points.hpp"

#include <algorithm>
#include <span>
#include <tuple>
#include <utility>

namespace dbpool::mcp {
namespace {

auto badness(const HistoryItem& item) {
  return std::tuple(item.status, item.waiting, item.active);
}

HistoryItem worst_of(std::span<const HistoryItem> stretch) {
  HistoryItem worst = *std::ranges::max_element(stretch, {}, badness);
  worst.failed_health_checks.reset();
  for (const HistoryItem& item : stretch) {
    if (item.failed_health_checks)
      worst.failed_health_checks = worst.failed_health_checks.value_or(0) + *item.failed_health_checks;
  }
  return worst;
}

}  // namespace

PoolHistory thinned(const PoolHistory& history, std::size_t most) {
  const std::size_t length = (history.items.size() + most - 1) / most;
  if (length <= 1) return history;
  PoolHistory points{history.interval * static_cast<std::int64_t>(length), {}};
  // The stretches end at the present, which is whole.
  std::span<const HistoryItem> rest = history.items;
  while (!rest.empty()) {
    const std::size_t odd = rest.size() % length;
    const auto stretch = rest.first(odd == 0 ? length : odd);
    points.items.push_back(worst_of(stretch));
    rest = rest.subspan(stretch.size());
  }
  return points;
}

Json status_changes_json(const PoolHistory& history, std::size_t most) {
  Json::array_t changes;
  for (std::size_t i = 1; i < history.items.size(); ++i) {
    const HistoryItem &before = history.items[i - 1], &now = history.items[i];
    if (before.status == now.status) continue;
    changes.push_back({{"timestamp", rfc3339(now.time)},
                       {"from", to_string(before.status)},
                       {"to", to_string(now.status)}});
  }
  if (changes.size() > most)
    changes.erase(changes.begin(), changes.end() - static_cast<std::ptrdiff_t>(most));
  return changes;
}

}  // namespace dbpool::mcp
