#include "config/pool_keys.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "config/load.hpp"
#include "config/parse_yaml.hpp"

namespace dbpool {
namespace {

TEST_CASE("every default in the table is the default of the code") {
  for (const auto& key : pool_keys()) {
    if (key.fallback.empty() || key.fallback == "{}") continue;
    CAPTURE(key.name);
    // Written as nested YAML: `canary.interval` is `interval` inside `canary`.
    const auto dot = key.name.find('.');
    std::string line = std::string(key.name.substr(0, dot)) + ": ";
    const auto leaf = dot == std::string_view::npos ? "" : std::string(key.name.substr(dot + 1));
    const std::string value(key.fallback);
    line += leaf.empty() ? value : "{" + leaf + ": " + value + "}";
    const auto config = parse_config("pools:\n- name: default\n  " + line + "\n", "x", {});
    CHECK(config.pools.at(0) == PoolConfig{});
  }
}

TEST_CASE("the order of the rows does not matter") {
  Problems problems("");
  const Value written = parse_yaml(
      "{name: a, driver: odbc, min_size: 3, max_size: 4, health: {recovery_hold: 3s, leaks: off, "
      "errors: {unhealthy: 4}, preset: snowflake}}",
      {}, problems);
  const auto rows = pool_keys();
  std::vector<Key<PoolConfig>> keys(rows.begin(), rows.end());
  PoolConfig in_order, reversed;
  read_keys(written, std::span<const Key<PoolConfig>>(keys), in_order, problems);
  std::ranges::reverse(keys);
  read_keys(written, std::span<const Key<PoolConfig>>(keys), reversed, problems);
  CHECK(problems.lines().empty());
  CHECK(in_order.health[HealthReason::errors].unhealthy->value == 4);
  CHECK(reversed == in_order);
}

TEST_CASE("the environment has exactly the variables that are promised") {
  std::vector<std::string> variables;
  for (const auto& key : pool_keys()) {
    if (key.variable == Variable::same) variables.push_back(variable_of(key.name));
  }
  CHECK(variables == std::vector<std::string>{
                         "DBPOOL_DRIVER", "DBPOOL_DSN", "DBPOOL_CREATE", "DBPOOL_JOURNAL_MODE",
                         "DBPOOL_MIN_SIZE", "DBPOOL_MAX_SIZE", "DBPOOL_MAX_OVERFLOW", "DBPOOL_MAX_WAITING",
                         "DBPOOL_ACQUIRE_TIMEOUT", "DBPOOL_MAX_LIFETIME", "DBPOOL_MAX_IDLE_TIME",
                         "DBPOOL_HEALTH_CHECK_INTERVAL", "DBPOOL_CONNECT_TIMEOUT",
                         "DBPOOL_VALIDATION_TIMEOUT", "DBPOOL_COMMAND_TIMEOUT", "DBPOOL_RETRY_ATTEMPTS",
                         "DBPOOL_LEAK_DETECTION_TIMEOUT", "DBPOOL_CANARY_INTERVAL",
                         "DBPOOL_LATENCY_OBJECTIVE"});
}

TEST_CASE("the documentation has a row for every key") {
  const auto table = pool_keys_markdown();
  CHECK(table.starts_with("| key | variable | default | meaning |\n|---|---|---|---|\n"));
  for (const auto& key : pool_keys()) {
    CAPTURE(key.name);
    CHECK(table.find("\n| `" + std::string(key.name) + "` | ") != std::string::npos);
    CHECK_FALSE(key.meaning.empty());
  }
  CHECK(table.find("| `max_size` | `DBPOOL_MAX_SIZE` | `10` | ") != std::string::npos);
}

TEST_CASE("a variable is named after its key") {
  CHECK(variable_of("canary.interval") == "DBPOOL_CANARY_INTERVAL");
  CHECK(variable_of("web.listen-address") == "DBPOOL_WEB_LISTEN_ADDRESS");
}

}  // namespace
}  // namespace dbpool
