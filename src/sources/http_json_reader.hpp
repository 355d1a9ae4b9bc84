#pragma once

#include <string>
#include <vector>

#include "sources/http_json.hpp"
#include "sources/http_json_shapes.hpp"
#include "sources/missing_fields.hpp"

namespace dbpool {

/// What a reading's documents come to.
struct JsonReading {
  ProbeResult result;
  std::vector<FieldLookup> lookups;  ///< of the mapped fields; of the figures as a whole with a preset
};

/// Turns the documents of one reading into figures. Pure and immutable; any thread may call it.
class HttpJsonReader {
 public:
  /// throws Error for a field or pointer that is none.
  explicit HttpJsonReader(const HttpJsonOptions& options);

  /// The documents that a reading takes, as references to follow from the URL; "" is the URL itself.
  const std::vector<std::string>& references() const noexcept { return references_; }
  /// `documents`: the text of each, in the order of `references()`. throws Error, which quotes none of it,
  /// when one is no JSON or has none of the forms that are known.
  JsonReading read(const std::string& source, const std::vector<std::string>& documents) const;

 private:
  void map_field(const std::string& field, const std::string& place);
  const JsonShape& shape_of(const nlohmann::json& document) const;

  std::string preset_;
  std::vector<std::string> references_;
  std::vector<JsonShape> shapes_;
};

/// Reads one document, and hints at every field that it lacks. Pure. throws what `HttpJsonReader` says.
ProbeResult parse_http_json(const std::string& source, const HttpJsonOptions& options,
                            const std::string& text);

}  // namespace dbpool
