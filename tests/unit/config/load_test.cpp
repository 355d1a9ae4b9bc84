#include "config/load.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/pool_keys.hpp"
#include "config/warnings.hpp"

namespace dbpool {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;
namespace fs = std::filesystem;

const Environment environment{{"ORDERS_DSN", "host=db password=hunter2"},
                              {"SECRET", "hunter2"},
                              {"EMPTY", ""},
                              {"ON", "On"},
                              {"TESTDATA", DBPOOL_TESTDATA},
                              {"LIMIT", "7"},
                              {"INJECTION", "x, max_size: 1}\nfoo: bar"}};

std::string contents(const fs::path& file) {
  std::ifstream stream(file);
  REQUIRE(stream);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::vector<fs::path> fixtures(std::string_view suffix) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(DBPOOL_TESTDATA)) {
    if (entry.path().filename().string().ends_with(suffix)) found.push_back(entry.path());
  }
  return found;
}

Config load_fixture(const std::string& name) {
  return parse_config(contents(fs::path(DBPOOL_TESTDATA) / name), name, environment);
}

template <typename Load>
Lines problems_of(Load load) {
  try {
    load();
  } catch (const ConfigError& e) {
    return e.problems();
  }
  return {};
}

/// A file at a path of its own, removed by the destructor.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text) {
    std::string pattern = fs::temp_directory_path() / "dbpool_load_test.XXXXXX";
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    directory_ = pattern;
    std::ofstream(path()) << text;
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { fs::remove_all(directory_); }
  fs::path path() const { return directory_ / "file"; }

 private:
  fs::path directory_;
};

TEST_CASE("every bad file is refused with exactly the problems beside it, and without a secret") {
  const auto files = fixtures(".bad.yml");
  CHECK(files.size() >= 60);
  for (const auto& file : files) {
    CAPTURE(file);
    const auto problems = problems_of([&] { load_fixture(file.filename()); });
    std::string text;
    for (const auto& problem : problems) text += problem + "\n";
    auto expected = file;
    expected.replace_extension(".txt");
    CHECK(text == contents(expected));
    CHECK(text.find("hunter2") == std::string::npos);
  }
}

TEST_CASE("every good file is accepted") {
  const auto files = fixtures(".good.yml");
  CHECK(files.size() >= 5);
  for (const auto& file : files) {
    CAPTURE(file);
    CHECK_NOTHROW(load_fixture(file.filename()));
  }
}

TEST_CASE("the defaults written out are the defaults") {
  const auto config = load_fixture("contract_example.good.yml");
  CHECK(config.history == HistoryOptions{});
  PoolConfig expected;
  expected.options.name = "orders";
  expected.driver = "postgres";
  expected.dsn = DsnSource(Dsn("host=db password=hunter2"));
  expected.options.acquisition_buckets =
      std::make_shared<const BucketBounds>(std::vector<double>{0.001, 0.01, 0.1, 1});
  expected.labels = {{"team", "payments"}};
  CHECK(config.pools.at(0) == expected);
}

TEST_CASE("a pool needs no more than a name, and has a private file then") {
  const auto config = load_fixture("minimal.good.yml");
  PoolConfig expected;
  expected.options.name = "orders";
  REQUIRE(config.pools.size() == 1);
  CHECK(config.pools[0] == expected);
  CHECK(config.pools[0].dsn == DsnSource());
}

TEST_CASE("everything that can be switched off can be") {
  const auto config = load_fixture("everything_switched_off.good.yml");
  const auto& pool = config.pools.at(0);
  CHECK(config.history.span == 0s);
  CHECK(pool.dsn == DsnSource(Dsn(":memory:")));
  CHECK(pool.options.min_size == 0);
  CHECK(pool.options.max_lifetime == 0s);
  CHECK(pool.options.max_idle_time == 0s);
  CHECK(pool.options.health_check_interval == 0s);
  CHECK(pool.options.leak_detection_timeout == 0s);
  CHECK(pool.options.latency_objective == 0s);
  CHECK(pool.canary.interval == 0s);
}

TEST_CASE("each pool and each source of any kind has its own latency objective, 10 ms by default") {
  const auto config = load_fixture("latency_objective.good.yml");
  CHECK(config.pools.at(0).options.latency_objective == 2500us);
  CHECK(config.pools.at(1).options.latency_objective == 1500ms);
  std::vector<Duration> of_sources;
  for (const auto& source : config.sources) of_sources.push_back(source.probe.latency_objective);
  CHECK(of_sources == std::vector<Duration>{25ms, 0ms, 10ms, 1min});
}

