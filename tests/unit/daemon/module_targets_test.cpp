#include "daemon/module_targets.hpp"

#include <doctest/doctest.h>

#include "support/fakes/manual_scheduler.hpp"

namespace dbpool {
namespace {

using namespace std::chrono_literals;
using test::ManualScheduler;

class SilentLogger : public Logger {
 public:
  void log(LogLevel, std::string_view, std::string_view, const std::vector<LogField>&) noexcept override {}
};

ModuleConfig module_of(const std::string& name, const std::vector<std::string>& allowed) {
  ModuleConfig module{.name = name};
  module.source.probe.kind = SourceKind::prometheus;
  PrometheusOptions options;
  options.http.url = "http://target/metrics";
  module.source.options = options;
  for (const std::string& entry : allowed) module.targets.add(read_allowed_target(entry).value());
  return module;
}

std::optional<ProbeRefusal> refusal_in(const ProbeOutcome& outcome) {
  const auto* const refusal = std::get_if<ProbeRefusal>(&outcome);
  return refusal == nullptr ? std::nullopt : std::optional(*refusal);
}

/// Targets that are never read, as nothing runs the scheduler.
struct StillScene {
  StillScene() = default;
  StillScene(const StillScene&) = delete;
  StillScene& operator=(const StillScene&) = delete;
  /// The readings that wait keep their scheduler alive, which keeps them.
  ~StillScene() { scheduler->stop(); }

  std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
  std::shared_ptr<ManualScheduler> scheduler = std::make_shared<ManualScheduler>(clock);
  SilentLogger logger;
  std::shared_ptr<Snapshotter> snapshotter = std::make_shared<Snapshotter>(clock, [](const HealthChange&) {});
  ModuleTargets targets{{scheduler, clock}, {logger, nullptr}, snapshotter};

  ProbeOutcome probe(const std::string& target, const std::string& module = "app") {
    return targets.probe({module, target, 0s});
  }
  std::size_t shown() const { return snapshotter->snapshot().sources.size(); }
};

}  // namespace

TEST_CASE("the first call for a target makes its source, and later ones find it") {
  StillScene scene;
  scene.targets.apply({module_of("app", {"db:1"})});
  CHECK(std::get<std::string>(scene.probe("db:1")) == "app/db:1");
  CHECK(std::get<std::string>(scene.probe("DB:1")) == "app/db:1");
  REQUIRE(scene.shown() == 1);
  const SourceReport source = scene.snapshotter->snapshot().sources[0];
  CHECK(source.name == "app/db:1");
  CHECK(source.info.server == "db:1");
  CHECK(source.info.is_on_demand);
}

TEST_CASE("what is no module, no target or not allowed makes no source") {
  StillScene scene;
  CHECK(refusal_in(scene.probe("db:1")) == ProbeRefusal::unknown_module);
  scene.targets.apply({module_of("app", {"db:1", "0.0.0.0/0:1"})});
  CHECK(refusal_in(scene.probe("db:1", "other")) == ProbeRefusal::unknown_module);
  CHECK(refusal_in(scene.probe("http://db:1")) == ProbeRefusal::malformed_target);
  CHECK(refusal_in(scene.probe("db:2")) == ProbeRefusal::not_allowed);
  CHECK(refusal_in(scene.probe("169.254.169.254:1")) == ProbeRefusal::not_allowed);
  CHECK(scene.shown() == 0);
  CHECK(scene.scheduler->pending() == 0);
}

TEST_CASE("a target is forgotten when there was no call for it for as long as the module says") {
  StillScene scene;
  ModuleConfig module = module_of("app", {"a:1", "b:1"});
  module.ttl = 10s;
  scene.targets.apply({module});
  scene.probe("a:1");
  scene.probe("b:1");
  scene.clock->advance(9s);
  scene.probe("b:1");
  scene.clock->advance(1s);
  scene.targets.forget_idle();
  REQUIRE(scene.shown() == 1);
  CHECK(scene.snapshotter->snapshot().sources[0].name == "app/b:1");
}

TEST_CASE("a module has no more targets than its limit, until one is forgotten") {
  StillScene scene;
  ModuleConfig module = module_of("app", {"*:1"});
  module.limit = 2;
  scene.targets.apply({module, module_of("other", {"*:1"})});
  scene.probe("a:1");
  scene.probe("b:1");
  CHECK(refusal_in(scene.probe("c:1")) == ProbeRefusal::too_many_targets);
  CHECK_FALSE(refusal_in(scene.probe("a:1")));
  CHECK_FALSE(refusal_in(scene.probe("c:1", "other")));
  scene.clock->advance(5min);
  scene.targets.forget_idle();
  CHECK_FALSE(refusal_in(scene.probe("c:1")));
}

TEST_CASE("a reload keeps the targets of a module that reads and allows the same") {
  StillScene scene;
  scene.targets.apply(
      {module_of("same", {"a:1"}), module_of("changed", {"a:1"}), module_of("gone", {"a:1"})});
  for (const auto* const module : {"same", "changed", "gone"}) scene.probe("a:1", module);
  ModuleConfig same = module_of("same", {"a:1"});
  same.ttl = 1h;
  scene.targets.apply({same, module_of("changed", {"a:1", "b:1"})});
  REQUIRE(scene.shown() == 1);
  CHECK(scene.snapshotter->snapshot().sources[0].name == "same/a:1");
  scene.clock->advance(30min);
  scene.targets.forget_idle();
  CHECK(scene.shown() == 1);
  CHECK(refusal_in(scene.probe("a:1", "gone")) == ProbeRefusal::unknown_module);
}

}  // namespace dbpool
