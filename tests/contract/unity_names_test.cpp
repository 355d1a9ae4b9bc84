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
