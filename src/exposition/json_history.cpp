#include "exposition/json_history.hpp"

#include <cmath>

#include "model/seconds.hpp"

namespace dbpool {
namespace {

Json item_json(const HistoryItem& item) {
  Json average = nullptr;
  if (item.average_response_ms) average = std::round(*item.average_response_ms * 1000) / 1000;
  return {{"timestamp", rfc3339(item.time)},
          {"status", to_string(item.status)},
          {"total_connections", json_of(item.total)},
          {"healthy_connections", json_of(item.healthy)},
          {"failed_health_checks", json_of(item.failed_health_checks)},
          {"average_response_time_ms", std::move(average)},
          {"errors_last_hour", json_of(item.errors_last_hour)},
          {"active", json_of(item.active)},
          {"idle", json_of(item.idle)},
          {"waiting", json_of(item.waiting)}};
}

}  // namespace

Json history_json(const std::string& pool, const PoolHistory& history) {
  Json items = Json::array();
  for (const HistoryItem& item : history.items) items.push_back(item_json(item));
  return {{"status", "success"},
          {"pool", pool},
          {"interval_seconds", json_seconds(seconds_of(history.interval))},
          {"history", std::move(items)}};
}

}  // namespace dbpool
