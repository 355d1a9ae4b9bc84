#include "config/source_files.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace dbpool;
namespace fs = std::filesystem;

namespace {

using Names = std::vector<std::string>;

/// A directory of its own, removed by the destructor, and what is read in it.
class FileScene {
 public:
  FileScene() {
    std::string pattern = fs::temp_directory_path() / "dbpool_source_files_test.XXXXXX";
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    directory_ = fs::canonical(pattern);
  }
  FileScene(const FileScene&) = delete;
  FileScene& operator=(const FileScene&) = delete;
  ~FileScene() { fs::remove_all(directory_); }

  fs::path path(const std::string& name) const { return directory_ / name; }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories(path(name).parent_path());
    std::ofstream(path(name)) << text;
  }
  void link(const std::string& target, const std::string& name) const {
    fs::create_directories(path(name).parent_path());
    fs::create_symlink(target, path(name) += ".new");
    fs::rename(path(name) += ".new", path(name));
  }

  /// Reads the files anew, and keeps the reading for the next one.
  const SourceFiles& read(const Names& patterns) {
    Names full;
    for (const auto& pattern : patterns) full.push_back(path(pattern));
    last_ = read_source_files(full, {}, last_);
    return last_;
  }
  /// Returns the names of the files in the last reading.
  Names names() const {
    Names all;
    for (const auto& [file, content] : last_) all.push_back(fs::path(file).lexically_relative(directory_));
    return all;
  }
  const SourceFile& file(const std::string& name) const { return last_.at(path(name)); }
  std::string source_in(const std::string& name) const { return file(name).list->sources.at(0).probe.name; }
  Names problems(const std::string& name) const {
    Names all = file(name).problems;
    for (auto& problem : all) {
      REQUIRE(problem.starts_with(directory_.string() + "/"));
      problem.erase(0, directory_.string().size() + 1);
    }
    return all;
  }

 private:
  fs::path directory_;
  SourceFiles last_;
};

std::string one_source(const std::string& name) {
  return fmt::format("- {{name: {}, type: pgbouncer, dsn: 'host=h'}}\n", name);
}

}  // namespace

TEST_CASE("a pattern finds the files in its directory, and not the hidden ones") {
  FileScene scene;
  for (const std::string name :
       {"d/b.yml", "d/a.yml", "d/a.yml~", "d/.c.yml", "d/deep/d.yml", "e.yml", "f.yml"})
    scene.write(name, one_source("x"));
  scene.read({"d/*.yml", "e.yml", "[f-h].yml", "absent.yml", "absent/*.yml", "d/?.yml"});
  CHECK(scene.names() == Names{"d/a.yml", "d/b.yml", "e.yml", "f.yml"});
  CHECK(scene.source_in("d/a.yml") == "x");
}

TEST_CASE("a file is followed by its content: a new list is made for a changed text, and only then") {
  FileScene scene;
  scene.write("a.yml", one_source("a"));
  scene.write("b.yml", one_source("b"));
  scene.read({"*.yml"});
  const auto a = scene.file("a.yml").list, b = scene.file("b.yml").list;
  scene.write("a.yml", one_source("a"));
  scene.write("b.yml", one_source("c"));
  scene.read({"*.yml"});
  CHECK(scene.file("a.yml").list == a);
  CHECK(scene.file("b.yml").list != b);
  CHECK(scene.source_in("b.yml") == "c");
  fs::remove(scene.path("a.yml"));
  scene.read({"*.yml"});
  CHECK(scene.names() == Names{"b.yml"});
}

TEST_CASE("the swap of a symbolic link, as of a ConfigMap, changes all files behind it") {
  FileScene scene;
  scene.write("..1/a.yml", one_source("a1"));
  scene.write("..2/a.yml", one_source("a2"));
  scene.write("..2/b.yml", one_source("b2"));
  scene.link("..1", "..data");
  scene.link("..data/a.yml", "a.yml");
  scene.read({"*.yml"});
  CHECK(scene.source_in("a.yml") == "a1");
  scene.link("..data/b.yml", "b.yml");
  scene.read({"*.yml"});
  CHECK(scene.problems("b.yml") == Names{"b.yml: cannot be read (No such file or directory)"});
  scene.link("..2", "..data");
  fs::remove_all(scene.path("..1"));
  scene.read({"*.yml"});
  CHECK(scene.source_in("a.yml") == "a2");
  CHECK(scene.source_in("b.yml") == "b2");
}

