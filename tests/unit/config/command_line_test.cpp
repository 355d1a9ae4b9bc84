#include "config/command_line.hpp"

#include <doctest/doctest.h>

#include "config/config.hpp"

namespace dbpool {
namespace {

using Lines = std::vector<std::string>;

Flags parse(std::vector<const char*> arguments, const Environment& environment = {}) {
  arguments.insert(arguments.begin(), "dbpool_exporter");
  return parse_flags(arguments, environment);
}

Lines problems_of(const std::vector<const char*>& arguments, const Environment& environment = {}) {
  try {
    parse(arguments, environment);
  } catch (const ConfigError& e) {
    return e.problems();
  }
  return {};
}

TEST_CASE("without flags there are the defaults") {
  const auto flags = parse({});
  CHECK(flags == Flags{});
  CHECK(flags.action == Flags::Action::run);
  CHECK(flags.web.listen == std::vector<ListenAddress>{{"0.0.0.0", 10127}});
  CHECK(flags.web.telemetry_path == "/metrics");
  CHECK_FALSE(flags.web.lifecycle_enabled);
  CHECK_FALSE(flags.web.admin_api_enabled);
  CHECK_FALSE(flags.web.mcp_enabled);
  CHECK(flags.log == LogOptions{});
}

TEST_CASE("every flag is read, with an equals sign or a space") {
  const auto flags =
      parse({"--config.file=a.yml", "--web.listen-address", ":1", "--web.listen-address=127.0.0.1:0",
             "--web.telemetry-path", "/m", "--web.enable-lifecycle", "--web.enable-admin-api",
             "--web.enable-mcp", "--web.mcp-origin=https://a.example", "--web.mcp-origin", "http://b:81",
             "--log.level=debug", "--log.format", "json"});
  CHECK(flags.config_file == "a.yml");
  CHECK(flags.web.listen == std::vector<ListenAddress>{{"", 1}, {"127.0.0.1", 0}});
  CHECK(flags.web.telemetry_path == "/m");
  CHECK(flags.web.lifecycle_enabled);
  CHECK(flags.web.admin_api_enabled);
  CHECK(flags.web.mcp_enabled);
  CHECK(flags.web.mcp_origins == std::vector<std::string>{"https://a.example", "http://b:81"});
  CHECK(flags.log == LogOptions{LogLevel::debug, LogFormat::json});
}

TEST_CASE("every flag is read from the environment") {
  const auto flags = parse({}, {{"DBPOOL_CONFIG_FILE", "a.yml"},
                                {"DBPOOL_CONFIG_CHECK", "1"},
                                {"DBPOOL_WEB_LISTEN_ADDRESS", ":1,127.0.0.1:0"},
                                {"DBPOOL_WEB_TELEMETRY_PATH", "/m"},
                                {"DBPOOL_WEB_ENABLE_LIFECYCLE", "true"},
                                {"DBPOOL_WEB_ENABLE_ADMIN_API", "1"},
                                {"DBPOOL_WEB_ENABLE_MCP", "1"},
                                {"DBPOOL_WEB_MCP_ORIGIN", "https://a.example, http://b:81"},
                                {"DBPOOL_LOG_LEVEL", "error"},
                                {"DBPOOL_LOG_FORMAT", "json"}});
  CHECK(flags.action == Flags::Action::check_config);
  CHECK(flags.config_file == "a.yml");
  CHECK(flags.web.listen == std::vector<ListenAddress>{{"", 1}, {"127.0.0.1", 0}});
  CHECK(flags.web.telemetry_path == "/m");
  CHECK(flags.web.lifecycle_enabled);
  CHECK(flags.web.admin_api_enabled);
  CHECK(flags.web.mcp_enabled);
  CHECK(flags.web.mcp_origins == std::vector<std::string>{"https://a.example", "http://b:81"});
  CHECK(flags.log == LogOptions{LogLevel::error, LogFormat::json});
}

TEST_CASE("a flag beats its variable, whatever that says") {
  const Environment environment{{"DBPOOL_LOG_LEVEL", "junk"},
                                {"DBPOOL_WEB_LISTEN_ADDRESS", ":1"},
                                {"DBPOOL_WEB_ENABLE_LIFECYCLE", "true"},
                                {"DBPOOL_WEB_ENABLE_ADMIN_API", "1"}};
  const auto flags = parse({"--log.level=warn", "--web.listen-address=:2", "--no-web.enable-lifecycle",
                            "--web.enable-admin-api=false"},
                           environment);
  CHECK(flags.log.level == LogLevel::warn);
  CHECK(flags.web.listen == std::vector<ListenAddress>{{"", 2}});
  CHECK_FALSE(flags.web.lifecycle_enabled);
  CHECK_FALSE(flags.web.admin_api_enabled);
}

TEST_CASE("words and switches are read in any letter case, in flags and in variables") {
  const auto flags = parse({"--log.level=WARN", "--log.format=Json", "--web.enable-lifecycle=True",
                            "--web.enable-admin-api=1", "--config.check=YES"});
  CHECK(flags.log == LogOptions{LogLevel::warn, LogFormat::json});
  CHECK(flags.web.lifecycle_enabled);
  CHECK(flags.web.admin_api_enabled);
  CHECK(flags.action == Flags::Action::check_config);
  const auto variables = parse({}, {{"DBPOOL_LOG_LEVEL", "INFO"},
                                    {"DBPOOL_LOG_FORMAT", "LOGFMT"},
                                    {"DBPOOL_WEB_ENABLE_LIFECYCLE", "TRUE"},
                                    {"DBPOOL_WEB_ENABLE_ADMIN_API", "False"}});
  CHECK(variables.log == LogOptions{LogLevel::info, LogFormat::logfmt});
  CHECK(variables.web.lifecycle_enabled);
  CHECK_FALSE(variables.web.admin_api_enabled);
}

TEST_CASE("an empty variable counts as not set") {
  Environment environment;
  for (const char* name : {"CONFIG_FILE", "CONFIG_CHECK", "WEB_LISTEN_ADDRESS", "WEB_TELEMETRY_PATH",
                           "WEB_CONFIG_FILE", "WEB_ENABLE_LIFECYCLE", "WEB_ENABLE_ADMIN_API", "LOG_LEVEL",
                           "LOG_FORMAT", "METRICS_LIST", "VERSION", "HELP"}) {
    environment.emplace(std::string("DBPOOL_") + name, "");
  }
  CHECK(parse({}, environment) == Flags{});
}

TEST_CASE("several addresses stand in one variable, and in one flag each") {
  CHECK(parse({}, {{"DBPOOL_WEB_LISTEN_ADDRESS", " :1, 127.0.0.1:0 "}}).web.listen ==
        std::vector<ListenAddress>{{"", 1}, {"127.0.0.1", 0}});
  for (const char* list : {"--web.listen-address=:1,:2", "--web.listen-address=127.0.0.1:1, 127.0.0.1:2"}) {
    const auto problems = problems_of({list});
    REQUIRE(problems.size() == 1);
    CHECK(
        problems[0] ==
        "--web.listen-address: several addresses in one flag; allowed: the flag again for each address (only "
        "DBPOOL_WEB_LISTEN_ADDRESS takes a list with commas)");
  }
}

TEST_CASE("a flag that asks for an answer is an action") {
  CHECK(parse({"--config.check"}).action == Flags::Action::check_config);
  CHECK(parse({"--metrics.list"}).action == Flags::Action::list_metrics);
  CHECK(parse({"--version"}).action == Flags::Action::show_version);
  CHECK(parse({"--help"}).action == Flags::Action::show_help);
  CHECK(parse({"-h"}).action == Flags::Action::show_help);
}

TEST_CASE("help and version are answered whatever else is wrong") {
  CHECK(parse({"--bogus", "--help", "--log.level=junk"}).action == Flags::Action::show_help);
  CHECK(parse({"--version"}, {{"DBPOOL_LOG_LEVEL", "junk"}}).action == Flags::Action::show_version);
}

TEST_CASE("all that is wrong with the usage is reported at once") {
  CHECK(
      problems_of({"--log.levle=debug", "--log.format=xml", "--config.file", "--web.telemetry-path=/",
                   "extra", "--web.listen-address=:1", "--web.listen-address=:99999"},
                  {{"DBPOOL_WEB_ENABLE_LIFECYCLE", "perhaps"}}) ==
      Lines{
          "--config.file: has no value; allowed: YAML file; without it, one pool from the environment",
          "--web.listen-address: \":99999\" is not accepted; allowed: host:port, :port, [IPv6]:port, with a "
          "port from 0 to 65535, or unix:/path",
          "--web.telemetry-path: \"/\" is not accepted; allowed: a path such as /metrics, other than /, "
          "/-/…, "
          "/health, /mcp and /connections/…",
          "environment: DBPOOL_WEB_ENABLE_LIFECYCLE: \"perhaps\" is not accepted; allowed: true or false",
          "--log.format: \"xml\" is not accepted; allowed: logfmt or json",
          "unknown flag \"--log.levle\" (did you mean \"--log.level\"?); allowed: see --help",
          "unexpected argument \"extra\"; allowed: flags only"});
}

TEST_CASE("a wrong flag hides nothing that is wrong with the configuration") {
  const auto unnamed = problems_of({"--log.level=bad"}, {{"DBPOOL_MAX_SIZE", "x"}});
  REQUIRE(unnamed.size() == 2);
  CHECK(unnamed[0].starts_with("--log.level: "));
  CHECK(unnamed[1].starts_with("environment: DBPOOL_MAX_SIZE: "));
  const auto named = problems_of({"--log.level=bad", "--config.file=/nowhere.yml"});
  REQUIRE(named.size() == 2);
  CHECK(named[1].starts_with("/nowhere.yml: cannot be read"));
}

TEST_CASE("wrong usage is refused") {
  const std::vector<std::vector<const char*>> wrong{
      {"serve"},
      {"--"},
      {"-x"},
      {"--log"},
      {"--log.level"},
      {"--log.level="},
      {"--log.level=info", "--log.level=warn"},
      {"--log.level", "--log.format=json"},
      {"--web.enable-lifecycle=junk"},
      {"--no-web.enable-lifecycle=junk"},
      {"--web.enable-lifecycle", "false"},
      {"--version=junk"},
      {"--web.listen-address=10127"},
      {"--web.listen-address=[::1]"},
      {"--web.listen-address=::1:80"},
      {"--web.listen-address=unix:web.sock"},
      {"--web.health-listen-address=example.org:80"},
      {"--web.health-listen-address=unix:/web.sock"},
      {"--web.telemetry-path=metrics"},
      {"--web.telemetry-path=/health"},
      {"--web.telemetry-path=/mcp"},
      {"--web.mcp-origin=chat.example"},
      {"--web.mcp-origin=https://chat.example/"},
      {"--web.mcp-origin=https://Chat.example"},
      {"--web.mcp-origin=https://"},
      {"--web.mcp-origin=null"},
      {"--web.telemetry-path=/-/metrics"},
      {"--web.telemetry-path=/connections"},
      {"--web.telemetry-path=/connections/x"},
      {"--web.telemetry-path=/a?b"},
      {"--web.telemetry-path=/../a"},
      {"--web.telemetry-path=//a"},
  };
  for (const auto& arguments : wrong) {
    CAPTURE(arguments.front());
    CHECK(problems_of(arguments).size() == 1);
  }
}

TEST_CASE("a bad variable of a flag is refused by its name, with what is allowed") {
  struct Case {
    std::string name, value, allowed;
  };
  const std::vector<Case> wrong{
      {"CONFIG_CHECK", "2", "true or false"},
      {"WEB_LISTEN_ADDRESS", ":1,,:2", "host:port"},
      {"WEB_LISTEN_ADDRESS", ":65536", "a port from 0 to 65535"},
      {"WEB_LISTEN_ADDRESS", ":-1", "a port from 0 to 65535"},
      {"WEB_LISTEN_ADDRESS", "a:b:c", "[IPv6]:port"},
      {"WEB_LISTEN_ADDRESS", "http://localhost:10127", "a port from 0 to 65535"},
      {"WEB_TELEMETRY_PATH", "metrics", "a path such as /metrics"},
      {"WEB_TELEMETRY_PATH", "/a b", "a path such as /metrics"},
      {"WEB_TELEMETRY_PATH", "/a/%2e%2e", "a path such as /metrics"},
      {"WEB_ENABLE_LIFECYCLE", "TRUE!", "true or false"},
      {"WEB_ENABLE_ADMIN_API", "enabled", "true or false"},
      {"LOG_LEVEL", "trace", "debug, info, warn or error"},
      {"LOG_LEVEL", "info ", "debug, info, warn or error"},
      {"LOG_FORMAT", "text", "logfmt or json"},
      {"LOG_FORMAT", "\x1b[31m", "logfmt or json"},
  };
  for (const auto& [name, value, allowed] : wrong) {
    CAPTURE(name);
    CAPTURE(value);
    const Lines problems = problems_of({}, {{"DBPOOL_" + name, value}});
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].starts_with("environment: DBPOOL_" + name + ": "));
    CHECK(problems[0].find("allowed: ") != std::string::npos);
    CHECK(problems[0].find(allowed) != std::string::npos);
    CHECK(problems[0].find('\x1b') == std::string::npos);
  }
}

