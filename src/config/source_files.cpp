#include "config/source_files.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

namespace dbpool {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

using FileTexts = std::map<std::string, FileText>;
using Paths = std::set<std::string>;

constexpr int most_readings = 10;
constexpr auto between_readings = 100ms;

/// Names that begin with a dot match only a pattern that does: `..data` of a ConfigMap is no source file.
bool is_match(const fs::path& pattern, const fs::path& file) {
  return file.parent_path() == pattern.parent_path() &&
         ::fnmatch(pattern.filename().c_str(), file.filename().c_str(), FNM_PERIOD) == 0;
}

/// Reads at most `largest` bytes of a regular file: others could block, or have no end.
FileText read_text_of(const fs::path& file, std::size_t largest) {
  std::error_code error;
  const bool is_regular = fs::is_regular_file(file, error);
  if (error) return {"", fmt::format("cannot be read ({})", error.message())};
  if (!is_regular) return {"", "cannot be read; allowed: a regular file"};
  std::ifstream stream(file, std::ios::binary);
  std::string text;
  std::array<char, 16U << 10U> piece{};
  while (stream && text.size() <= largest) {
    stream.read(piece.data(), piece.size());
    text.append(piece.data(), static_cast<std::size_t>(stream.gcount()));
  }
  if (text.size() > largest) {
    return {"", fmt::format("too large; allowed: {} KiB in a source file, {} MiB in all of them",
                            largest_source_file >> 10U, all_source_files >> 20U)};
  }
  return stream.eof() ? FileText{std::move(text), ""} : FileText{"", "cannot be read"};
}

/// One reading of all patterns, in which each file is read once.
class Reading {
 public:
  explicit Reading(const SourceFiles& before) : before_(before) {}

  void add(const fs::path& pattern) {
    Paths paths;
    std::string problem = list(pattern, paths);
    std::erase_if(paths, [this](const auto& path) { return texts_.contains(path); });
    if (problem.empty() && texts_.size() + paths.size() > most_source_files)
      problem = fmt::format("too many files; allowed: {} source files", most_source_files);
    if (!problem.empty()) {
      paths = known(pattern);
      texts_[pattern] = {"", std::move(problem)};
    }
    for (const auto& path : paths) read(path);
  }
  FileTexts take() { return std::move(texts_); }

 private:
  /// Lists the files of a pattern. Returns the problem; "" = none.
  static std::string list(const fs::path& pattern, Paths& paths) {
    if (!has_wildcard(pattern.filename().string())) {
      paths.insert(pattern);
      return "";
    }
    std::error_code error;
    for (fs::directory_iterator entry(pattern.parent_path(), error), end;
         !error && entry != end && paths.size() <= most_source_files; entry.increment(error)) {
      if (is_match(pattern, entry->path())) paths.insert(entry->path());
    }
    const bool is_absent = error == std::errc::no_such_file_or_directory;
    return !error || is_absent ? "" : fmt::format("cannot list its directory ({})", error.message());
  }

  /// Returns the files of a pattern that there were before.
  Paths known(const fs::path& pattern) const {
    Paths paths;
    for (const auto& [path, file] : before_) {
      if (path != pattern && is_match(pattern, path)) paths.insert(path);
    }
    return paths;
  }

  void read(const std::string& path) {
    std::error_code error;
    const bool is_absent = fs::symlink_status(path, error).type() == fs::file_type::not_found;
    if (is_absent) return;
    FileText found = read_text_of(path, std::min(largest_source_file, all_source_files - bytes_));
    bytes_ += found.text.size();
    texts_.emplace(path, std::move(found));
  }

  const SourceFiles& before_;
  FileTexts texts_;
  std::size_t bytes_ = 0;
};

FileTexts read_texts(const std::vector<std::string>& patterns, const SourceFiles& before) {
  Reading reading(before);
  for (const auto& pattern : patterns) reading.add(pattern);
  return reading.take();
}

bool is_same(const FileTexts& texts, const SourceFiles& before) {
  return std::ranges::equal(texts, before, [](const auto& text, const auto& file) {
    return text.first == file.first && text.second == file.second.found;
  });
}

FileTexts read_settled(const std::vector<std::string>& patterns, const SourceFiles& before) {
  FileTexts texts = read_texts(patterns, before), previous;
  if (is_same(texts, before)) return texts;
  for (int i = 0; i < most_readings && (i == 0 || texts != previous); ++i) {
    std::this_thread::sleep_for(between_readings);
    previous = std::exchange(texts, read_texts(patterns, before));
  }
  for (auto& [path, found] : texts) {
    if (previous[path] != found) found = {"", "changes while it is read; allowed: a file at rest"};
  }
  return texts;
}

SourceFile parsed(const std::string& path, FileText found, const Environment& environment) {
  SourceFile file{std::move(found)};
  if (!file.found.problem.empty()) {
    file.problems = {fmt::format("{}: {}", path, file.found.problem)};
    return file;
  }
  try {
    file.list = std::make_shared<const SourceList>(parse_source_list(file.found.text, path, environment));
  } catch (const ConfigError& error) {
    file.problems = error.problems();
  }
  return file;
}

}  // namespace

bool has_wildcard(std::string_view name) {
  return name.find_first_of("*?[") != std::string_view::npos;
}

SourceFiles read_source_files(const std::vector<std::string>& patterns, const Environment& environment,
                              const SourceFiles& before) {
  SourceFiles files;
  for (auto& [path, found] : read_settled(patterns, before)) {
    const auto old = before.find(path);
    const bool is_known = old != before.end() && old->second.list != nullptr && old->second.found == found;
    files.emplace(path, is_known ? old->second : parsed(path, std::move(found), environment));
  }
  return files;
}

}  // namespace dbpool
