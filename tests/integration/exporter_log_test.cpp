#include <doctest/doctest.h>
#include <signal.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "support/eventually.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/free_port.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

/// One pool that works and one without a database.
const std::string two_pools =
    "pools:\n"
    "  - {name: good, dsn: ':memory:', min_size: 1, max_size: 1}\n"
    "  - {name: absent, driver: postgres, dsn: 'host=127.0.0.1 user=u port=" +
    std::to_string(free_port()) + "'}\n";

/// Returns the log of an exporter from start to end, with an outage in it.
std::string log_of_a_life(const std::string& format) {
  ExporterProcess exporter({.config = two_pools, .flags = {"--log.level=debug", "--log.format=" + format}});
  CHECK(eventually([&] { return !exporter.log("reconnection attempt").empty(); }, 5s));
  CHECK(eventually([&] { return !exporter.log("connection pool initialized").empty(); }, 5s));
  exporter.process().signal(SIGTERM);
  CHECK(exporter.process().wait_exit(2s) == 0);
  return exporter.process().standard_error();
}

}  // namespace

TEST_CASE("a log in JSON is one object a line with time, level, component, message and context") {
  std::istringstream log(log_of_a_life("json"));
  int initialized = 0;
  for (std::string line; std::getline(log, line);) {
    CAPTURE(line);
    nlohmann::ordered_json json;
    REQUIRE_NOTHROW(json = nlohmann::ordered_json::parse(line));
    std::vector<std::string> keys;
    for (const auto& item : json.items()) keys.push_back(item.key());
    CHECK(keys == std::vector<std::string>{"timestamp", "level", "component", "message", "context"});
    CHECK(json["context"].is_object());
    if (json["message"] != "connection pool initialized") continue;
    ++initialized;
    CHECK(json["level"] == "info");
    CHECK(json["component"] == "pool");
    CHECK(json["context"]["pool"] == "good");
    CHECK(json["context"]["connections"] == 1);
    CHECK(json["context"]["duration_ms"].is_number());
  }
  CHECK(initialized == 1);
}

TEST_CASE("a log in logfmt has time, level and component in front and the pool before the message") {
  std::istringstream log(log_of_a_life("logfmt"));
  int initialized = 0;
  for (std::string line; std::getline(log, line);) {
    CAPTURE(line);
    CHECK(line.starts_with("ts="));
    const auto level = line.find(" level=");
    const auto component = line.find(" component=");
    CHECK(level < component);
    CHECK(component < line.find(" msg="));
    initialized += line.find(
                       " level=info component=pool pool=good msg=\"connection pool initialized\" min_size=1 "
                       "max_size=1 connections=1 duration_ms=") != std::string::npos;
  }
  CHECK(initialized == 1);
}

TEST_CASE("the level of the log leaves out what is below it") {
  const ExporterProcess verbose;
  CHECK(eventually([&] { return !verbose.log("connection pool initialized").empty(); }, 3s));
  const std::string address = "--web.listen-address=127.0.0.1:" + std::to_string(free_port());
  ChildProcess quiet({DBPOOL_EXPORTER, address, "--log.level=error"});
  const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  CHECK(eventually([&] { return http_exchange(port, "GET", "/-/ready").status == 200; }, 5s));
  quiet.signal(SIGTERM);
  CHECK(quiet.wait_exit(2s) == 0);
  CHECK(quiet.standard_error().empty());
}
