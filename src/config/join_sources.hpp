#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/source_files.hpp"

namespace dbpool {

/// The most sources in all source files.
inline constexpr std::size_t most_file_sources = 2000;

/// The configuration file itself.
struct MainFile {
  Config config;
  std::string name;  ///< in problems
};

/// What is in force of a source file.
struct JoinedFile {
  std::shared_ptr<const SourceList> list = nullptr;  ///< of its last good version; nullptr = it had none
  std::vector<std::string> problems = {};            ///< of its present version; empty = that one is in force

  bool operator==(const JoinedFile&) const = default;
};
using JoinedFiles = std::map<std::string, JoinedFile>;

/// The main file's configuration with the sources of the source files behind its own.
struct JoinedConfig {
  Config config;
  JoinedFiles files;
};

/// Joins the main file with the files as they were `read`; a bad one keeps the version that was in force
/// `before`. A file is bad as well if one of its sources has the name or the place of another: that of a
/// source in force, else of one in the main file, else of one in a file whose path comes first.
/// throws ConfigError if the main file itself has the name or place of a source that stays in force.
JoinedConfig join_sources(const MainFile& main, const SourceFiles& read, const JoinedFiles& before);

}  // namespace dbpool
