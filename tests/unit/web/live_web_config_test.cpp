#include "web/live_web_config.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "dbpool/model/error.hpp"
#include "fakes.hpp"

namespace dbpool {
namespace {

using namespace std::chrono_literals;

/// A file whose text is the name of the only user, or "bad"; and the configuration that follows it.
struct LiveFile {
  LiveFile() {
    std::string pattern = std::filesystem::temp_directory_path() / "dbpool_live_web_config_test.XXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    directory = pattern;
    write("ann");
  }
  ~LiveFile() { std::filesystem::remove_all(directory); }
  LiveFile(const LiveFile&) = delete;
  LiveFile& operator=(const LiveFile&) = delete;

  void write(const std::string& text) const { std::ofstream(directory / "web.yml") << text; }
  WebConfig load() {
    ++loads;
    WebConfig config{.files = {stamp_of(directory / "web.yml")}};
    std::string name;
    std::ifstream(directory / "web.yml") >> name;
    if (name == "bad") throw Error("bad version");
    config.users[name] = "hash";
    return config;
  }

  std::filesystem::path directory;
  std::chrono::steady_clock::time_point now{1h};
  int loads = 0;
};

}  // namespace

TEST_CASE("a changed file is read again, at most once a second") {
  LiveFile file;
  test::KeepingLogger logger;
  LiveWebConfig live([&] { return file.load(); }, logger, [&] { return file.now; });
  file.write("robert");
  file.now += 900ms;
  CHECK(live.current()->users.contains("ann"));
  file.now += 100ms;
  CHECK(live.current()->users.contains("robert"));
  file.now += 10s;
  CHECK(live.current()->users.contains("robert"));
  CHECK(file.loads == 2);
  CHECK(live.last_reload_successful());
}

TEST_CASE("a bad version leaves the last good one, is logged once, and is tried again") {
  LiveFile file;
  test::KeepingLogger logger;
  LiveWebConfig live([&] { return file.load(); }, logger, [&] { return file.now; });
  file.write("bad");
  for (int i = 0; i < 3; ++i) {
    file.now += 1s;
    CHECK(live.current()->users.contains("ann"));
  }
  CHECK(file.loads == 4);
  CHECK_FALSE(live.last_reload_successful());
  CHECK(logger.lines() == std::vector<std::string>{"web configuration reload failed bad version"});
  file.write("carl");
  file.now += 1s;
  CHECK(live.current()->users.contains("carl"));
  CHECK(live.last_reload_successful());
}

TEST_CASE("a bad file at the start is the caller's problem") {
  LiveFile file;
  test::KeepingLogger logger;
  file.write("bad");
  CHECK_THROWS_AS(LiveWebConfig([&] { return file.load(); }, logger), Error);
}

}  // namespace dbpool
