#include "config/join_sources.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/load.hpp"

using namespace dbpool;

namespace {

using Names = std::vector<std::string>;

std::string source_named(const std::string& name) {
  return fmt::format("{{name: {}, type: pgbouncer, dsn: 'host=h'}}", name);
}

/// The configuration file and its source files, as they change.
class JoinScene {
 public:
  /// Sets the names of the sources in the configuration file.
  void main(const Names& names) {
    std::string text = "pools: [{name: owned}]\nsources:\n";
    for (const auto& name : names) text += "  - " + source_named(name) + "\n";
    if (names.empty()) text += "  []\n";
    main_ = {parse_config(text, "c.yml", {}), "c.yml"};
  }
  /// Makes a good version of a file, with a line for each source.
  void file(const std::string& path, const Names& names) {
    std::string text;
    for (const auto& name : names) text += "- " + source_named(name) + "\n";
    text_of_file(path, names.empty() ? "[]" : text);
  }
  void text_of_file(const std::string& path, const std::string& text) {
    read_[path] = {{text, ""}, std::make_shared<SourceList>(parse_source_list(text, path, {}))};
  }
  void break_file(const std::string& path) { read_[path] = {{"?", ""}, nullptr, {path + ": broken"}}; }
  void remove_file(const std::string& path) { read_.erase(path); }

  /// Joins, and puts the result in force. Returns the names of all sources.
  Names join() {
    const JoinedConfig joined = join_sources(main_, read_, in_force_);
    in_force_ = joined.files;
    Names names;
    for (const auto& source : joined.config.sources) names.push_back(source.probe.name);
    return names;
  }
  Names problems(const std::string& path) const { return in_force_.at(path).problems; }

 private:
  MainFile main_ = {parse_config("pools: [{name: owned}]", "c.yml", {}), "c.yml"};
  SourceFiles read_;
  JoinedFiles in_force_;
};

}  // namespace

TEST_CASE("the sources of the files come behind those of the configuration, by the paths of the files") {
  JoinScene scene;
  scene.main({"z"});
  scene.file("/b", {"a"});
  scene.file("/a", {"c", "b"});
  CHECK(scene.join() == Names{"z", "c", "b", "a"});
  scene.remove_file("/a");
  CHECK(scene.join() == Names{"z", "a"});
}

TEST_CASE("a bad file keeps its last good version and leaves the others alone") {
  JoinScene scene;
  scene.file("/a", {"a"});
  scene.file("/b", {"b"});
  scene.join();
  scene.break_file("/a");
  scene.file("/b", {"b", "c"});
  CHECK(scene.join() == Names{"a", "b", "c"});
  CHECK(scene.problems("/a") == Names{"/a: broken"});
  CHECK(scene.problems("/b").empty());
  scene.file("/a", {"d"});
  CHECK(scene.join() == Names{"d", "b", "c"});
  CHECK(scene.problems("/a").empty());
}

TEST_CASE("a file that was never good has no sources") {
  JoinScene scene;
  scene.break_file("/a");
  scene.file("/b", {"b"});
  CHECK(scene.join() == Names{"b"});
  scene.remove_file("/a");
  CHECK(scene.join() == Names{"b"});
}

TEST_CASE("of two new sources with one name the first counts: the configuration's, then by path") {
  JoinScene scene;
  scene.main({"x"});
  scene.file("/a", {"y", "x"});
  scene.file("/b", {"z", "owned"});
  scene.file("/c", {"w"});
  scene.file("/d", {"v", "w"});
  CHECK(scene.join() == Names{"x", "w"});
  CHECK(scene.problems("/a") == Names{R"(/a:2: duplicate "x", also in c.yml; allowed: a unique name)"});
  CHECK(scene.problems("/b") == Names{R"(/b:2: duplicate "owned", also in c.yml; allowed: a unique name)"});
  CHECK(scene.problems("/d") == Names{R"(/d:2: duplicate "w", also in /c:1; allowed: a unique name)"});
}

TEST_CASE("a source in force keeps its name against a file whose path comes first") {
  JoinScene scene;
  scene.file("/b", {"x"});
  scene.join();
  scene.file("/a", {"x"});
  scene.file("/b", {"y", "x"});
  CHECK(scene.join() == Names{"y", "x"});
  CHECK(scene.problems("/a") == Names{R"(/a:1: duplicate "x", also in /b:2; allowed: a unique name)"});
  CHECK(scene.problems("/b").empty());
}

TEST_CASE("a source moves from one file to another, and from a file to the configuration") {
  JoinScene scene;
  scene.file("/a", {"x", "y"});
  scene.file("/b", {"z"});
  scene.join();
  scene.file("/a", {"y"});
  scene.file("/b", {"x", "z"});
  CHECK(scene.join() == Names{"y", "x", "z"});
  scene.main({"x"});
  scene.file("/b", {"z"});
  CHECK(scene.join() == Names{"x", "y", "z"});
}

TEST_CASE("a new version does not get a name that another file keeps, because that file is bad") {
  JoinScene scene;
  scene.main({"m"});
  scene.file("/a", {"a"});
  scene.file("/b", {"x", "b"});
  scene.join();
  scene.file("/a", {"x"});       // takes the name that /b gives away,
  scene.file("/b", {"b", "m"});  // but this version of /b is bad
  CHECK(scene.join() == Names{"m", "a", "x", "b"});
  CHECK(scene.problems("/a") == Names{R"(/a:1: duplicate "x", also in /b:1; allowed: a unique name)"});
  CHECK(scene.problems("/b") == Names{R"(/b:2: duplicate "m", also in c.yml; allowed: a unique name)"});
  scene.file("/b", {"b"});
  CHECK(scene.join() == Names{"m", "x", "b"});
}

TEST_CASE("a configuration that has the name of a source in force is refused, and nothing changes") {
  JoinScene scene;
  scene.file("/a", {"a", "x"});
  scene.join();
  scene.main({"x"});
  CHECK_THROWS_WITH_AS(scene.join(), R"(c.yml: duplicate "x", also in /a:2; allowed: a unique name)",
                       ConfigError);
  scene.break_file("/a");
  CHECK_THROWS_AS(scene.join(), ConfigError);
  scene.remove_file("/a");
  CHECK(scene.join() == Names{"x"});
}

TEST_CASE("two files do not receive pushes in one place") {
  JoinScene scene;
  scene.text_of_file("/a", "- {name: a, type: otlp}");
  scene.text_of_file("/b", "- {name: b, type: otlp}");
  scene.text_of_file("/c", "- {name: c, type: events, path: /run/x.sock}");
  scene.text_of_file("/d", "- {name: d, type: events, path: /run/x.sock}");
  CHECK(scene.join() == Names{"a", "c"});
  CHECK(scene.problems("/b") ==
        Names{"/b:1: the source in /a:1 receives there already; allowed: another listen"});
  CHECK(scene.problems("/d") ==
        Names{"/d:1: the source in /c:1 receives there already; allowed: another path"});
}

TEST_CASE("the files together have a bound on their sources, and the one that passes it is bad") {
  JoinScene scene;
  Names many;
  for (std::size_t i = 1; i < most_file_sources; ++i) many.push_back(fmt::format("s{}", i));
  scene.file("/a", many);
  scene.file("/b", {"b"});
  scene.file("/c", {"c"});
  CHECK(scene.join().size() == most_file_sources);
  CHECK(scene.problems("/c") == Names{"/c: too many sources; allowed: 2000 in all source files"});
}
