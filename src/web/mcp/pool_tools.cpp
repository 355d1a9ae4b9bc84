#include "web/mcp/pool_tools.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <tuple>
#include <utility>

#include "exposition/json_diagnosis.hpp"
#include "exposition/json_health.hpp"
#include "exposition/json_history.hpp"
#include "exposition/json_journal.hpp"
#include "exposition/json_leaks.hpp"
#include "exposition/named_pools.hpp"
#include "web/mcp/history_points.hpp"

namespace dbpool::mcp {
namespace {

constexpr std::size_t most_entries = 100;
constexpr std::size_t most_points = 60;

/// Longer than the exporter keeps anything.
constexpr std::chrono::hours always{24 * 366};

/// Cuts a list to its first entries; returns how many it has lost.
template <typename List>
std::size_t cut(List& list) {
  const std::size_t all = list.size();
  if (all > most_entries) list.erase(list.begin() + most_entries, list.end());
  return all - list.size();
}

std::string unknown_pool_words(const FleetSnapshot& fleet, const std::string& name) {
  constexpr std::size_t most_names = 20;
  std::string words = fmt::format("there is no pool named '{}'; ", name);
  const auto pools = named_pools(fleet);
  if (pools.empty()) return words + "there are no pools";
  std::string_view separator = "known: ";
  for (std::size_t i = 0; i < std::min(pools.size(), most_names); ++i) {
    words += fmt::format("{}{}", separator, pools[i].name());
    separator = ", ";
  }
  if (pools.size() > most_names) words += fmt::format(" and {} more (list_pools)", pools.size() - most_names);
  return words;
}

/// Returns the time of each pool's newest change of health that is still known.
std::map<std::string, WallTime> newest_changes(const WebServices& services) {
  std::map<std::string, WallTime> times;
  for (const JournalEntry& entry : services.journal(always)) {
    if (entry.kind == "health_changed") times.emplace(entry.pool, entry.time);
  }
  return times;
}

std::ptrdiff_t severity(const Json& pool) {
  const auto& status = pool["status"].get_ref<const std::string&>();
  return std::ranges::find(health_status_names, status) - health_status_names.begin();
}

/// Returns the fields of a pool's health that fit on a line.
Json line_of(const Json& health, const std::map<std::string, WallTime>& changes) {
  Json line = Json::object();
  for (const char* const field : {"name", "status", "verdict", "message", "reasons", "active_connections",
                                  "total_capacity", "waiting_requests"}) {
    line[field] = health[field];
  }
  const auto changed = changes.find(line["name"].get<std::string>());
  line["since"] = changed == changes.end() ? Json(nullptr) : Json(rfc3339(changed->second));
  return line;
}

template <typename Unit>
std::chrono::nanoseconds span_of(const Json& arguments, const char* name, double otherwise) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double, typename Unit::period>(arguments.value(name, otherwise)));
}

}  // namespace

Finding list_pools(const Json& arguments, const WebServices& services) {
  const Json health = health_json(services.snapshot());
  auto pools = health["pools"].get<Json::array_t>();
  std::erase_if(
      pools, [&](const Json& pool) { return pool["status"] != arguments.value("status", pool["status"]); });
  std::ranges::stable_sort(pools, std::greater(), severity);
  const std::size_t left_out = cut(pools);
  const auto changes = newest_changes(services);
  Json lines = Json::array();
  for (const Json& pool : pools) lines.push_back(line_of(pool, changes));
  return Json{{"overall_status", health["overall_status"]}, {"overall_message", health["overall_message"]},
              {"sources_down", health["sources_down"]},     {"pools", std::move(lines)},
              {"total_pools", health["total_pools"]},       {"left_out", left_out}};
}

Finding explain_pool(const Json& arguments, const WebServices& services) {
  const auto name = arguments["pool"].get<std::string>();
  const FleetSnapshot fleet = services.snapshot();
  const auto pools = named_pools(fleet);
  const NamedPool* const pool = find_pool(pools, name);
  if (pool == nullptr) return unknown_pool_words(fleet, name);
  if (pool->report.diagnosis == nullptr)
    return fmt::format("the entry '{}' only counts, so it has no diagnosis", name);
  return pool_diagnosis_json(*pool);
}

Finding list_leaks(const Json& arguments, const WebServices& services) {
  auto leaks = services.leaks();
  if (arguments.contains("pool")) {
    const auto name = arguments["pool"].get<std::string>();
    const FleetSnapshot fleet = services.snapshot();
    if (find_pool(named_pools(fleet), name) == nullptr) return unknown_pool_words(fleet, name);
    std::erase_if(leaks, [&](const SuspectedLeak& leak) { return leak.pool != name; });
  }
  std::ranges::stable_sort(leaks, std::greater(), [](const SuspectedLeak& leak) { return leak.lease.held; });
  const std::size_t left_out = cut(leaks);
  std::ranges::stable_sort(leaks, {},
                           [](const SuspectedLeak& leak) { return std::tie(leak.pool, leak.lease.site); });
  Json document = leaks_json(leaks);
  document["total_leaks"] = leaks.size() + left_out;
  document["left_out"] = left_out;
  return document;
}

Finding pool_history(const Json& arguments, const WebServices& services) {
  const auto name = arguments["pool"].get<std::string>();
  const auto history = services.history(name, span_of<std::chrono::hours>(arguments, "hours", 1));
  if (!history) return unknown_pool_words(services.snapshot(), name);
  Json document = history_json(name, thinned(*history, most_points));
  Json points = std::move(document["history"]);
  document.erase("history");
  document["changes"] = status_changes_json(*history, most_points);
  document["history"] = std::move(points);
  return document;
}

Finding recent_changes(const Json& arguments, const WebServices& services) {
  auto entries = services.journal(span_of<std::chrono::minutes>(arguments, "minutes", 60));
  const std::size_t left_out = cut(entries);
  Json document = journal_json(entries);
  document["left_out"] = left_out;
  return document;
}

}  // namespace dbpool::mcp
