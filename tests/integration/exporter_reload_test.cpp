#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>

#include "support/eventually.hpp"
#include "support/servers/exporter_process.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

std::string pool(const std::string& name, int max_size) {
  return fmt::format(
      "  - {{name: {0}, dsn: 'file:{0}?mode=memory&cache=shared', max_size: {1}, canary: {{interval: "
      "50ms}}}}\n",
      name, max_size);
}

const std::string first = "pools:\n" + pool("kept", 3) + pool("changed", 3) + pool("dropped", 3);
const std::string second = "pools:\n" + pool("kept", 3) + pool("changed", 7) + pool("added", 3);
const std::string bad = "pools:\n" + pool("kept", 2) + "  - {name: kept, colour: red}\n";

constexpr const char* successful = "dbpool_exporter_config_last_reload_successful";
constexpr const char* success_time = "dbpool_exporter_config_last_reload_success_timestamp_seconds";

Labels of(const std::string& name) {
  return {{"source", name}, {"pool", name}};
}

/// An exporter with some acquisitions in every pool.
struct Running {
  ExporterProcess exporter;
  Scrape before;

  explicit Running(std::vector<std::string> flags) : exporter({.config = first, .flags = std::move(flags)}) {
    REQUIRE(eventually(
        [&] {
          before = exporter.scrape();
          return before.value("dbpool_acquisitions_total", of("kept")) > 3 &&
                 before.value("dbpool_acquisitions_total", of("changed")) > 3 &&
                 before.value("dbpool_acquisitions_total", of("dropped")) > 3;
        },
        5s));
  }

  void check_that_the_second_is_in_force() const {
    const Scrape now = exporter.scrape();
    CHECK(now.at("dbpool_acquisitions_total", of("kept")) >=
          before.at("dbpool_acquisitions_total", of("kept")));
    const char* created = "dbpool_pool_created_timestamp_seconds";
    CHECK(now.value(created, of("kept")) == before.value(created, of("kept")));
    CHECK(now.at(created, of("changed")) > before.at(created, of("changed")));
    CHECK(now.value("dbpool_connections_max", of("changed")) == 7);
    CHECK(now.value("dbpool_connections_max", of("added")) == 3);
    CHECK_FALSE(now.mentions({{"pool", "dropped"}}));
    CHECK_FALSE(now.mentions({{"source", "dropped"}}));
    CHECK(now.value(successful) == 1);
    CHECK(now.at(success_time) > before.at(success_time));
  }

  void check_that_nothing_has_changed() const {
    const Scrape now = exporter.scrape();
    for (const char* name : {"kept", "changed", "dropped"}) {
      CHECK(now.at("dbpool_acquisitions_total", of(name)) >=
            before.at("dbpool_acquisitions_total", of(name)));
      CHECK(now.value("dbpool_connections_max", of(name)) == 3);
    }
    CHECK(now.value(successful) == 0);
    CHECK(now.value(success_time) == before.value(success_time));
  }
};

}  // namespace

TEST_CASE("SIGHUP starts what is new, ends what is gone and leaves alone what is as it was") {
  Running running({});
  running.exporter.configure(second);
  running.exporter.process().signal(SIGHUP);
  CHECK(eventually([&] { return !running.exporter.log("configuration reloaded").empty(); }, 3s));
  running.check_that_the_second_is_in_force();
  CHECK(eventually([&] { return running.exporter.log("connection pool terminated").size() == 2; }, 3s));
  CHECK(eventually([&] { return running.exporter.get("/-/ready").status == 200; }, 3s));
}

TEST_CASE("a bad file at SIGHUP changes nothing, is shown in a gauge and logged with every problem") {
  Running running({});
  running.exporter.configure(bad);
  running.exporter.process().signal(SIGHUP);
  CHECK(eventually([&] { return running.exporter.log("configuration reload failed").size() == 2; }, 3s));
  for (const LogLine& line : running.exporter.log("configuration reload failed")) {
    CHECK(line.at("level") == "error");
    CHECK(line.at("problem").find("config.yml:3: ") != std::string::npos);
  }
  running.check_that_nothing_has_changed();
  running.exporter.configure(second);
  running.exporter.process().signal(SIGHUP);
  CHECK(eventually([&] { return running.exporter.metric(successful) == 1; }, 3s));
  running.check_that_the_second_is_in_force();
}

TEST_CASE("POST /-/reload answers with the problems of a bad file, and takes a good one into force") {
  Running running({"--web.enable-lifecycle"});
  running.exporter.configure(bad);
  const HttpAnswer refused = running.exporter.post("/-/reload");
  CHECK(refused.status == 500);
  CHECK(refused.body.find("duplicate") != std::string::npos);
  CHECK(refused.body.find("config.yml:3: pools[1].colour") != std::string::npos);
  running.check_that_nothing_has_changed();
  running.exporter.configure(second);
  CHECK(running.exporter.post("/-/reload").status == 200);
  running.check_that_the_second_is_in_force();
  CHECK(running.exporter.get("/-/reload").status == 405);
}

TEST_CASE("an empty file is a reload that failed") {
  Running running({"--web.enable-lifecycle"});
  running.exporter.configure("");
  CHECK(running.exporter.post("/-/reload").status == 500);
  running.check_that_nothing_has_changed();
}

TEST_CASE("many reloads leave nothing behind") {
  Running running({"--web.enable-lifecycle"});
  const auto terminated = [&] { return running.exporter.log("connection pool terminated").size(); };
  for (int i = 0; i < 20; ++i) {
    running.exporter.configure(i % 2 == 0 ? second : first);
    REQUIRE(running.exporter.post("/-/reload").status == 200);
  }
  // Each reload replaced the changed pool, and swapped the added one and the dropped one.
  CHECK(eventually([&] { return terminated() == 40; }, 5s));
  CHECK(running.exporter.scrape().at("process_open_fds") <= running.before.at("process_open_fds") + 2);
  CHECK(running.exporter.scrape().at("process_threads") <= running.before.at("process_threads") + 2);
  CHECK(running.exporter.scrape().at("dbpool_acquisitions_total", of("kept")) >=
        running.before.at("dbpool_acquisitions_total", of("kept")));
}

TEST_CASE("POST /-/reload is forbidden unless it was enabled") {
  Running running({});
  running.exporter.configure(second);
  CHECK(running.exporter.post("/-/reload").status == 403);
  CHECK(running.exporter.metric(successful) == 1);
  CHECK_FALSE(running.exporter.scrape().mentions({{"pool", "added"}}));
}
