#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dbpool/model/pool_snapshot.hpp"

namespace dbpool {

/// A pool as a document tells it: what a snapshot has, and figures that others follow from.
struct JsonPool {
  PoolSnapshot snapshot;
  std::string name;
  PoolSnapshot::Count total, max_overflow, closed, recycled;
  bool null_state = false;  ///< it says that it does not know its idle connections, or its active ones
  std::size_t figures = 0;  ///< numbers found in the document
};

/// A field that a value of a document can fill. What is known already stays.
struct JsonField {
  std::string_view name;
  std::string_view meaning;
  /// Returns false for what cannot be its value, such as a negative count; that leaves the field unknown.
  bool (*set)(JsonPool&, const nlohmann::json&);
};

/// All of them.
std::span<const JsonField> http_json_fields();

/// nullptr when there is none of that name.
const JsonField* find_json_field(std::string_view name);

/// Fills in what follows from other figures: of idle, active and total each from the other two, and the
/// connections of which only the total is known. A total that is less than its parts says nothing. Where the
/// document itself says null for a state, it is not known, since the total may be that of the others.
PoolSnapshot finished(JsonPool pool);

/// The fields as a Markdown table, for the documentation.
std::string http_json_fields_markdown();

}  // namespace dbpool
