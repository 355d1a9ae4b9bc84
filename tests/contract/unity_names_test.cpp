#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <istream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

/// Returns a line without the arguments of templates, which may hold parentheses and names.
std::string without_template_arguments(std::string line) {
  static const std::regex innermost("<[^<>()]*(\\([^<>()]*\\))?[^<>()]*>");
  for (std::string shorter; (shorter = std::regex_replace(line, innermost, "")) != line;) line = shorter;
  return line;
}

/// Returns the name that a line at the outermost level declares, or "". An alias has no name here: a second
/// one of the same type does no harm, and the compiler rejects another.
std::string declared_name(const std::string& line) {
  static const std::regex other("^(using|namespace|template|return|static_assert)\\b");
  static const std::regex type("^(?:struct|class|union|enum(?: class)?) (\\w+)");
  static const std::regex function_or_variable(
      "^[^=({;]*[\\w>&*\\]] [&*]?(\\w+)(?:\\[\\w*\\])?(?:\\(|\\{| = |;)");
  std::smatch match;
  const std::string plain = without_template_arguments(line);
  if (std::regex_search(plain, other)) return "";
  if (std::regex_search(plain, match, type) || std::regex_search(plain, match, function_or_variable))
    return match[1];
  return "";
}

/// Returns the names that the unnamed namespaces of a source declare. clang-format puts each of their
/// declarations at the begin of a line.
std::set<std::string> names_in(std::istream& source) {
  std::set<std::string> names;
  bool unnamed = false;
  for (std::string line; std::getline(source, line);) {
    if (line == "namespace {") unnamed = true;
    if (line.starts_with("}  // namespace")) unnamed = false;
    if (!unnamed || line.empty() || !std::isalpha(static_cast<unsigned char>(line.front()))) continue;
    if (const std::string name = declared_name(line); !name.empty()) names.insert(name);
  }
  return names;
}

/// Returns the types and aliases that a header declares in the namespaces that all files see.
std::set<std::string> types_in(std::istream& header) {
  static const std::regex opened("^namespace ([\\w:]+) \\{$");
  static const std::regex type("^(?:struct|class|union|enum class|enum|using) (\\w+)(?: |;|:|$)");
  std::set<std::string> names;
  std::vector<std::string> scopes;
  for (std::string line; std::getline(header, line);) {
    std::smatch match;
    if (line.starts_with("}  // namespace") && !scopes.empty()) scopes.pop_back();
    if (line.empty() || !std::isalpha(static_cast<unsigned char>(line.front()))) continue;
    if (std::regex_search(line, match, opened)) scopes.push_back(match[1]);
    const bool is_seen = scopes.size() == 1 && (scopes[0] == "dbpool" || scopes[0] == "dbpool::test");
    if (is_seen && std::regex_search(line, match, type)) names.insert(match[1]);
  }
  return names;
}

/// Returns the headers of this project that sources include, also by other headers.
std::set<fs::path> headers_of(std::vector<fs::path> files) {
  static const std::regex include("^#include \"([^\"]+)\"");
  std::set<fs::path> found;
  while (!files.empty()) {
    std::ifstream in(files.back());
    files.pop_back();
    for (std::string line; std::getline(in, line);) {
      std::smatch match;
      if (!line.starts_with("#include") || !std::regex_search(line, match, include)) continue;
      for (const char* const folder : {"src", "include", "tests"}) {
        const fs::path header = fs::path(DBPOOL_SOURCE_DIR) / folder / match[1].str();
        if (fs::exists(header) && found.insert(header).second) files.push_back(header);
      }
    }
  }
  return found;
}

/// Returns the sources that a unity build compiles as one, for each room, component and test program.
std::map<std::string, std::vector<fs::path>> units() {
  std::map<std::string, std::vector<fs::path>> found;
  std::ifstream in(DBPOOL_UNITS);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string target;
    words >> target;
    for (std::string file; words >> file;) found[target].emplace_back(file);
  }
  return found;
}

}  // namespace

TEST_CASE("the names in an unnamed namespace are those of its types, functions and variables") {
  std::istringstream source(R"(
struct Elsewhere {};
namespace {

constexpr int limit = 3;
const std::map<std::string, std::function<void(int)>> table{
    {"key", {}},
};
char letters[] = "ab";
using Names = std::set<std::string>;
enum class Colour { red };
struct Scene final : Base {
  int member() const { return helper(1); }
};
template <typename T>
std::vector<T> sorted(const std::vector<T>& values) {
  return values;
}
const char* spelled(
    Colour colour);
void Scene::elsewhere() {}

}  // namespace
void visible() {}
)");
  CHECK(names_in(source) ==
        std::set<std::string>{"Colour", "Scene", "letters", "limit", "sorted", "spelled", "table"});
}

TEST_CASE("the types of a header are the classes and aliases in the namespaces of all") {
  std::istringstream header(R"(
#include <string>
namespace spdlog { class logger; }
namespace dbpool {

class Later;
using Bounds = std::vector<double>;
struct Scene : Base {
  using Inner = int;
};
enum class Colour { red };
template <typename T>
class Guarded {
};
namespace event {
struct Released {};
}  // namespace event
int visible();

}  // namespace dbpool
)");
  CHECK(types_in(header) == std::set<std::string>{"Bounds", "Colour", "Guarded", "Later", "Scene"});
}

TEST_CASE("no name in an unnamed namespace is that of a type in a header that a file of its unit includes") {
  std::map<fs::path, std::set<std::string>> types;
  for (const auto& [target, files] : units()) {
    std::map<std::string, fs::path> owners;
    for (const fs::path& header : headers_of(files)) {
      const auto [known, is_new] = types.try_emplace(header);
      if (is_new) {
        std::ifstream in(header);
        known->second = types_in(in);
      }
      for (const std::string& name : known->second) owners.emplace(name, header);
    }
    REQUIRE_MESSAGE(!owners.empty(), target);
    for (const fs::path& file : files) {
      std::ifstream source(file);
      for (const std::string& name : names_in(source)) {
        const auto owner = owners.find(name);
        if (owner == owners.end()) continue;
        FAIL_CHECK(target << ": " << file.filename() << " has the name " << name << " of a type in "
                          << owner->second.filename() << ": rename it, or list the file in dbpool_apart");
      }
    }
  }
}

TEST_CASE("files that are compiled as one unit share no name in unnamed namespaces") {
  const auto all = units();
  REQUIRE(all.size() > 30);
  REQUIRE(all.contains("dbpool_web"));
  REQUIRE(all.contains("unit_web"));
  for (const auto& [target, files] : all) {
    std::map<std::string, fs::path> owners;
    for (const fs::path& file : files) {
      std::ifstream source(file);
      REQUIRE_MESSAGE(source, file);
      for (const std::string& name : names_in(source)) {
        const auto [owner, is_first] = owners.emplace(name, file);
        CHECK_MESSAGE(is_first, target << ": " << owner->second.filename() << " and " << file.filename()
                                       << " share the name " << name
                                       << ": rename one, or list a file in dbpool_apart");
      }
    }
  }
}