TEST_CASE("variables give any value, and never more than a value") {
  const auto pool = load_fixture("expansion.good.yml").pools.at(0);
  CHECK(pool.options.name == "orders");
  CHECK(pool.dsn == DsnSource(Dsn("file:/tmp/a$b.db?mode=ro")));
  CHECK(pool.options.max_size == 7);
  CHECK(pool.options.leak_stack);
  CHECK(pool.options.acquire_timeout == 90s);
  CHECK(pool.labels.at("price") == "5$");
  CHECK(pool.labels.at("injected") == "x, max_size: 1}\nfoo: bar");
}

TEST_CASE("anchors and aliases are YAML") {
  const auto config = load_fixture("anchors.good.yml");
  CHECK(config.pools.at(0).canary.interval == 1s);
  CHECK(config.pools.at(1).canary.interval == 1s);
}

TEST_CASE("a source of JSON is judged as its preset's documents are, a custom one by capacity") {
  const auto policy = [](const std::string& more) {
    const auto config = parse_config(
        "sources:\n  - {name: app, type: http_json, url: 'http://localhost/x'" + more + "}\n", "c.yml", {});
    return config.sources.at(0).health;
  };
  const std::string custom = ", preset: custom, fields: {active: /active}";
  CHECK(policy("") == *health_preset("ombudsman"));
  CHECK(policy(", preset: eros") == *health_preset("eros"));
  CHECK(policy(custom) == *health_preset("capacity"));
  CHECK(policy(custom + ", health: {}") == *health_preset("capacity"));
  CHECK(policy(custom + ", health: {preset: eros}") == *health_preset("eros"));
}

TEST_CASE(
    "the fields of a JSON document include closed connections by reason and errors by type, in a mapping") {
  const std::string source =
      "sources: [{name: a, type: http_json, url: 'http://a/', preset: custom, fields: {closed: ";
  const auto fields_of = [&source](const std::string& rest) {
    const auto config = parse_config(source + rest + "}}]", "c.yml", {});
    return std::get<HttpJsonOptions>(config.sources.at(0).options).fields;
  };
  using Fields = std::map<std::string, std::string>;
  CHECK(fields_of("{idle: /a, max_lifetime: /b}, errors: {timeout: 'x#/c'}") ==
        Fields{{"closed.idle", "/a"}, {"closed.max_lifetime", "/b"}, {"errors.timeout", "x#/c"}});
  CHECK(fields_of("/a, errors: /b") == Fields{{"closed", "/a"}, {"errors", "/b"}});
  const std::string place = "c.yml:1: sources[0].fields.closed.";
  CHECK(problems_of([&] { fields_of("{age: /a, idle: a, closed: {idle: /a}, error: }"); }) ==
        std::vector<std::string>{
            place + "age: no such field; allowed: those in the table of fields in docs/sources/http_json.md",
            place +
                "idle: neither a JSON pointer nor reference#pointer; allowed: a JSON pointer such as /a/0,"
                " or reference#/a/0",
            place + "closed: a mapping is not accepted; allowed: a JSON pointer",
            place + "error: has no value; allowed: a JSON pointer"});
  CHECK(problems_of([&] { fields_of("{idle: /a}, closed.idle: /b"); }) ==
        std::vector<std::string>{"c.yml:1: sources[0].fields.closed.idle: duplicate key; allowed: once"});
}

TEST_CASE("a source of metrics has its own pace, and the options of HTTP") {
  const auto config = load_fixture("sources.good.yml");
  const SourceConfig& shop = config.sources.at(5);
  CHECK(shop.probe.kind == SourceKind::prometheus);
  CHECK(shop.probe.interval == 15s);
  CHECK(shop.probe.timeout == 5s);
  CHECK(shop.health == *health_preset("capacity"));
  CHECK(std::get<PrometheusOptions>(shop.options).http.url == "http://127.0.0.1:8080/actuator/prometheus");
  const SourceConfig& go = config.sources.at(6);
  CHECK(go.probe.interval == 1min);
  const HttpOptions& http = std::get<PrometheusOptions>(go.options).http;
  CHECK(http.headers == std::vector<HttpHeader>{{"X-Key", "hunter2"}, {"Accept", "text/plain"}});
  CHECK(http.server_name == "shop.example");
  CHECK(http.insecure_skip_verify);
}

