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

/// A pool read from a document: its snapshot, and figures from which others follow.
struct JsonPool {
  PoolSnapshot snapshot;
  std::string name;
  PoolSnapshot::Count total, max_overflow, closed, recycled;
  bool null_state = false;  ///< the document has null for its idle or its active connections
  std::size_t figures = 0;  ///< numbers found in the document
};

/// A field of a pool that a value in a document can set.
struct JsonField {
  std::string_view name;
  std::string_view meaning;
  /// Sets the field unless it is known already. Returns false for a value that it cannot have, such as a
  /// negative count, and leaves the field unknown.
  bool (*set)(JsonPool&, const nlohmann::json&);
};

/// Returns all fields.
std::span<const JsonField> http_json_fields();

/// Returns the field of that name; nullptr when there is none.
const JsonField* find_json_field(std::string_view name);

/// Returns the snapshot with the figures that follow from others: idle or active from the total and the other
/// one, and `unknown` from the rest of the total. Ignores a total that is less than its parts. Where the
/// document has null for a state, that state stays unknown, since the total may count only the others.
PoolSnapshot finished(JsonPool pool);

/// Returns the fields as a Markdown table, for the documentation.
std::string http_json_fields_markdown();

}  // namespace dbpool
