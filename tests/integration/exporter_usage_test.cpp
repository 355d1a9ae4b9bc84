#include <doctest/doctest.h>

#include <algorithm>

#include "support/eventually.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/free_port.hpp"

using namespace dbpool;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Finished check_config(const std::string& text) {
  const TemporaryDirectory directory;
  return run_exporter({"--config.check", "--config.file=" + directory.write("c.yml", text).string()});
}

}  // namespace

TEST_CASE("every wrong flag and variable is named at once, and the exit code is 2") {
  const Finished finished =
      run_exporter({"--log.level=loud", "--web.listen-addres=:1", "--web.listen-address=nonsense"},
                   {{"DBPOOL_LOG_FORMAT", "xml"}});
  CHECK(finished.exit_code == 2);
  CHECK(has(finished.error, "--log.level"));
  CHECK(has(finished.error, "--web.listen-addres"));
  CHECK(has(finished.error, "--web.listen-address: "));
  CHECK(has(finished.error, "DBPOOL_LOG_FORMAT"));
  CHECK(finished.output.empty());
}

TEST_CASE("every wrong variable of the environment's pool is named at once, and the exit code is 2") {
  const Finished finished =
      run_exporter({}, {{"DBPOOL_MAX_SIZE", "many"}, {"DBPOOL_ACQUIRE_TIMEOUT", "-1s"}});
  CHECK(finished.exit_code == 2);
  CHECK(has(finished.error, "DBPOOL_MAX_SIZE"));
  CHECK(has(finished.error, "DBPOOL_ACQUIRE_TIMEOUT"));
}

TEST_CASE("a file with problems ends the start with all of them, and the exit code is 2") {
  const TemporaryDirectory directory;
  const auto file =
      directory.write("c.yml", "pools:\n  - {name: a, min_size: 9, max_size: 1}\n  - {name: a}\n");
  const Finished finished =
      run_exporter({"--web.listen-address=127.0.0.1:0", "--config.file=" + file.string()});
  CHECK(finished.exit_code == 2);
  CHECK(has(finished.error, "c.yml:2: pools[0]"));
  CHECK(has(finished.error, "c.yml:3: pools[1].name"));
  CHECK(has(finished.error, "duplicate"));
  CHECK(run_exporter({"--config.file=/no/such/file"}).exit_code == 2);
}

TEST_CASE("--config.check says OK or every problem, and starts nothing") {
  const Finished good =
      check_config("pools:\n  - {name: a, driver: postgres, dsn: 'host=192.0.2.1 user=u'}\n");
  CHECK(good.exit_code == 0);
  CHECK(good.output == "OK\n");
  CHECK(good.error.empty());
  const Finished warned = run_exporter({"--config.check"}, {{"DBPOOL_MAX_SISE", "4"}});
  CHECK(warned.exit_code == 0);
  CHECK(warned.output == "OK\n");
  CHECK(warned.error == "warning: unknown environment variable DBPOOL_MAX_SISE\n");
  const Finished bad = check_config("pools:\n  - {name: a, colour: red}\nhistory: -1s\n");
  CHECK(bad.exit_code == 2);
  const std::string said = bad.output + bad.error;
  CHECK(has(said, "c.yml:2: pools[0].colour: "));
  CHECK(has(said, "c.yml:3: history: "));
  CHECK_FALSE(has(said, "OK"));
}

TEST_CASE(
    "--config.check and a start refuse the same: files that are missing, foreign parameters, a colon in a "
    "user") {
  const TemporaryDirectory directory;
  const auto file = directory.write("c.yml", R"(
pools:
  - {name: a, driver: postgres, dsn: "postgresql://app:s3cret@127.0.0.1/x?schema=s3cret"}
  - {name: b, driver: postgres, dsn: "host=127.0.0.1 sslmode=no-verify password=s3cret"}
sources:
  - {name: c, type: http_json, url: "http://127.0.0.1:1/", basic_auth: {username: u, password_file: /none}}
  - {name: d, type: http_json, url: "http://127.0.0.1:1/", bearer_token_file: /none}
  - {name: e, type: http_json, url: "https://127.0.0.1:1/", ca_file: /none}
  - {name: f, type: http_json, url: "http://us%3Aer:s3cret@127.0.0.1:1/"}
  - {name: g, type: pgbouncer, dsn: "postgresql://127.0.0.1/pgbouncer?pgbouncer=true"}
)");
  const std::string config = "--config.file=" + file.string();
  const Finished checked = run_exporter({"--config.check", config});
  const Finished started = run_exporter({"--web.listen-address=127.0.0.1:0", config});
  CHECK(checked.exit_code == 2);
  CHECK(started.exit_code == 2);
  CHECK(checked.error == started.error);
  CHECK(std::count(checked.error.begin(), checked.error.end(), '\n') == 7);
  for (const char* named :
       {"pools[0].dsn: ", "\"schema\"", "pools[1].dsn: ", "sslmode=no-verify",
        "sources[0].basic_auth.password_file: ", "sources[1].bearer_token_file: ", "sources[2].ca_file: ",
        "sources[3].url: ", "colon", "sources[4].dsn: ", "\"pgbouncer\""}) {
    CAPTURE(named);
    CHECK(has(checked.error, named));
  }
  CHECK_FALSE(has(checked.error, "s3cret"));
}

