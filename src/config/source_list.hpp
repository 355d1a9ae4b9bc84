#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/environment.hpp"

namespace dbpool {

/// The sources in one good version of a source file.
struct SourceList {
  std::vector<SourceConfig> sources;
  std::vector<int> lines;             ///< where each of them begins
  std::vector<std::string> warnings;  ///< settings that are valid but probably not intended
};

/// Reads and checks the text of a source file and the secret files that it names; `name` is the file's name
/// in problems. throws ConfigError with all errors. An empty text is one: it may be a file that is being
/// written.
SourceList parse_source_list(const std::string& text, const std::string& name,
                             const Environment& environment);

}  // namespace dbpool
