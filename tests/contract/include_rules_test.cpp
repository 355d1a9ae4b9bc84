#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
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
    {"exposition", {"snapshot", "health", "pool", "model"}},
    {"log", {}},
    {"tls", {"model"}},
    {"web", {"exposition", "snapshot", "log", "net", "tls", "model", "sync"}},
    {"cli", {"model"}},
    {"config",
     {"cli", "health", "log", "pool", "drivers", "snapshot", "sources", "tls", "web", "model", "sync"}},
    {"daemon",
     {"cli", "config", "drivers", "exposition", "health", "log", "model", "net", "observe", "pool",
      "snapshot", "sources", "sync", "web"}},
    {"main.cpp", {"cli", "config", "daemon", "exposition", "log"}},
};

/// Headers of third-party libraries, and the only rooms that may include them.
const std::map<std::string, std::set<std::string>> vendors{
    {"civetweb", {"web"}},
    {"prometheus/", {"exposition"}},
    {"nlohmann/", {"cli", "exposition", "web", "log", "sources"}},
    {"yaml-cpp/", {"config"}},
    {"CLI/", {"config"}},
    {"libpq-fe", {"drivers"}},
    {"pqxx/", {"drivers"}},
    {"curl/", {"cli", "sources"}},
    {"sqlite3", {"drivers"}},
    {"sql.h", {"drivers"}},
    {"sqlext.h", {"drivers"}},
    {"spdlog/", {"log"}},
    {"zlib", {"net", "web"}},
    {"crypt.h", {"web"}},
    {"openssl/", {"sources", "tls"}},
    {"protozero/", {"sources"}},
    {"fmt/", {"cli", "config", "daemon", "drivers", "exposition", "health", "log", "snapshot", "tls", "web"}},
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

using LinkGraph = std::map<std::string, std::set<std::string>>;

/// Returns the libraries that each component and room links, as CMake reports them.
LinkGraph link_graph() {
  LinkGraph graph;
  std::ifstream in(DBPOOL_LINK_GRAPH);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string target;
    words >> target;
    auto& linked = graph[target];
    for (std::string name; words >> name;) {
      if (name.find("dbpool_settings") == std::string::npos) linked.insert(name);
    }
  }
  return graph;
}

/// Returns all targets that `target` links, itself or through others.
std::set<std::string> reachable(const LinkGraph& graph, const std::string& target) {
  std::set<std::string> found;
  std::vector<std::string> open{target};
  while (!open.empty()) {
    const auto linked = graph.find(open.back());
    open.pop_back();
    if (linked == graph.end()) continue;
    for (const auto& name : linked->second) {
      if (found.insert(name).second) open.push_back(name);
    }
  }
  return found;
}

