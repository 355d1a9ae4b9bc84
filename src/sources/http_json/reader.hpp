#pragma once

#include <string>
#include <vector>

#include "sources/http_json/http_json_options.hpp"
#include "sources/http_json/missing_fields.hpp"
#include "sources/http_json/shapes.hpp"
#include "sources/probe.hpp"

namespace dbpool {

/// The result of one reading's documents.
struct JsonReading {
  ProbeResult result;
  std::vector<FieldLookup> lookups;  ///< one for each mapped field; with a preset, one for all figures
};

/// A reader that turns the documents of one reading into figures. Pure and immutable; any thread may call it.
class HttpJsonReader {
 public:
  /// throws Error for an unknown field, an invalid pointer, or preset `custom` without fields.
  explicit HttpJsonReader(const HttpJsonOptions& options);

  /// Returns the documents that a reading needs, as references to resolve against the URL; "" is the URL
  /// itself.
  const std::vector<std::string>& references() const noexcept { return references_; }
  /// Reads the documents. `documents`: the text of each, in the order of `references()`. throws Error, which
  /// quotes no document, when one is not JSON, when they have no known form or, with preset `custom`, when no
  /// field has a figure.
  JsonReading read(const std::string& source, const std::vector<std::string>& documents) const;

 private:
  void map_field(const std::string& field, const std::string& place);
  const JsonShape& shape_of(const nlohmann::json& document) const;

  std::string preset_;
  std::vector<std::string> references_;
  std::vector<JsonShape> shapes_;
};

/// Reads one document, as the answer to every reference, and hints at every field that it lacks. Pure. throws
/// Error as `HttpJsonReader` does.
ProbeResult parse_http_json(const std::string& source, const HttpJsonOptions& options,
                            const std::string& text);

}  // namespace dbpool