TEST_CASE("a source that senders push to listens at an address of its own, or in the web server") {
  const auto config = load_fixture("otlp.good.yml");
  const auto options = [&](std::size_t i) { return std::get<OtlpOptions>(config.sources.at(i).options); };
  CHECK(config.sources.at(0).probe.kind == SourceKind::otlp);
  CHECK(options(0) == OtlpOptions());
  CHECK(options(0).listen == PushAddress{"127.0.0.1", 4318});
  CHECK(options(0).max_body == 16U << 20U);
  CHECK_FALSE(options(1).listen);
  CHECK(options(1).by_instance);
  CHECK(options(1).mapping.presets == Lines{"otel", "micrometer"});
  CHECK(options(2).listen == PushAddress{"::1", 4319});
  CHECK(options(2).stale_after == 2min);
  CHECK(options(2).error_window == 30s);
  CHECK(options(3).listen == PushAddress{"", 4320});
  CHECK(options(3).users.at("shop").starts_with("$2y$10$"));
  CHECK(options(4).listen == PushAddress{"localhost", 0});
}

TEST_CASE("a source of events receives on a path, a port or both") {
  const auto config = load_fixture("events.good.yml");
  const auto options = [&](std::size_t i) { return std::get<EventsOptions>(config.sources.at(i).options); };
  CHECK(config.sources.at(0).probe.kind == SourceKind::events);
  CHECK(options(0) == EventsOptions{.path = "/run/dbpool/events.sock"});
  CHECK(options(0).mode == 0660);
  CHECK(options(0).leak_detection_timeout == 30s);
  CHECK(options(1).mode == 0600);
  CHECK(options(1).group == "dbpool");
  CHECK(options(1).listen == PushAddress{"127.0.0.1", 8125});
  CHECK(options(1).stale_after == 1min);
  CHECK(options(1).leak_detection_timeout == 0s);
  CHECK(options(1).histogram_buckets == std::vector<double>{0.01, 0.1});
  CHECK(options(1).mapping.prefix == "my_app.");
  CHECK(options(1).error_window == 30s);
  CHECK(options(1).wait_window == 20s);
  CHECK(options(2).listen == PushAddress{"", 8126});
  CHECK(config == load_fixture("events.good.yml"));
}

TEST_CASE("a DSN of blanks alone is refused, in the file or beside it") {
  const TemporaryFile blank(" \n");
  for (const auto& [dsn, what] : {std::pair(std::string("dsn: '  '"), "a blank DSN"),
                                  std::pair("dsn_file: " + blank.path().string(), "it is empty")}) {
    const auto lines = problems_of(
        [&] { parse_config("pools:\n  - {name: a, driver: postgres, " + dsn + "}\n", "c.yml", {}); });
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].find(what) != std::string::npos);
  }
}

TEST_CASE("a configuration equals itself read again, and no other") {
  CHECK(load_fixture("contract_example.good.yml") == load_fixture("contract_example.good.yml"));
  CHECK_FALSE(load_fixture("contract_example.good.yml") == load_fixture("minimal.good.yml"));
}

TEST_CASE("a file that cannot be read is named") {
  for (const auto* file : {"/nonexistent/dbpool.yml", "/tmp", ""}) {
    CAPTURE(file);
    const auto problems = problems_of([&] { load_config(file, environment); });
    REQUIRE(problems.size() == 1);
    CHECK(problems[0] ==
          fmt::format("{}: cannot be read; allowed: a readable YAML file of at most 16 MiB", file));
  }
}

TEST_CASE("a file without end is refused") {
  CHECK(problems_of([] { load_config("/dev/zero", environment); }) ==
        Lines{"/dev/zero: too large; allowed: a readable YAML file of at most 16 MiB"});
}

TEST_CASE("a dsn file is read and checked, but only its name is kept") {
  const TemporaryFile secret("host=db user=u password=hunter2\n");
  const auto text =
      fmt::format("pools: [{{name: a, driver: postgres, dsn_file: {}}}]", secret.path().string());
  const auto config = parse_config(text, "x", environment);
  CHECK(config.pools.at(0).dsn == DsnSource(secret.path()));
  CHECK(config.pools.at(0).dsn.read().reveal() == "host=db user=u password=hunter2");

  const TemporaryFile malformed("hunter2");
  const auto bad =
      fmt::format("pools: [{{name: a, driver: postgres, dsn_file: {}}}]", malformed.path().string());
  const auto problems = problems_of([&] { parse_config(bad, "x", environment); });
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].starts_with("x:1: pools[0].dsn_file: malformed DSN: "));
  CHECK(problems[0].find("hunter2") == std::string::npos);
}

