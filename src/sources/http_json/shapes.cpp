#include "sources/http_json/shapes.hpp"

#include <initializer_list>
#include <map>
#include <utility>

#include "sources/http_json/value.hpp"

namespace dbpool {
namespace {

using enum JsonShape::Marker;
using Names = std::initializer_list<std::pair<const char*, const char*>>;  // field, pointer

void add(std::vector<JsonMapping>& mappings, const Names& names, const std::string& below = "") {
  for (const auto& [field, pointer] : names) {
    mappings.push_back({find_pool_field(field), json_pointer(below + pointer)});
  }
}

/// PoolStatistics of the codebase-mcp document.
const Names codebase_mcp_statistics{{"idle", "/idle_connections"},
                                    {"active", "/active_connections"},
                                    {"total", "/total_connections"},
                                    {"waiting", "/waiting_requests"},
                                    {"active_peak", "/peak_active_connections"},
                                    {"wait_peak_ms", "/peak_wait_time_ms"},
                                    {"acquisitions", "/total_acquisitions"},
                                    {"releases", "/total_releases"},
                                    {"created_at", "/pool_created_at"},
                                    {"last_health_check", "/last_health_check"},
                                    {"last_error", "/last_error"},
                                    {"last_error_at", "/last_error_time"}};

/// health://connection-pool of the codebase-mcp document.
const Names codebase_mcp_health{{"status", "/status"},
                                {"total", "/database/pool/total"},
                                {"idle", "/database/pool/idle"},
                                {"active", "/database/pool/active"},
                                {"waiting", "/database/pool/waiting"},
                                {"contact", "/database/status"},
                                {"response_time_ms", "/database/latency_ms"},
                                {"last_error", "/database/last_error"}};

/// get_stats() of the EROS document, without the size, which this exporter's document has under another name.
const Names eros_statistics{{"max_overflow", "/max_overflow"},
                            {"idle", "/available"},
                            {"total", "/total_connections"},
                            {"overflow", "/overflow_in_use"},
                            {"active", "/active_connections"},
                            {"created", "/connections_created"},
                            {"recycled", "/connections_recycled"},
                            {"connect_failures", "/connections_failed"},
                            {"health_check_failures", "/health_check_failures"},
                            {"max_age", "/connection_max_age"}};

/// The statistics of a pool in the Ombudsman document.
const Names ombudsman_statistics{{"name", "/name"},
                                 {"idle", "/pool_size"},
                                 {"active", "/active_connections"},
                                 {"max", "/total_capacity"},
                                 {"min", "/min_size"},
                                 {"utilization", "/utilization"},
                                 {"created", "/statistics/created"},
                                 {"reused", "/statistics/reused"},
                                 {"closed", "/statistics/closed"},
                                 {"errors", "/statistics/errors"},
                                 {"recycled", "/statistics/stale_cleaned"},
                                 {"health_checks", "/statistics/health_checks"}};

/// Values that this exporter's own documents have in addition.
const Names our_statistics{{"driver", "/driver"},
                           {"database", "/database"},
                           {"leaked", "/leaked"},
                           {"oldest_waiter", "/oldest_waiter_seconds"},
                           {"configured", "/pool_statistics/configured_size"}};

const Names ombudsman_health{{"name", "/name"},
                             {"status", "/status"},
                             {"idle", "/pool_size"},
                             {"active", "/active_connections"},
                             {"utilization", "/utilization"},
                             {"errors_recent", "/errors"},
                             {"response_time_ms", "/response_time_ms"}};

const Names ombudsman_metrics{{"idle", "/total_idle"},         {"active", "/total_active"},
                              {"total", "/total_connections"}, {"max", "/total_capacity"},
                              {"created", "/total_created"},   {"reused", "/total_reused"},
                              {"closed", "/total_closed"},     {"errors", "/total_errors"}};

/// get_current_health() of the Snowflake document, and one item of its history.
const Names snowflake_health{{"status", "/status"},
                             {"total", "/metrics/total_connections"},
                             {"healthy", "/metrics/healthy_connections"},
                             {"response_time_ms", "/metrics/response_time_ms"},
                             {"errors_last_hour", "/metrics/errors_last_hour"},
                             {"last_health_check", "/metrics/last_check"}};
const Names snowflake_metrics{{"total", "/total_connections"},
                              {"healthy", "/healthy_connections"},
                              {"response_time_ms", "/average_response_time_ms"},
                              {"errors_last_hour", "/errors_last_hour"},
                              {"last_health_check", "/timestamp"}};

JsonShape shape(const char* marker, const Names& names, JsonShape::Marker is = any) {
  JsonShape made{json_pointer(marker), is, is != any, {}};
  add(made.mappings, names);
  return made;
}

/// Returns the form of the statistics of all pools, or of one pool.
JsonShape ombudsman_pool(const char* marker, const std::string& below, JsonShape::Marker is) {
  JsonShape made{json_pointer(marker), is, is != any, {}};
  add(made.mappings, ombudsman_statistics, below);
  add(made.mappings, our_statistics, below);
  add(made.mappings, codebase_mcp_statistics, below + "/pool_statistics");
  add(made.mappings, eros_statistics, below + "/pool_statistics");
  return made;
}

std::vector<JsonShape> eros_shapes() {
  JsonShape statistics = shape("/pool_size", {{"configured", "/pool_size"}});
  add(statistics.mappings, eros_statistics);
  return {std::move(statistics)};
}

std::map<std::string, std::vector<JsonShape>, std::less<>> all_shapes() {
  return {
      {"ombudsman",
       {ombudsman_pool("/pools", "", object), shape("/pools", ombudsman_health, array),
        shape("/total_active", ombudsman_metrics), ombudsman_pool("/pool/statistics", "/pool", any),
        ombudsman_pool("/total_capacity", "", any)}},
      {"codebase-mcp",
       {shape("/database/pool", codebase_mcp_health), shape("/total_connections", codebase_mcp_statistics)}},
      {"eros", eros_shapes()},
      {"snowflake",
       {shape("/metrics/total_connections", snowflake_health), shape("/total_connections", snowflake_metrics),
        shape("/message", {{"status", "/status"}})}},
      {"custom", {}}};
}

}  // namespace

const std::vector<JsonShape>& http_json_shapes(std::string_view preset) {
  static const auto shapes = all_shapes();
  static const std::vector<JsonShape> none;
  const auto found = shapes.find(preset);
  return found == shapes.end() ? none : found->second;
}

}  // namespace dbpool
