#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/environment.hpp"
#include "config/source_list.hpp"

namespace dbpool {

/// Returns whether the name of a file stands for several.
bool has_wildcard(std::string_view name);

/// What was found under the name of a file.
struct FileText {
  std::string text;
  std::string problem;  ///< why it could not be read; "" = `text` is all of it

  bool operator==(const FileText&) const = default;
};

/// A source file as it was read. An entry may also be a pattern whose files cannot be listed.
struct SourceFile {
  FileText found;
  std::shared_ptr<const SourceList> list = nullptr;  ///< nullptr = it has problems
  std::vector<std::string> problems = {};

  bool operator==(const SourceFile&) const = default;
};

/// All source files at one moment, by their full paths.
using SourceFiles = std::map<std::string, SourceFile>;

/// The bounds of what is read.
inline constexpr std::size_t most_source_files = 1000;
inline constexpr std::size_t largest_source_file = std::size_t{1} << 20U;  ///< bytes
inline constexpr std::size_t all_source_files = std::size_t{16} << 20U;    ///< bytes, together

/// Reads the files that the patterns name, and the secret files named in them. A file with the same text as
/// in `before`, and no problem then, is not parsed again. After a change all are read again until two
/// readings agree, 100 ms apart, because files may be written at that moment; one that has not settled after
/// ten is bad. Blocks as long as the file system does.
SourceFiles read_source_files(const std::vector<std::string>& patterns, const Environment& environment,
                              const SourceFiles& before = {});

}  // namespace dbpool
