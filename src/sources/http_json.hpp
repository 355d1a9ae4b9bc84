#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/name_resolver.hpp"
#include "sources/probe.hpp"

namespace dbpool {

inline constexpr std::array<std::string_view, 5> http_json_preset_names{"ombudsman", "codebase-mcp", "eros",
                                                                        "snowflake", "custom"};

/// Where the figures are and how the document is read.
struct HttpJsonOptions {
  std::string url;
  std::string preset = "ombudsman";           ///< one of `http_json_preset_names`
  std::map<std::string, std::string> fields;  ///< with preset `custom`: field → JSON pointer
  std::string pools;     ///< with preset `custom`: JSON pointer to several pools; "" = one
  std::string username;  ///< basic auth, with `password_file`
  std::optional<std::filesystem::path> password_file, bearer_file, ca_file;

  bool operator==(const HttpJsonOptions&) const = default;
};

/// Reads an application's JSON endpoint. The pool is `<source>`, or `<source>/<pool>` where there are
/// several.
std::unique_ptr<Probe> http_json_probe(std::string source, const HttpJsonOptions& options,
                                       std::shared_ptr<NameResolver> names);

}  // namespace dbpool