TEST_CASE("without a file there is one pool named default, with the defaults") {
  const auto config = config_from_environment({});
  REQUIRE(config.pools.size() == 1);
  CHECK(config.pools[0] == PoolConfig{});
  CHECK(config.pools[0].options.name == "default");
}

TEST_CASE("the environment configures the pool") {
  const auto pool = config_from_environment({{"DBPOOL_DRIVER", "postgres"},
                                             {"DBPOOL_DSN", "host=db password=$x${y}"},
                                             {"DBPOOL_MIN_SIZE", "0"},
                                             {"DBPOOL_MAX_SIZE", "1"},
                                             {"DBPOOL_ACQUIRE_TIMEOUT", "1m"},
                                             {"DBPOOL_RETRY_ATTEMPTS", "0"},
                                             {"DBPOOL_CANARY_INTERVAL", "0"},
                                             {"DBPOOL_PORT", "tcp://10.0.0.1:80"}})
                        .pools.at(0);
  PoolConfig expected;
  expected.driver = "postgres";
  expected.dsn = DsnSource(Dsn("host=db password=$x${y}"));
  expected.options.min_size = 0;
  expected.options.max_size = 1;
  expected.options.acquire_timeout = 1min;
  expected.options.retry_attempts = 0;
  expected.canary.interval = 0s;
  CHECK(pool == expected);
}

TEST_CASE("bad variables are all reported, by name") {
  const auto problems = problems_of([] {
    config_from_environment({{"DBPOOL_MAX_SIZE", "ten"},
                             {"DBPOOL_MIN_SIZE", "two"},
                             {"DBPOOL_ACQUIRE_TIMEOUT", "-1s"},
                             {"DBPOOL_DSN", "postgres://u:hunter2@h/db"}});
  });
  CHECK(
      problems ==
      Lines{"environment: DBPOOL_MIN_SIZE: \"two\" is not accepted; allowed: a whole number from 0 to 10000, "
            "without quotes",
            "environment: DBPOOL_MAX_SIZE: \"ten\" is not accepted; allowed: a whole number from 1 to 10000, "
            "without quotes",
            "environment: DBPOOL_ACQUIRE_TIMEOUT: \"-1s\" is negative; allowed: a duration greater than 0, "
            "such "
            "as 250ms, 30s, 1h30m or a number of seconds, at most 3650d",
            "environment: DBPOOL_DSN: not a SQLite DSN; allowed: a path or a file: URI (is the driver "
            "right?)"});
}

TEST_CASE("variables that contradict each other are reported") {
  CHECK(problems_of([] {
          config_from_environment({{"DBPOOL_MAX_SIZE", "1"}});
        }) ==
        Lines{"environment: DBPOOL_MAX_SIZE: min_size 2 is greater than max_size 1; allowed: min_size up to "
              "max_size"});
  CHECK(
      problems_of([] {
        config_from_environment({{"DBPOOL_DRIVER", "postgres"}});
      }) ==
      Lines{
          "environment: DBPOOL_DRIVER: postgres needs a DSN; allowed: one of dsn and dsn_file (DBPOOL_DSN)"});
}

TEST_CASE("an empty variable counts as not set") {
  Environment variables;
  for (const auto& key : pool_keys()) variables.emplace(variable_of(key.name), "");
  variables.emplace("DBPOOL_NO_SUCH_THING", "");
  CHECK(config_from_environment(variables).pools.at(0) == PoolConfig{});
  CHECK(environment_warnings(variables, std::nullopt).empty());
  CHECK(environment_warnings(variables, "dbpool.yml").empty());
  variables["DBPOOL_DRIVER"] = "POSTGRES";
  CHECK(problems_of([&] { config_from_environment(variables); }).size() == 1);
}

TEST_CASE("words are as they are written in the tables, whatever case they were given in") {
  const auto config = load_fixture("any_letter_case.good.yml");
  CHECK(config.pools.at(0).driver == "sqlite");
  CHECK(config.pools.at(0).options.leak_stack);
  CHECK(config.pools.at(0).options.validate == Validate::always);
  CHECK(config.pools.at(1).driver == "postgres");
  CHECK(std::get<PgBouncerOptions>(config.sources.at(0).options).clients);
  const auto& activity = std::get<StatActivityOptions>(config.sources.at(1).options);
  CHECK(activity.group_by == std::vector<std::string>{"datname", "usename"});
  CHECK(activity.show_query);
  CHECK(std::get<HttpJsonOptions>(config.sources.at(2).options).preset == "snowflake");
}

}  // namespace
}  // namespace dbpool