TEST_CASE("--config.check warns of what is valid and will hardly work") {
  const TemporaryDirectory directory;
  const auto file = directory.write(
      "c.yml", "sources:\n  - {name: pgb, type: pgbouncer, dsn: 'host=127.0.0.1 user=stats dbname=app'}\n");
  const Finished warned = run_exporter({"--config.check", "--config.file=" + file.string()},
                                       {{"PGPASSFILE", directory.path().string()}});
  CHECK(warned.exit_code == 0);
  CHECK(warned.output == "OK\n");
  CHECK(
      has(warned.error, "warning: pgb: the password file \"" + directory.path().string() + "\" is ignored"));
  CHECK(has(warned.error,
            "warning: pgb: the DSN of a pgbouncer source names another database than \"pgbouncer\""));
}

TEST_CASE("an empty variable is as none, a word may be in capitals, and a variable may list addresses") {
  const Finished checked = run_exporter({"--config.check"}, {{"DBPOOL_DSN", ""},
                                                             {"DBPOOL_MAX_SIZE", ""},
                                                             {"DBPOOL_CONFIG_FILE", ""},
                                                             {"DBPOOL_WEB_CONFIG_FILE", ""},
                                                             {"DBPOOL_LOG_LEVEL", "INFO"},
                                                             {"DBPOOL_LOG_FORMAT", "JSON"},
                                                             {"DBPOOL_DRIVER", "SQLite"},
                                                             {"DBPOOL_WEB_ENABLE_LIFECYCLE", "True"},
                                                             {"DBPOOL_WEB_LISTEN_ADDRESS", ":1, :2"}});
  CHECK(checked.exit_code == 0);
  CHECK(checked.output == "OK\n");
  CHECK(checked.error.empty());
  const Finished listed = run_exporter({"--config.check", "--web.listen-address=127.0.0.1:1,127.0.0.1:2"});
  CHECK(listed.exit_code == 2);
  CHECK(has(listed.error,
            "--web.listen-address: several addresses in one flag; allowed: the flag again for each"));
}

TEST_CASE("what is asked of the program itself goes to standard output, and the exit code is 0") {
  const Finished version = run_exporter({"--version"});
  CHECK(version.exit_code == 0);
  CHECK(version.output.starts_with("dbpool_exporter "));
  const Finished help = run_exporter({"--help"});
  CHECK(help.exit_code == 0);
  for (const char* flag : {"--config.file", "--config.check", "--web.listen-address", "--web.telemetry-path",
                           "--web.config.file", "--web.enable-lifecycle", "--web.enable-admin-api",
                           "--log.level", "--log.format", "--metrics.list", "--version", "--help"}) {
    CHECK(has(help.output, flag));
  }
  const Finished metrics = run_exporter({"--metrics.list"});
  CHECK(metrics.exit_code == 0);
  CHECK(has(metrics.output, "| `dbpool_acquisition_duration_seconds` | histogram |"));
}

TEST_CASE("a port that is taken is a runtime failure that names the address") {
  const ExporterProcess first;
  const std::string address = "127.0.0.1:" + std::to_string(first.port());
  const Finished second = run_exporter({"--web.listen-address=" + address});
  CHECK(second.exit_code == 1);
  CHECK(has(second.error, "dbpool_exporter: "));
  CHECK(has(second.error, address));
  CHECK_FALSE(has(second.error, "Sanitizer"));
}

TEST_CASE("it listens at every address it is given, and answers at the path it is given") {
  const ExporterProcess exporter({.flags = {"--web.listen-address=127.0.0.1:0", "--web.telemetry-path=/m"}});
  // A process counts as started when it listens on its first address.
  REQUIRE(eventually([&] { return exporter.log("listening").size() == 2; }, std::chrono::seconds(20)));
  for (const LogLine& line : exporter.log("listening")) {
    const std::string address = line.at("address");
    const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    CHECK(http_exchange(port, "GET", "/m").status == 200);
    CHECK(http_exchange(port, "GET", "/metrics").status == 404);
    CHECK(has(http_exchange(port, "GET", "/").body, "/m"));
  }
}
