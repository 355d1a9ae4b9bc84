#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>

#include "dbpool/sync/clock.hpp"
#include "sources/http/options.hpp"

namespace dbpool {

inline constexpr std::array<std::string_view, 5> http_json_preset_names{"ombudsman", "codebase-mcp", "eros",
                                                                        "snowflake", "custom"};

/// Options of a JSON endpoint: where its figures are, and how to read them.
struct HttpJsonOptions {
  HttpOptions http;
  std::string preset = "ombudsman";  ///< one of `http_json_preset_names`
  /// With preset `custom`: field → JSON pointer, or `reference#pointer` into another document of the server.
  std::map<std::string, std::string> fields;
  std::string pools;  ///< with preset `custom`: JSON pointer to several pools; "" = one, or an array of them
  Duration error_window = std::chrono::seconds(60);  ///< for the snapshot's errors_recent

  bool operator==(const HttpJsonOptions&) const = default;
};

/// Describes the error in a field of preset `custom` or in its place, and what is allowed; "" when there is
/// none.
std::string http_json_field_problem(const std::string& field, const std::string& place);

/// Describes an error in the options, including their URL, which is not quoted; "" when there is none.
std::string http_json_problem(const HttpJsonOptions& options);

}  // namespace dbpool
