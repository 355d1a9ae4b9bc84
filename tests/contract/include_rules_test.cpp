#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

/// The rooms that each room may include, besides itself. src/README.md shows the same rules.
const std::map<std::string, std::set<std::string>> allowed{
    {"model", {}},
    {"sync", {}},
    {"observe", {"model", "sync"}},
    {"pool", {"observe", "model", "sync"}},
    {"net", {"model", "sync"}},
    {"drivers", {"pool", "net", "model", "sync"}},
    {"sources", {"snapshot", "pool", "observe", "net", "model", "sync"}},
    {"health", {"model"}},
    {"snapshot", {"health", "model", "sync"}},
    {"exposition", {"snapshot", "health", "model"}},
    {"log", {}},
    {"web", {"exposition", "snapshot", "log", "model"}},
    {"config", {"health", "log", "pool", "drivers", "snapshot", "sources", "web", "model", "sync"}},
    {"daemon",
     {"config", "drivers", "exposition", "health", "log", "model", "net", "observe", "pool", "snapshot",
      "sources", "sync", "web"}},
    {"main.cpp", {"config", "daemon", "exposition", "log"}},
};

/// Headers of third-party libraries, and the only rooms that may include them.
const std::map<std::string, std::set<std::string>> vendors{
    {"civetweb", {"web"}},
    {"prometheus/", {"exposition"}},
    {"nlohmann/", {"exposition", "web", "log", "sources"}},
    {"yaml-cpp/", {"config"}},
    {"CLI/", {"config"}},
    {"libpq-fe", {"drivers"}},
    {"curl/", {"sources"}},
    {"sqlite3", {"drivers"}},
    {"sql.h", {"drivers"}},
    {"sqlext.h", {"drivers"}},
    {"spdlog/", {"log"}},
    {"zlib", {"web"}},
    {"fmt/", {"config", "daemon", "drivers", "exposition", "health", "log", "snapshot", "web"}},
};

struct Include {
  std::string file, room, included;
};

/// Returns the room of a file: `include/dbpool/pool/pool.hpp` and `src/pool/acquire.cpp` both belong to
/// `pool`.
std::string room_of(fs::path path) {
  auto part = path.begin();
  if (*part == "dbpool") ++part;
  return part->string();
}

std::vector<Include> all_includes() {
  static const std::regex line_of_include(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
  std::vector<Include> found;
  for (const fs::path& root :
       {fs::path(DBPOOL_SOURCE_DIR) / "src", fs::path(DBPOOL_SOURCE_DIR) / "include"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      const auto path = entry.path();
      if (path.extension() != ".hpp" && path.extension() != ".cpp") continue;
      std::ifstream in(path);
      std::smatch match;
      for (std::string line; std::getline(in, line);) {
        if (!std::regex_search(line, match, line_of_include)) continue;
        const auto relative = fs::relative(path, root);
        found.push_back({relative.string(), room_of(relative), match[1]});
      }
    }
  }
  return found;
}

/// Returns the files that include a header whose path begins with `prefix`.
std::set<std::string> files_that_include(const std::string& prefix) {
  std::set<std::string> files;
  for (const auto& include : all_includes()) {
    if (include.included.starts_with(prefix)) files.insert(include.file);
  }
  return files;
}

}  // namespace

TEST_CASE("every include runs downwards between the rooms") {
  const auto includes = all_includes();
  REQUIRE(includes.size() > 300);
  for (const auto& include : includes) {
    const auto rules = allowed.find(include.room);
    const bool room_is_known = rules != allowed.end();
    CHECK_MESSAGE(room_is_known, include.file);
    const auto target = room_of(include.included);
    if (!room_is_known || target == include.room || !allowed.contains(target)) continue;
    CHECK_MESSAGE(rules->second.contains(target), include.file << " includes " << include.included);
  }
}

TEST_CASE("the sources see of the snapshot room only the interface that they implement") {
  for (const auto& include : all_includes()) {
    if (include.room != "sources" || room_of(include.included) != "snapshot") continue;
    CHECK_MESSAGE(include.included == "snapshot/pool_source.hpp", include.file);
  }
}

TEST_CASE("others' libraries stay in the rooms that need them") {
  for (const auto& include : all_includes()) {
    for (const auto& [prefix, rooms] : vendors) {
      if (!include.included.starts_with(prefix)) continue;
      CHECK_MESSAGE(rooms.contains(include.room), include.file << " includes " << include.included);
    }
  }
}

TEST_CASE("one file alone knows the web server's library") {
  CHECK(files_that_include("civetweb") == std::set<std::string>{"web/civet_server.cpp"});
}

TEST_CASE("one class alone knows prometheus-cpp, so that no format passes through its families") {
  CHECK(files_that_include("prometheus/") == std::set<std::string>{"exposition/fleet_collectable.hpp"});
  CHECK(files_that_include("exposition/fleet_collectable") ==
        std::set<std::string>{"exposition/fleet_collectable.cpp"});
}

TEST_CASE("an application that includes a public header needs nothing but the standard library") {
  for (const auto& include : all_includes()) {
    if (!include.file.starts_with("dbpool/")) continue;
    const bool ours = include.included.starts_with("dbpool/");
    const bool standard = include.included.find_first_of("./") == std::string::npos;
    CHECK_MESSAGE((ours || standard), include.file << " includes " << include.included);
  }
}
