#include "daemon/source_file_watch.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <future>

#include "config/load.hpp"
#include "support/fakes/gate.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

using Texts = std::vector<std::string>;

/// Keeps each line as its message and its texts.
struct LinesOfFiles : Logger {
  void log(LogLevel, std::string_view /*component*/, std::string_view message,
           const std::vector<LogField>& fields) noexcept override {
    std::string line(message);
    for (const LogField& field : fields) {
      if (const auto* const text = std::get_if<std::string>(&field.value)) line += " " + *text;
    }
    lines.push_back(std::move(line));
  }
  Texts take() { return std::exchange(lines, {}); }
  Texts lines;
};

std::string list_with(const std::string& name) {
  return fmt::format("- {{name: {}, type: pgbouncer, dsn: 'host=h dbname=app'}}", name);
}

/// A file system of texts by path; "?" = a bad file. It answers when its gate lets a reading pass.
class FakeFiles {
 public:
  void write(const std::string& path, const std::string& text) { (*texts_.access())[path] = text; }
  void remove(const std::string& path) { texts_.access()->erase(path); }
  void hang() { *gate_.access() = std::make_shared<Gate>(); }
  std::shared_ptr<Gate> gate() const { return *gate_.access(); }

  SourceFiles read(const SourceFiles& before) const {
    if (const auto closed = gate()) closed->pass();
    SourceFiles files;
    for (const auto& [path, text] : *texts_.access()) {
      const auto old = before.find(path);
      if (old != before.end() && old->second.found.text == text && old->second.list != nullptr) {
        files.insert(*old);
      } else if (text == "?") {
        files[path] = {{text, ""}, nullptr, {path + ":1: bad", path + ":2: bad"}};
      } else {
        files[path] = {{text, ""}, std::make_shared<SourceList>(parse_source_list(text, path, {}))};
      }
    }
    return files;
  }

 private:
  Guarded<std::map<std::string, std::string>> texts_;
  Guarded<std::shared_ptr<Gate>> gate_;
};

struct WatchScene {
  std::shared_ptr<FakeFiles> files = std::make_shared<FakeFiles>();  // a reading may outlive the scene
  LinesOfFiles log;
  SourceFileWatch watch{[files = files](const auto&, const auto& before) { return files->read(before); }, log,
                        10ms};
  MainFile main{parse_config("{pools: [{name: owned}], source_files: [/d/*]}", "/c.yml", {}), "/c.yml"};
  Texts warnings = {};

  Texts put_in_force(const JoinedConfig& joined) {
    warnings = watch.put_in_force(joined.files);
    Texts names;
    for (const auto& source : joined.config.sources) names.push_back(source.probe.name);
    return names;
  }
  /// Does not return before the files are read.
  SourceFileWatch::Reading look() {
    std::promise<SourceFileWatch::Reading> read;
    watch.look(main.config.source_files, [&](auto reading) { read.set_value(std::move(reading)); });
    return read.get_future().get();
  }
  /// Loads the files, however long their reading takes. Returns the names of the sources in force.
  Texts load() {
    for (;;) {
      const JoinedConfig joined = watch.load(main);
      const bool is_read = std::ranges::none_of(joined.files, [](const auto& file) {
        return !file.second.problems.empty() && file.second.problems[0].find("not read") != std::string::npos;
      });
      if (is_read) return put_in_force(joined);
    }
  }
  /// Looks and puts a change in force.
  Texts follow() {
    const auto joined = watch.changed(main, look());
    return joined ? put_in_force(*joined) : Texts{"unchanged"};
  }
};

const std::string load_line = "source file loaded ", bad_line = "source file cannot be loaded ";
const std::string no_answer = ": not read; the file system has not answered for 0.01 s";

}  // namespace

TEST_CASE("a change of a file is put in force and logged once, and its warnings are returned") {
  WatchScene scene;
  scene.files->write("/d/a", list_with("a"));
  scene.files->write("/d/b", "[]");
  CHECK(scene.load() == Texts{"a"});
  CHECK(scene.warnings.size() == 1);
  CHECK(scene.log.take() == Texts{load_line + "/d/a", load_line + "/d/b"});
  CHECK(scene.follow() == Texts{"unchanged"});
  scene.files->write("/d/b", list_with("b"));
  CHECK(scene.follow() == Texts{"a", "b"});
  CHECK(scene.warnings.size() == 1);
  CHECK(scene.log.take() == Texts{load_line + "/d/b"});
  scene.files->remove("/d/a");
  CHECK(scene.follow() == Texts{"b"});
  CHECK(scene.log.take() == Texts{"source file removed /d/a"});
}

