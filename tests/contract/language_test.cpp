#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const fs::path root = DBPOOL_SOURCE_DIR;

/// Words that CONTRIBUTING.md lists under "instead of". A few remain where they are the right ones.
const std::regex tic(R"(\b([Ww]hoever|[Nn]obody|[Ss]omebody|[Tt]ells?|[Tt]old)\b)");

std::vector<fs::path> files_in(const std::string& folder, const std::vector<std::string>& extensions) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
    const bool matches = std::ranges::find(extensions, entry.path().extension().string()) != extensions.end();
    if (entry.is_regular_file() && matches) found.push_back(entry.path());
  }
  return found;
}

/// Lines of prose, and those with a tic.
struct Prose {
  double lines = 0;
  std::vector<std::string> tics;

  void add(const fs::path& file, const std::string& text) {
    ++lines;
    if (std::regex_search(text, tic)) tics.push_back(fs::relative(file, root).string() + ": " + text);
  }
  double tics_per_thousand() const { return 1000 * static_cast<double>(tics.size()) / lines; }
};

template <typename Take>
void for_each_line(const fs::path& file, const Take& take) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) take(line);
}

void check_plain(const Prose& prose) {
  constexpr double most = 2;
  REQUIRE(prose.lines > 0);
  std::string all;
  for (const std::string& line : prose.tics) all += line + '\n';
  CHECK_MESSAGE(prose.tics_per_thousand() <= most, all);
}

}  // namespace

TEST_CASE("comments are written in plain English") {
  Prose comments;
  for (const char* const folder : {"include", "src", "tests"}) {
    for (const fs::path& file : files_in(folder, {".hpp", ".cpp"})) {
      for_each_line(file, [&](const std::string& line) {
        const auto begin = line.find("//");
        if (begin != std::string::npos) comments.add(file, line.substr(begin));
      });
    }
  }
  check_plain(comments);
}

TEST_CASE("documents are written in plain English") {
  Prose documents;
  for (const char* const folder : {"docs", "alerts/runbooks"}) {
    for (const fs::path& file : files_in(folder, {".md"}))
      for_each_line(file, [&](const std::string& line) { documents.add(file, line); });
  }
  for_each_line(root / "README.md",
                [&](const std::string& line) { documents.add(root / "README.md", line); });
  check_plain(documents);
}