TEST_CASE("a bad file is read again although its text stays, because the secret that it names may come") {
  FileScene scene;
  scene.write("a.yml",
              fmt::format("- {{name: a, type: pgbouncer, dsn_file: {}}}\n", scene.path("secret").string()));
  scene.read({"*.yml"});
  REQUIRE(scene.problems("a.yml").size() == 1);
  CHECK(scene.problems("a.yml")[0].starts_with("a.yml:1: [0].dsn_file: "));
  scene.write("secret", "host=h password=hunter2");
  scene.read({"*.yml"});
  CHECK(scene.source_in("a.yml") == "a");
}

TEST_CASE("what is no regular file is not opened") {
  FileScene scene;
  REQUIRE(::mkfifo(scene.path("pipe.yml").c_str(), 0600) == 0);
  scene.write("directory.yml/x", "");
  scene.link("/dev/zero", "zeros.yml");
  scene.read({"*.yml"});
  for (const std::string name : {"pipe.yml", "directory.yml", "zeros.yml"})
    CHECK(scene.problems(name) == Names{name + ": cannot be read; allowed: a regular file"});
}

TEST_CASE("a file that is too large is bad, and so is one for which the others leave no room") {
  FileScene scene;
  const std::string comments(largest_source_file - 100, '#');
  for (std::size_t i = 0; i < all_source_files / largest_source_file; ++i)
    scene.write(fmt::format("{:02}.yml", i), one_source("a") + comments);
  scene.write("huge.yml", one_source("a") + std::string(largest_source_file, '#'));
  scene.write("last.yml", one_source("a") + std::string(10'000, '#'));
  scene.write("small.yml", one_source("a"));
  scene.read({"*.yml"});
  const std::string too_large = ": too large; allowed: 1024 KiB in a source file, 16 MiB in all of them";
  CHECK(scene.problems("huge.yml") == Names{"huge.yml" + too_large});
  CHECK(scene.problems("last.yml") == Names{"last.yml" + too_large});
  CHECK(scene.problems("00.yml").empty());
  CHECK(scene.problems("15.yml").empty());
  CHECK(scene.problems("small.yml").empty());
}

TEST_CASE("of too many files only those are read that were there before, and the pattern is bad") {
  FileScene scene;
  scene.write("known.yml", one_source("a"));
  scene.read({"*.yml"});
  for (std::size_t i = 0; i < most_source_files; ++i) scene.write(fmt::format("{}.yml", i), "[]");
  scene.write("known.yml", one_source("b"));
  scene.read({"*.yml"});
  CHECK(scene.names() == Names{"*.yml", "known.yml"});
  CHECK(scene.source_in("known.yml") == "b");
  CHECK(scene.problems("*.yml") == Names{"*.yml: too many files; allowed: 1000 source files"});
  fs::remove(scene.path("0.yml"));
  scene.read({"*.yml"});
  CHECK(scene.names().size() == most_source_files);
}

TEST_CASE("a directory that cannot be listed is bad, and its files are read as before") {
  FileScene scene;
  scene.write("d/a.yml", one_source("a"));
  scene.read({"d/*.yml"});
  fs::rename(scene.path("d"), scene.path("e"));
  scene.link("d", "d");  // a link to itself
  scene.read({"d/*.yml"});
  CHECK(scene.names() == Names{"d/*.yml", "d/a.yml"});
  CHECK(scene.problems("d/*.yml").at(0).starts_with("d/*.yml: cannot list its directory ("));
  CHECK(scene.problems("d/a.yml").at(0).starts_with("d/a.yml: cannot be read ("));
}

TEST_CASE("a file that is another at each reading is bad, and does not hold up the others") {
  FileScene scene;
  scene.link("/proc/uptime", "a.yml");
  scene.write("b.yml", one_source("b"));
  scene.read({"*.yml"});
  CHECK(scene.problems("a.yml") == Names{"a.yml: changes while it is read; allowed: a file at rest"});
  CHECK(scene.source_in("b.yml") == "b");
}