TEST_CASE("the argument of an unknown flag is neither reported again nor repeated") {
  CHECK(problems_of({"--dsn", "postgres://u:hunter2@h/db", "--password=hunter2", "x=hunter2"}) ==
        Lines{"unknown flag \"--dsn\"; allowed: see --help",
              "unknown flag \"--password\"; allowed: see --help",
              "unexpected argument; allowed: flags only"});
}

TEST_CASE("the web server listens on IPv6 and Unix sockets, and for health checks apart") {
  const auto flags = parse({"--web.listen-address=[::]:80", "--web.listen-address=unix:/run/web.sock",
                            "--web.health-listen-address=:81"});
  CHECK(flags.web.listen == std::vector<ListenAddress>{{"::", 80}, {"", 0, "/run/web.sock"}});
  CHECK(flags.web.health_listen == ListenAddress{"", 81});
}

std::optional<ClientOptions> parse_for_client(std::vector<const char*> arguments,
                                              const Environment& environment = {}) {
  arguments.insert(arguments.begin(), "dbpool_exporter");
  return parse_client(arguments, environment);
}

Lines client_problems_of(const std::vector<const char*>& arguments, const Environment& environment = {}) {
  try {
    parse_for_client(arguments, environment);
  } catch (const ConfigError& e) {
    return e.problems();
  }
  return {};
}