TEST_CASE("a bad file is logged with its first problem and shown as bad until it is good") {
  WatchScene scene;
  scene.files->write("/d/a", list_with("a"));
  scene.files->write("/d/b", "?");
  CHECK(scene.load() == Texts{"a"});
  CHECK(scene.log.take() == Texts{load_line + "/d/a", bad_line + "/d/b /d/b:1: bad"});
  CHECK(scene.watch.are_good() == std::map<std::string, bool>{{"/d/a", true}, {"/d/b", false}});
  scene.files->write("/d/a", "?");
  CHECK(scene.follow() == Texts{"a"});
  CHECK(scene.follow() == Texts{"unchanged"});
  CHECK(scene.log.take() == Texts{bad_line + "/d/a /d/a:1: bad"});
  CHECK(scene.watch.are_good() == std::map<std::string, bool>{{"/d/a", false}, {"/d/b", false}});
  scene.files->write("/d/a", list_with("a"));
  scene.files->remove("/d/b");
  CHECK(scene.follow() == Texts{"a"});
  CHECK(scene.log.take() == Texts{load_line + "/d/a"});
  CHECK(scene.watch.are_good() == std::map<std::string, bool>{{"/d/a", true}});
}

TEST_CASE("a name of a file that is not UTF-8 is shown with replacements") {
  WatchScene scene;
  scene.files->write("/d/\xff", "[]");
  scene.files->write("/d/\xfe", "?");
  scene.load();
  CHECK(scene.watch.are_good() == std::map<std::string, bool>{{"/d/\xef\xbf\xbd", false}});
}

TEST_CASE("what was joined but not put in force is joined again") {
  WatchScene scene;
  scene.files->write("/d/a", list_with("a"));
  scene.load();
  scene.files->write("/d/a", list_with("b"));
  CHECK(scene.watch.changed(scene.main, scene.look()).has_value());
  CHECK(scene.follow() == Texts{"b"});
  CHECK(scene.follow() == Texts{"unchanged"});
}

TEST_CASE("a reading that began before a reload is dropped") {
  WatchScene scene;
  scene.files->write("/d/a", list_with("a"));
  const auto early = scene.look();
  scene.files->write("/d/a", list_with("b"));
  scene.load();
  CHECK_FALSE(scene.watch.changed(scene.main, early).has_value());
  CHECK(scene.follow() == Texts{"unchanged"});
}

TEST_CASE("while the file system does not answer, every file counts as bad and nothing else changes") {
  WatchScene scene;
  scene.files->write("/d/a", list_with("a"));
  scene.load();
  const auto list_before = scene.watch.load(scene.main).files.at("/d/a").list;
  scene.log.take();
  scene.files->hang();
  const auto late = std::make_shared<std::promise<SourceFileWatch::Reading>>();
  scene.watch.look({"/d/*"}, [late](auto reading) { late->set_value(std::move(reading)); });
  scene.files->gate()->await_arrivals(1);
  CHECK(scene.follow() == Texts{"a"});
  CHECK(scene.log.take() == Texts{bad_line + "/d/* /d/*" + no_answer, bad_line + "/d/a /d/a" + no_answer});
  CHECK(scene.watch.are_good() == std::map<std::string, bool>{{"/d/*", false}, {"/d/a", false}});
  CHECK(scene.follow() == Texts{"unchanged"});
  CHECK(scene.files->gate()->arrived() == 1);  // no further thread hangs
  scene.files->gate()->open();
  const auto joined = scene.watch.changed(scene.main, late->get_future().get()).value();
  CHECK(joined.files.at("/d/a").list == list_before);  // the same list, so its sources stay
  CHECK(scene.put_in_force(joined) == Texts{"a"});
  CHECK(scene.log.take() == Texts{load_line + "/d/a"});
  CHECK(scene.watch.are_good() == std::map<std::string, bool>{{"/d/a", true}});
}

TEST_CASE("a reload waits a bounded time for the file system, with a bounded number of threads") {
  WatchScene scene;
  scene.files->write("/d/a", list_with("a"));
  scene.load();
  scene.files->hang();
  for (int i = 0; i < 6; ++i) CHECK(scene.put_in_force(scene.watch.load(scene.main)) == Texts{"a"});
  CHECK(scene.follow() == Texts{"unchanged"});
  scene.files->gate()->await_arrivals(4);
  CHECK(scene.files->gate()->arrived() == 4);
  CHECK_FALSE(scene.watch.are_good().at("/d/a"));
  scene.main.config.source_files = {};
  CHECK(scene.put_in_force(scene.watch.load(scene.main)).empty());
  CHECK(scene.watch.are_good().empty());
  scene.files->gate()->open();
}

TEST_CASE("a configuration without source files reads none") {
  WatchScene scene;
  scene.main.config.source_files = {};
  scene.files->hang();
  CHECK(scene.load().empty());
  scene.watch.look({}, [](auto) { FAIL("read"); });
  CHECK(scene.files->gate()->arrived() == 0);
}
