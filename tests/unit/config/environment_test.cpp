#include "config/environment.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "config/load.hpp"

namespace dbpool {
namespace {

std::vector<std::string> environment_problems(const Environment& environment) {
  try {
    config_from_environment(environment);
  } catch (const ConfigError& e) {
    return e.problems();
  }
  return {};
}

TEST_CASE("the environment is copied from an array of NAME=value") {
  const char* const entries[] = {"A=1", "B=x=y", "C=", "no equals sign", nullptr};
  CHECK(environment_of(entries) == Environment{{"A", "1"}, {"B", "x=y"}, {"C", ""}});
}

TEST_CASE("a variable has no blanks, line breaks and byte order marks at its ends") {
  const char* const entries[] = {"A= 1\r\n", "B=\xEF\xBB\xBF x y\t", "C= \n", nullptr};
  CHECK(environment_of(entries) == Environment{{"A", "1"}, {"B", "x y"}, {"C", ""}});
}

TEST_CASE("the environment says what may be done to a SQLite file") {
  const auto config = config_from_environment(
      {{"DBPOOL_DSN", "/var/lib/orders.db"}, {"DBPOOL_CREATE", "true"}, {"DBPOOL_JOURNAL_MODE", "wal"}});
  CHECK(config.pools.at(0).sqlite == SqliteOptions{.create = true, .journal_mode = JournalMode::wal});
  CHECK(config_from_environment({}).pools.at(0).sqlite == SqliteOptions{});
  for (const char* name : {"DBPOOL_CREATE", "DBPOOL_JOURNAL_MODE"}) {
    const bool is_switch = std::string(name) == "DBPOOL_CREATE";
    const auto problems = environment_problems(
        {{"DBPOOL_DRIVER", "postgres"}, {"DBPOOL_DSN", "host=db"}, {name, is_switch ? "false" : "keep"}});
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].starts_with("environment: " + std::string(name) + ": "));
    CHECK(problems[0].find("allowed: with driver sqlite only") != std::string::npos);
  }
}

TEST_CASE("each variable of the pool is held to what it allows") {
  struct Case {
    std::string name, value, allowed;
  };
  const std::vector<Case> wrong{
      {"DRIVER", "mysql", "sqlite"},
      {"DSN", "hunter2://x", "a path or a file: URI"},
      {"DSN", "/var/lib/orders.db?mode=ro", "a file: URI where there are parameters"},
      {"CREATE", "maybe", "true"},
      {"JOURNAL_MODE", "WAL2", "keep, wal, delete, truncate, persist, memory or off"},
      {"MIN_SIZE", "-1", "a whole number from 0 to 10000"},
      {"MAX_SIZE", "0", "a whole number from 1 to 10000"},
      {"MAX_SIZE", " 5", "a whole number from 1 to 10000"},
      {"MAX_SIZE", "5;rm", "a whole number from 1 to 10000"},
      {"MAX_OVERFLOW", "0x10", "a whole number from 0 to 10000"},
      {"MAX_WAITING", "1e9", "a whole number from 0 to 1000000"},
      {"ACQUIRE_TIMEOUT", "0", "a duration greater than 0"},
      {"MAX_LIFETIME", "1 h", "a duration of 0 or more"},
      {"MAX_IDLE_TIME", "30M", "a duration of 0 or more"},
      {"HEALTH_CHECK_INTERVAL", "11y", "a duration of 0 or more"},
      {"CONNECT_TIMEOUT", "inf", "a duration greater than 0"},
      {"VALIDATION_TIMEOUT", "nan", "a duration greater than 0"},
      {"COMMAND_TIMEOUT", "1e999", "a duration greater than 0"},
      {"RETRY_ATTEMPTS", "three", "a whole number from 0 to"},
      {"LEAK_DETECTION_TIMEOUT", "-5", "a duration of 0 or more"},
      {"CANARY_INTERVAL", "${SECRET}", "a duration of 0 or more"},
  };
  for (const auto& [name, value, allowed] : wrong) {
    CAPTURE(name);
    CAPTURE(value);
    const auto problems = environment_problems({{"DBPOOL_" + name, value}, {"SECRET", "5s"}});
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].starts_with("environment: DBPOOL_" + name + ": "));
    CHECK(problems[0].find("allowed: ") != std::string::npos);
    CHECK(problems[0].find(allowed) != std::string::npos);
    CHECK(problems[0].find("hunter2") == std::string::npos);
  }
}

}  // namespace
}  // namespace dbpool
