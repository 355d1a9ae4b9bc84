#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sources/http_json/fields.hpp"

namespace dbpool {

/// The place of a field's value: one of a reading's documents, and a pointer into it, or into a pool's part
/// of the first one.
struct JsonMapping {
  const PoolField* field;
  std::vector<std::string> pointer;
  std::size_t document = 0;
  std::string shown = {};  ///< the pointer as configured, for messages; "" with a preset
};

/// A form that a document may have.
struct JsonShape {
  enum class Marker { object, array, any };

  std::vector<std::string> marker;  ///< pointer to a value that a document of this form has
  Marker marker_is = Marker::any;
  bool has_pools = false;  ///< the marker points to several pools; otherwise the document is one pool
  std::vector<JsonMapping> mappings;
};

/// Returns the forms of a preset's documents, in the order in which they are tried. Empty for `custom`.
const std::vector<JsonShape>& http_json_shapes(std::string_view preset);

}  // namespace dbpool
