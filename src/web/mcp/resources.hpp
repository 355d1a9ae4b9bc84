#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "exposition/json.hpp"
#include "web/web_services.hpp"

namespace dbpool::mcp {

/// Returns a page of the resources: the health of all pools first, then that of each pool; at most 100, and
/// where the next page begins. `cursor`: that of the page before; null = none. nullopt: no such cursor.
std::optional<Json> list_resources(const FleetSnapshot& fleet, const Json& cursor);

Json list_resource_templates();

/// Returns the contents of a resource: the same text as that of the path with this document. nullopt: there
/// is no such resource.
std::optional<Json> read_resource(const std::string& uri, const WebServices& services);

}  // namespace dbpool::mcp
