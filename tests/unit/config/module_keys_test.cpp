#include "config/module_keys.hpp"

#include <doctest/doctest.h>

#include "config/load.hpp"

namespace dbpool {
namespace {

using namespace std::chrono_literals;

Config config_with(const std::string& module) {
  return parse_config(
      "modules:\n  pgb: {type: pgbouncer, dsn: 'dbname=pgbouncer user=stats', " + module + "}\n", "test.yml",
      {});
}

}  // namespace

TEST_CASE("a configuration with modules alone is one") {
  const Config config = config_with("targets: ['pgb-*.db:6432']");
  CHECK(config.pools.empty());
  CHECK(config.sources.empty());
  REQUIRE(config.modules.size() == 1);
  CHECK(config.modules[0].name == "pgb");
  CHECK(config.modules[0].ttl == 5min);
  CHECK(config.modules[0].limit == 50);
  CHECK(config.modules[0].source.probe.kind == SourceKind::pgbouncer);
  CHECK(config.modules[0].targets.may_allow(read_module_target("pgb-1.db:6432").value()));
}

TEST_CASE("a module's limit bounds its targets, not the pools of one") {
  const Config config =
      config_with("targets: ['a:1'], limit: 3, ttl: 10s, timeout: 1s, labels: {team: shop}");
  const ModuleConfig& module = config.modules.at(0);
  CHECK(module.limit == 3);
  CHECK(module.ttl == 10s);
  CHECK(module.source.probe.limit == ProbeOptions().limit);
  CHECK(module.source.probe.timeout == 1s);
  CHECK(module.source.labels.at("team") == "shop");
}

TEST_CASE("an unknown key of a module is answered with all keys that it may have") {
  try {
    config_with("targets: ['a:1'], target: b");
    FAIL("accepted");
  } catch (const ConfigError& error) {
    const std::string problem = error.problems().at(0);
    CHECK(problem.find("did you mean \"targets\"?") != std::string::npos);
    CHECK(problem.find("ttl") != std::string::npos);
    CHECK(problem.find("synthetic") != std::string::npos);
  }
}

}  // namespace dbpool
