#include <doctest/doctest.h>
#include <fmt/format.h>

#include "support/servers/exporter_process.hpp"
#include "support/servers/free_port.hpp"
#include "support/servers/hostile_server.hpp"
#include "support/servers/postgres_server.hpp"

using namespace dbpool;

namespace {

Finished check(const std::string& config) {
  const TemporaryDirectory directory;
  return run_exporter({"check", "--config.file=" + directory.write("c.yml", config).string()});
}

bool prints(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("check opens a connection of each pool and reads each source, and exits 0 if all is well") {
  const PostgresServer server(PostgresServer::Auth::scram);
  const Finished checked = check(fmt::format(R"(
pools:
  - {{name: orders, driver: postgres, dsn: "{0}"}}
  - {{name: local, driver: sqlite, dsn: ":memory:"}}
sources:
  - {{name: srv, type: pg_stat_activity, dsn: "{0}"}}
  - {{name: otel, type: otlp, listen: "127.0.0.1:0"}}
)",
                                             server.dsn_with_password()));
  CHECK(checked.exit_code == 0);
  CHECK(checked.error.empty());
  CHECK(prints(checked.output, "ok      orders (postgres): a connection opened and answered\n"));
  CHECK(prints(checked.output, "ok      local (sqlite): a connection opened and answered\n"));
  CHECK(prints(checked.output, "ok      srv (pg_stat_activity): read, with "));
  CHECK(prints(checked.output, "skipped otel (otlp): senders push to it"));
}

TEST_CASE(
    "check names each failure with its cure and no secret, exits 1, and does not wait for one after "
    "another") {
  const PostgresServer server(PostgresServer::Auth::scram);
  const HostileServer silent(Hostility::silent);
  std::string config = "pools:\n";
  config += fmt::format("  - {{name: refused, driver: postgres, dsn: 'host=127.0.0.1 port={} user=u'}}\n",
                        free_port());
  config += fmt::format("  - {{name: stranger, driver: postgres, dsn: '{} password=pl4nted-pa55word'}}\n",
                        server.dsn());
  config += "  - {name: wrong, driver: sqlite, dsn: ':memory:', validation_query: SELECT x}\n";
  config += "sources:\n";
  for (int i = 0; i < 20; ++i)
    config += fmt::format("  - {{name: slow{}, type: pgbouncer, timeout: 2s, dsn: '{}'}}\n", i, silent.dsn());
  const auto began = std::chrono::steady_clock::now();
  const Finished checked = check(config);
  // One after another, the twenty would take 40 s, and the check would not end in time.
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(20));
  CHECK(checked.exit_code == 1);
  CHECK(prints(checked.output, "FAILED  refused (postgres): "));
  CHECK(prints(checked.output, "; see whether it runs and listens at this address\n"));
  CHECK(prints(checked.output, "FAILED  stranger (postgres): "));
  CHECK(prints(checked.output, "; check the user, the password and its access rules\n"));
  CHECK(prints(checked.output, "FAILED  wrong (sqlite): "));
  CHECK(prints(checked.output, "FAILED  slow19 (pgbouncer): "));
  CHECK_FALSE(prints(checked.output + checked.error, "pl4nted"));
}

TEST_CASE(
    "check reports the problems of the web configuration with the others, before it opens a connection") {
  const TemporaryDirectory directory;
  const std::string web =
      "--web.config.file=" + directory.write("web.yml", "rate_limit: {interval: 1s}\n").string();
  const Finished alone = run_exporter({"check", web});
  CHECK(alone.exit_code == 2);
  CHECK(alone.output.empty());
  CHECK(prints(alone.error, "web.yml:1: rate_limit.interval: burst is missing"));
  const std::string config = directory.write("c.yml", "pools: [{name: a, colour: red}]\n").string();
  const Finished both = run_exporter({"check", web, "--config.file=" + config});
  CHECK(both.exit_code == 2);
  CHECK(prints(both.error, "c.yml:1: pools[0].colour: "));
  CHECK(prints(both.error, "web.yml:1: rate_limit.interval: "));
  const Finished absent = run_exporter({"check", "--web.config.file=/no/such/file"});
  CHECK(absent.exit_code == 2);
  CHECK(prints(absent.error, "/no/such/file: cannot be read"));
}

TEST_CASE("check warns of what is probably not intended, and goes on") {
  const Finished checked = run_exporter({"check", "--web.mcp-origin=https://a"}, {{"DBPOOL_MAX_SISE", "4"}});
  CHECK(checked.exit_code == 0);
  CHECK(checked.error ==
        "warning: unknown environment variable DBPOOL_MAX_SISE\n"
        "warning: --web.mcp-origin has no effect without --web.enable-mcp\n");
  CHECK(prints(checked.output, "ok      default (sqlite): "));
}

TEST_CASE("check of a configuration with problems prints them and exits 2") {
  const Finished checked = check("pools:\n  - {name: a, colour: red}\n");
  CHECK(checked.exit_code == 2);
  CHECK(checked.output.empty());
  CHECK(prints(checked.error, "c.yml:2: pools[0].colour: "));
}