TEST_CASE("check takes the flags of the exporter, and comes first") {
  const auto flags = parse({"check", "--config.file=a.yml"});
  CHECK(flags.action == Flags::Action::check_targets);
  CHECK(flags.config_file == "a.yml");
  CHECK(parse({"check", "--help"}).action == Flags::Action::show_help);
  CHECK(
      problems_of({"--log.level=info", "check"}) ==
      Lines{
          "unexpected argument \"check\" (did you mean \"check\", as the first one?); allowed: flags only"});
  CHECK(
      problems_of({"stats"}) ==
      Lines{
          "unexpected argument \"stats\" (did you mean \"status\", as the first one?); allowed: flags only"});
}

TEST_CASE("status and explain have flags of their own; without either the program is the exporter") {
  CHECK_FALSE(parse_for_client({}));
  CHECK_FALSE(parse_for_client({"check"}));
  CHECK_FALSE(parse_for_client({"--log.level=info", "status"}));
  CHECK(parse_for_client({"status"}) == ClientOptions{});
  const auto options =
      parse_for_client({"explain", "pgb/app/me", "--url=https://h:1/path/", "--output", "json",
                        "--ca-file=ca", "--cert-file=c", "--key-file=k", "--user=u", "--password-file=p"});
  REQUIRE(options);
  CHECK(options->command == ClientOptions::Command::explain);
  CHECK(options->pool == "pgb/app/me");
  CHECK(options->url == "https://h:1/path");
  CHECK(options->output == ClientOptions::Output::json);
  CHECK(options->ca_file == "ca");
  CHECK(options->cert_file == "c");
  CHECK(options->key_file == "k");
  CHECK(options->user == "u");
  CHECK(options->password_file == "p");
  CHECK(parse_for_client({"explain", "--url=unix:/run/x.sock", "orders"})->pool == "orders");
  CHECK(parse_for_client({"status", "--help", "--nonsense"})->asks_for_help);
}

