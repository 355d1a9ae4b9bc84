#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "sources/pool_fields.hpp"

namespace dbpool {

/// Sets a field by a value of a document, unless it is known already. Returns false for a value that it
/// cannot have, such as a negative count, and leaves the field unknown.
bool set_field(PoolDraft& pool, const PoolField& field, const nlohmann::json& value);

/// Returns the fields as a Markdown table, for the documentation.
std::string http_json_fields_markdown();

}  // namespace dbpool
