#include "web/handlers/pools.hpp"

#include <charconv>

#include "exposition/json_diagnosis.hpp"
#include "exposition/json_health.hpp"
#include "exposition/json_health_document.hpp"
#include "exposition/json_history.hpp"
#include "exposition/json_journal.hpp"
#include "exposition/json_leaks.hpp"
#include "exposition/json_metrics.hpp"
#include "exposition/json_stats.hpp"
#include "web/json_response.hpp"
#include "web/query.hpp"

namespace dbpool {
namespace {

constexpr double most_hours = 24;
constexpr double most_minutes = 525'600;  // a year; the number of entries is bounded anyway

Response unknown_pool(const std::string& name) {
  return error_response(404, "there is no pool named '" + name + "'");
}

/// Reads a number of `Unit` from 0 to `most`; nullopt if `text` is none.
template <typename Unit>
std::optional<std::chrono::nanoseconds> parse_span(const std::string& text, double most) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || !(number >= 0 && number <= most)) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double, typename Unit::period>(number));
}

}  // namespace

Response all_stats(const WebServices& services) {
  return json_response(stats_json(services.snapshot()));
}

Response stats_of_pool(const Request& request, const WebServices& services) {
  const FleetSnapshot fleet = services.snapshot();
  const auto pools = named_pools(fleet);
  const NamedPool* const pool = find_pool(pools, request.path_parameter);
  if (pool == nullptr) return unknown_pool(request.path_parameter);
  return json_response(pool_stats_json(*pool, fleet.at, services.connections(pool->name())));
}

Response health_of_pools(const WebServices& services) {
  return json_response(health_json(services.snapshot()));
}

Response totals(const WebServices& services) {
  return json_response(metrics_json(services.snapshot()));
}

Response history_of_pool(const Request& request, const WebServices& services) {
  const std::string hours = query_parameter(request.query, "hours").value_or("1");
  const auto span = parse_span<std::chrono::hours>(hours, most_hours);
  if (!span) return error_response(400, "hours is '" + hours + "'; allowed is a number from 0 to 24");
  const auto history = services.history(request.path_parameter, *span);
  if (!history) return unknown_pool(request.path_parameter);
  return json_response(history_json(request.path_parameter, *history));
}

Response suspected_leaks(const WebServices& services) {
  return json_response(leaks_json(services.leaks()));
}

Response journal(const Request& request, const WebServices& services) {
  const std::string minutes = query_parameter(request.query, "minutes").value_or("60");
  const auto span = parse_span<std::chrono::minutes>(minutes, most_minutes);
  if (!span) return error_response(400, "minutes is '" + minutes + "'; allowed is a number from 0 to 525600");
  return json_response(journal_json(services.journal(*span)));
}

Response diagnoses(const WebServices& services) {
  return json_response(diagnoses_json(services.snapshot()));
}

Response diagnosis_of_pool(const Request& request, const WebServices& services) {
  const FleetSnapshot fleet = services.snapshot();
  const std::string& name = request.path_parameter;
  const auto pools = named_pools(fleet);
  const NamedPool* const pool = find_pool(pools, name);
  if (pool == nullptr) return unknown_pool(name);
  if (pool->report.diagnosis == nullptr)
    return error_response(404, "the entry '" + name + "' only counts, so it has no diagnosis");
  return json_response(pool_diagnosis_json(*pool));
}

Response health(const Request& request, const WebServices& services) {
  FleetSnapshot fleet = services.snapshot();
  if (const auto pool = query_parameter(request.query, "pool")) {
    fleet = only_pool(fleet, *pool);
    if (fleet.sources.empty()) return unknown_pool(*pool);
  }
  const bool unhealthy = worst_status(fleet) == HealthStatus::unhealthy;
  return json_response(health_document_json(fleet), unhealthy ? 503 : 200);
}

}  // namespace dbpool