TEST_CASE("of the flags of status and explain, the URL alone has a variable, and a flag beats it") {
  const Environment environment{{"DBPOOL_URL", "http://h:1"}, {"DBPOOL_OUTPUT", "nonsense"}};
  CHECK(parse_for_client({"status"}, environment)->url == "http://h:1");
  CHECK(parse_for_client({"status", "--url=unix:/x"}, environment)->url == "unix:/x");
  CHECK(client_problems_of({"status"}, {{"DBPOOL_URL", "nonsense"}})
            .at(0)
            .starts_with("environment: DBPOOL_URL: \"nonsense\" is not accepted; allowed: http://host:port"));
}

TEST_CASE("every wrong flag of status and explain is reported at once, and no secret") {
  CHECK(client_problems_of({"status", "orders"}) ==
        Lines{"unexpected argument \"orders\"; allowed: flags only"});
  CHECK(client_problems_of({"explain", "a", "b"}) == Lines{"unexpected argument \"b\"; allowed: flags only"});
  CHECK(client_problems_of({"status", "--ulr=x", "--output=xml", "--cert-file=c", "--user=u"}) ==
        Lines{"--output: \"xml\" is not accepted; allowed: table or json",
              "unknown flag \"--ulr\" (did you mean \"--url\"?); allowed: see --help",
              "--cert-file: allowed: together with --key-file only",
              "--user: allowed: together with --password-file only",
              "--url: http:// is without TLS; allowed: https:// with --ca-file, --cert-file or --key-file"});
  CHECK(client_problems_of({"status", "--ca-file=c", "--url=https://h"}).empty());
  CHECK(client_problems_of({"status", "--ca-file=c", "--url=unix:/x"}).empty());
  CHECK(client_problems_of({"status", "--ca-file=c", "--url=http//h"}).size() == 1);
  for (const char* url : {"--url=http://u:s3cret@h", "--url=h:1", "--url=ftp://h", "--url=http://",
                          "--url=unix:", "--url=http://h?s3cret", "--url=http:///x"}) {
    CAPTURE(url);
    const Lines problems = client_problems_of({"status", url});
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].starts_with("--url: "));
    CHECK(problems[0].find("s3cret") == std::string::npos);
  }
}

}  // namespace
}  // namespace dbpool