/// Returns the rooms whose sources are in a library of ours. Besides the core and the rooms, there are the
/// drivers' libraries and their umbrella.
std::set<std::string> rooms_in(const std::string& target) {
  if (target == "dbpool_core") return {"model", "sync", "net", "observe", "pool", "health", "exposition"};
  if (target == "dbpool_prometheus") return {"exposition"};
  const auto room = target.substr(target.find('_') + 1);
  if (!allowed.contains(room)) return {"drivers"};
  return {room};
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

TEST_CASE("a driver's folder alone includes the library of its vendor") {
  const std::map<std::string, std::set<std::string>> folders{
      {"libpq-fe", {"drivers/postgres/", "drivers/pqxx/"}},
      {"pqxx/", {"drivers/pqxx/", "dbpool/drivers/pqxx.hpp"}},
      {"sqlite3", {"drivers/sqlite/"}},
      {"sql.h", {"drivers/odbc/"}},
      {"sqlext.h", {"drivers/odbc/"}}};
  for (const auto& include : all_includes()) {
    for (const auto& [prefix, places] : folders) {
      if (!include.included.starts_with(prefix)) continue;
      const bool fits =
          std::ranges::any_of(places, [&](const auto& place) { return include.file.starts_with(place); });
      CHECK_MESSAGE(fits, include.file << " includes " << include.included);
    }
  }
}

TEST_CASE("a room links only the libraries of the rooms that it may include") {
  const auto links = link_graph();
  REQUIRE(links.contains("dbpool_daemon"));
  for (const auto& [room, may_include] : allowed) {
    const auto linked = links.find("dbpool_" + room);
    if (linked == links.end()) continue;
    for (const auto& target : linked->second) {
      if (!links.contains(target)) continue;
      const auto rooms = rooms_in(target);
      const bool fits =
          std::ranges::any_of(rooms, [&](const std::string& name) { return may_include.contains(name); });
      CHECK_MESSAGE(fits, room << " links " << target);
    }
  }
}

TEST_CASE("rooms that judge and show values link no driver and no client of HTTP") {
  const auto links = link_graph();
  const std::set<std::string> clients{"SQLite::SQLite3", "PostgreSQL::PostgreSQL", "ODBC::ODBC",
                                      "CURL::libcurl"};
  const auto clients_of = [&](const std::string& target) {
    std::set<std::string> found;
    for (const auto& name : reachable(links, target)) {
      if (clients.contains(name)) found.insert(name);
    }
    return found;
  };
  CHECK(clients_of("dbpool_daemon") == clients);
  CHECK(clients_of("dbpool_sources") == std::set<std::string>{"CURL::libcurl"});
  for (const char* room : {"health", "snapshot", "exposition", "log", "web"}) {
    REQUIRE(links.contains(std::string("dbpool_") + room));
    CHECK_MESSAGE(clients_of(std::string("dbpool_") + room).empty(), room);
  }
}

TEST_CASE("a component of the library links the core and the library of its own vendor") {
  const auto links = link_graph();
  using Names = std::set<std::string>;
  CHECK(links.at("dbpool_core") == Names{"Threads::Threads"});
  CHECK(links.at("dbpool_sqlite") == Names{"dbpool_core", "SQLite::SQLite3"});
  CHECK(links.at("dbpool_postgres") == Names{"dbpool_core", "PostgreSQL::PostgreSQL"});
  CHECK(links.at("dbpool_odbc") == Names{"dbpool_core", "ODBC::ODBC"});
  CHECK(links.at("dbpool_prometheus") == Names{"dbpool_core", "prometheus-cpp::core"});
  if (const auto pqxx = links.find("dbpool_pqxx"); pqxx != links.end()) {
    CHECK(pqxx->second == Names{"dbpool_postgres", "PostgreSQL::PostgreSQL", "PkgConfig::libpqxx"});
  }
}

TEST_CASE("one file alone knows the web server's library") {
  CHECK(files_that_include("civetweb") == std::set<std::string>{"web/civet_server.cpp"});
}

TEST_CASE("one component alone knows prometheus-cpp, so that no format passes through its families") {
  CHECK(files_that_include("prometheus/") ==
        std::set<std::string>{"dbpool/exposition/fleet_collectable.hpp", "exposition/family_writer.hpp"});
  CHECK(files_that_include("exposition/family_writer") ==
        std::set<std::string>{"exposition/family_writer.cpp", "exposition/fleet_collectable.cpp"});
  CHECK(files_that_include("dbpool/exposition/fleet_collectable") ==
        std::set<std::string>{"exposition/fleet_collectable.cpp"});
  for (const auto& include : all_includes()) {
    if (include.room != "exposition" || room_of(include.included) != "pool") continue;
    CHECK_MESSAGE(include.file == "dbpool/exposition/fleet_collectable.hpp", include.file);
  }
}

TEST_CASE("an application that includes a public header needs nothing but the standard library") {
  for (const auto& include : all_includes()) {
    if (!include.file.starts_with("dbpool/")) continue;
    // The bridges are for applications that include the other library anyway.
    if (include.file == "dbpool/drivers/pqxx.hpp" && include.included.starts_with("pqxx/")) continue;
    if (include.file == "dbpool/exposition/fleet_collectable.hpp" &&
        include.included.starts_with("prometheus/"))
      continue;
    const bool ours = include.included.starts_with("dbpool/");
    const bool standard = include.included.find_first_of("./") == std::string::npos;
    CHECK_MESSAGE((ours || standard), include.file << " includes " << include.included);
  }
}
