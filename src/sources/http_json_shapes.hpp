#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sources/http_json_fields.hpp"

namespace dbpool {

/// Where a field's value stands: in which of a reading's documents, and where in it or in a pool's part of
/// it.
struct JsonMapping {
  const JsonField* field;
  std::vector<std::string> pointer;
  std::size_t document = 0;
  std::string shown = {};  ///< the pointer as configured, for messages; "" with a preset
};

/// One form that a document may have.
struct JsonShape {
  enum class Marker { object, array, any };

  std::vector<std::string> marker;  ///< what must be there for the document to have this form
  Marker marker_is = Marker::any;
  bool has_pools = false;  ///< the marker holds several pools; else the document is one
  std::vector<JsonMapping> mappings;
};

/// The forms of a preset's documents. Empty for `custom`.
const std::vector<JsonShape>& http_json_shapes(std::string_view preset);

}  // namespace dbpool
