#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/eventually.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/postgres_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

constexpr auto soon = 20s;

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Writes a password file with the right password.
std::string passfile(const TemporaryDirectory& directory, mode_t mode) {
  const std::string path =
      directory.write(".pgpass", std::string("*:*:*:postgres:") + PostgresServer::password + "\n").string();
  REQUIRE(::chmod(path.c_str(), mode) == 0);
  return path;
}

/// Returns a pool and sources that need a password and find it only in a file. `extra`: the end of each DSN.
std::string three_ways(const PostgresServer& server, const std::string& extra = "") {
  return fmt::format(R"(
pools:
  - {{name: orders, driver: postgres, dsn: "{0}{1}", min_size: 1, connect_timeout: 2s}}
sources:
  - {{name: srv, type: pg_stat_activity, dsn: "{0}{1}", interval: 200ms}}
  - {{name: pgb, type: pgbouncer, dsn: "{0}{1} dbname=pgbouncer", interval: 200ms}}
)",
                     server.dsn(), extra);
}

ExporterSetup in_json(std::string config, ChildProcess::Environment environment) {
  return {.config = std::move(config),
          .flags = {"--log.format=json", "--log.level=debug"},
          .environment = std::move(environment)};
}

/// Checks that standard error consists of lines of JSON.
void check_every_line_is_ours(ExporterProcess& exporter) {
  std::istringstream lines(exporter.process().standard_error());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    CAPTURE(line);
    CHECK(nlohmann::json::accept(line));
    CHECK_FALSE(has(line, PostgresServer::password));
  }
  CHECK(count > 0);
}

int lines_with(const std::vector<LogLine>& log, const std::string& key, const std::string& part) {
  return static_cast<int>(std::ranges::count_if(log, [&](const LogLine& line) {
    const auto found = line.find(key);
    return found != line.end() && has(found->second, part);
  }));
}

}  // namespace

TEST_CASE("a password file with access for others is reported in the log's own format, with the cure") {
  const PostgresServer server(PostgresServer::Auth::scram);
  const TemporaryDirectory files;
  const std::string path = passfile(files, 0640);
  ExporterProcess exporter(in_json(three_ways(server), {{"PGPASSFILE", path}}));
  const auto failures = [&] {
    return exporter.metric("dbpool_source_read_failures_total", {{"source", "srv"}});
  };
  REQUIRE(eventually([&] { return failures().value_or(0) >= 3; }, soon));
  REQUIRE(eventually([&] { return !exporter.log("reconnection attempt").empty(); }, soon));
  check_every_line_is_ours(exporter);
  const auto log = exporter.log();
  CHECK(lines_with(log, "problem", "orders, srv, pgb: the password file \"" + path + "\" is ignored") == 1);
  CHECK(lines_with(log, "problem", "chmod 0600") == 1);
  const std::string cause = "no password supplied; the password file \"" + path + "\" is ignored";
  CHECK(lines_with(exporter.log("source cannot be read"), "error", cause) == 2);
  CHECK(has(exporter.get("/connections/pools/stats").body, "chmod 0600"));
  // The file is read again at each connect.
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
  CHECK(eventually([&] { return exporter.metric("dbpool_up", {{"source", "srv"}}) == 1; }, soon));
  CHECK(eventually([&] { return exporter.metric("dbpool_up", {{"source", "orders"}}) == 1; }, soon));
  check_every_line_is_ours(exporter);
}

TEST_CASE("libpq has nothing to say of any password file, wherever it is named") {
  const PostgresServer server(PostgresServer::Auth::trust);
  const TemporaryDirectory files;
  const std::string path = passfile(files, 0644);
  struct Case {
    std::string extra;
    ChildProcess::Environment environment;
    std::string warned;
  };
  const Case cases[] = {
      {" passfile=" + path, {}, "have access"},
      {" passfile=" + files.path().string(), {}, "not a plain file"},
      {" passfile=/dev/null", {}, "not a plain file"},
      {"", {{"PGPASSFILE", files.path().string()}}, "not a plain file"},
      {"", {{"PGPASSFILE", "/nonexistent/pgpass"}}, "cannot be found"},
      {"", {{"HOME", files.path().string()}}, "have access"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.warned);
    ExporterProcess exporter(in_json(three_ways(server, one.extra), one.environment));
    CHECK(eventually([&] { return exporter.metric("dbpool_up", {{"source", "srv"}}) == 1; }, soon));
    CHECK(eventually([&] { return exporter.metric("dbpool_up", {{"source", "orders"}}) == 1; }, soon));
    check_every_line_is_ours(exporter);
    CHECK(lines_with(exporter.log(), "problem", one.warned) == 1);
  }
}

TEST_CASE("a password file that only its owner may access gives the password") {
  const PostgresServer server(PostgresServer::Auth::scram);
  const TemporaryDirectory files;
  const std::string path = passfile(files, 0600);
  for (const auto& environment : {ChildProcess::Environment{{"PGPASSFILE", path}},
                                  ChildProcess::Environment{{"HOME", files.path().string()}}}) {
    ExporterProcess exporter(in_json(three_ways(server), environment));
    CHECK(eventually([&] { return exporter.metric("dbpool_up", {{"source", "srv"}}) == 1; }, soon));
    CHECK(eventually([&] { return exporter.metric("dbpool_up", {{"source", "orders"}}) == 1; }, soon));
    CHECK(lines_with(exporter.log(), "problem", "password file") == 0);
    check_every_line_is_ours(exporter);
  }
}
