#include "web/mcp/resources.hpp"

#include <fmt/format.h>

#include <charconv>
#include <span>
#include <utility>

#include "exposition/json_health_document.hpp"
#include "exposition/json_stats.hpp"
#include "exposition/named_pools.hpp"
#include "web/router.hpp"

namespace dbpool::mcp {
namespace {

constexpr std::string_view health_uri = "health://connection-pool";
constexpr std::string_view stats_begin = "pool://", stats_end = "/stats";
constexpr std::string_view json_type = "application/json";

/// Encodes a name as one variable of a URI template is (RFC 6570): all but unreserved characters.
std::string encoded_name(std::string_view name) {
  constexpr std::string_view unreserved =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  std::string encoded;
  for (const char c : name) {
    if (unreserved.find(c) == std::string_view::npos) {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      encoded += c;
    }
  }
  return encoded;
}

Json health_resource(const NamedPool& pool) {
  return {{"uri", fmt::format("{}/{}", health_uri, encoded_name(pool.name()))},
          {"name", pool.name()},
          {"title", "Health of " + pool.name()},
          {"mimeType", json_type}};
}

/// Returns the number of the resource at which a page begins; nullopt: the cursor is not one of ours.
std::optional<std::size_t> begin_of_page(const Json& cursor) {
  if (cursor.is_null()) return 0;
  if (!cursor.is_string()) return std::nullopt;
  const auto& text = cursor.get_ref<const std::string&>();
  std::size_t begin = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), begin);
  const bool is_ours = error == std::errc() && end == text.data() + text.size() && begin > 0;
  return is_ours ? std::optional(begin) : std::nullopt;
}

/// Returns the name between two parts of a URI, decoded; nullopt: the URI has other parts, or no name.
std::optional<std::string> name_between(std::string_view begin, std::string_view uri, std::string_view end) {
  if (!uri.starts_with(begin) || !uri.ends_with(end) || uri.size() <= begin.size() + end.size())
    return std::nullopt;
  return percent_decode(uri.substr(begin.size(), uri.size() - begin.size() - end.size()));
}

std::optional<Json> health_of(const std::string& pool, const WebServices& services) {
  const FleetSnapshot fleet = only_pool(services.snapshot(), pool);
  if (fleet.sources.empty()) return std::nullopt;
  return health_document_json(fleet);
}

std::optional<Json> stats_of(const std::string& name, const WebServices& services) {
  const FleetSnapshot fleet = services.snapshot();
  const auto pools = named_pools(fleet);
  const NamedPool* const pool = find_pool(pools, name);
  if (pool == nullptr) return std::nullopt;
  return pool_stats_json(*pool, fleet.at, services.connections(name));
}

std::optional<Json> document_of(const std::string& uri, const WebServices& services) {
  if (uri == health_uri) return health_document_json(services.snapshot());
  if (const auto pool = name_between(fmt::format("{}/", health_uri), uri, ""))
    return health_of(*pool, services);
  if (const auto pool = name_between(stats_begin, uri, stats_end)) return stats_of(*pool, services);
  return std::nullopt;
}

Json template_json(const std::string& uri, const char* name, const char* description) {
  return {{"uriTemplate", uri}, {"name", name}, {"description", description}, {"mimeType", json_type}};
}

}  // namespace

std::optional<Json> list_resources(const FleetSnapshot& fleet, const Json& cursor) {
  constexpr std::size_t most = 100;
  const auto begin = begin_of_page(cursor);
  const auto pools = named_pools(fleet);
  if (!begin || *begin > pools.size()) return std::nullopt;
  Json list = Json::array();
  if (*begin == 0) {
    list.push_back({{"uri", health_uri},
                    {"name", "connection-pool"},
                    {"title", "Health of all connection pools"},
                    {"mimeType", json_type}});
  }
  // The first resource is of all pools, so the resource of a pool has its number and one more.
  std::size_t next = *begin + list.size();
  for (; next <= pools.size() && list.size() < most; ++next) list.push_back(health_resource(pools[next - 1]));
  Json page{{"resources", std::move(list)}};
  if (next <= pools.size()) page["nextCursor"] = std::to_string(next);
  return page;
}

Json list_resource_templates() {
  Json list = Json::array();
  list.push_back(template_json(fmt::format("{}/{{pool}}", health_uri), "pool-health",
                               "Status, connections, latency and last error of one pool"));
  list.push_back(template_json(fmt::format("{}{{pool}}{}", stats_begin, stats_end), "pool-stats",
                               "Every figure of one pool, with its connections if the exporter owns it"));
  return {{"resourceTemplates", std::move(list)}};
}

std::optional<Json> read_resource(const std::string& uri, const WebServices& services) {
  const auto document = document_of(uri, services);
  if (!document) return std::nullopt;
  const Json content{{"uri", uri}, {"mimeType", json_type}, {"text", json_text(*document)}};
  return Json{{"contents", Json::array({content})}};
}

}  // namespace dbpool::mcp
