#include "health/health_tracker.hpp"

#include <doctest/doctest.h>

#include "support/fakes/outline.hpp"

using namespace dbpool;
using namespace std::chrono_literals;
using enum HealthStatus;

namespace {

/// A tracker that observes a number of recent errors at given times: 1 is degraded, 10 is unhealthy.
class Scene {
 public:
  HealthStatus errors(std::uint64_t count, std::chrono::seconds at) {
    snapshot_.errors_recent = count;
    return tracker_.update(snapshot_, policy_, start_ + at).status;
  }
  HealthStatus phase(PoolPhase phase, std::chrono::seconds at) {
    snapshot_.phase = phase;
    return tracker_.update(snapshot_, policy_, start_ + at).status;
  }
  HealthStatus leaks(std::uint64_t count, std::chrono::seconds at) {
    snapshot_.leaked = count;
    return tracker_.update(snapshot_, policy_, start_ + at).status;
  }
  const Judgement& verdict() const { return tracker_.verdict(); }
  void hold(std::chrono::seconds hold) { policy_.recovery_hold = hold; }

 private:
  HealthTracker tracker_;
  HealthPolicy policy_ = health_preset("capacity").value();
  PoolSnapshot snapshot_;
  HealthTracker::TimePoint start_{1h};
};

}  // namespace

TEST_CASE("a pool that nobody has judged is unknown") {
  CHECK(Scene().verdict() == Judgement{});
}

TEST_CASE("the first judgement counts at once") {
  CHECK(Scene().errors(0, 0s) == healthy);
  CHECK(Scene().errors(1, 0s) == degraded);
  CHECK(Scene().errors(10, 0s) == unhealthy);
}

TEST_CASE("health worsens at once, by any number of tiers") {
  Scene scene;
  scene.errors(0, 0s);
  CHECK(scene.errors(1, 1s) == degraded);
  CHECK(scene.errors(10, 2s) == unhealthy);
  Scene leap;
  leap.errors(0, 0s);
  CHECK(leap.errors(10, 1s) == unhealthy);
}

TEST_CASE("health improves ten seconds after the first better judgement") {
  Scene scene;
  scene.errors(1, 0s);
  CHECK(scene.errors(0, 1s) == degraded);
  CHECK(scene.errors(0, 10s) == degraded);
  CHECK(scene.errors(0, 11s) == healthy);
}

TEST_CASE("a worse judgement within the hold starts it anew") {
  Scene scene;
  scene.errors(1, 0s);
  scene.errors(0, 1s);
  scene.errors(1, 9s);
  scene.errors(0, 10s);
  CHECK(scene.errors(0, 19s) == degraded);
  CHECK(scene.errors(0, 20s) == healthy);
}

TEST_CASE("an unhealthy pool improves to the worst tier of the last ten seconds") {
  Scene scene;
  scene.errors(10, 0s);
  scene.errors(1, 1s);
  scene.errors(0, 6s);
  CHECK(scene.errors(0, 10s) == unhealthy);
  CHECK(scene.errors(0, 11s) == degraded);
  CHECK(scene.errors(0, 15s) == degraded);
  CHECK(scene.errors(0, 16s) == healthy);
}

TEST_CASE("an unhealthy pool improves to healthy when nothing worse was seen for ten seconds") {
  Scene scene;
  scene.errors(1, 0s);
  scene.errors(10, 1s);
  scene.errors(0, 2s);
  CHECK(scene.errors(0, 11s) == unhealthy);
  CHECK(scene.errors(0, 12s) == healthy);
}

TEST_CASE("a pool that flips between two tiers stays in the worse one") {
  Scene scene;
  for (int i = 0; i < 60; i += 2) {
    CHECK(scene.errors(10, std::chrono::seconds(i)) == unhealthy);
    CHECK(scene.errors(0, std::chrono::seconds(i + 1)) == unhealthy);
  }
}

TEST_CASE("while it is held, the verdict keeps the findings that led there") {
  Scene scene;
  scene.errors(1, 0s);
  scene.errors(0, 1s);
  CHECK(outline(scene.verdict()) == Judgement{degraded, {{HealthReason::errors, degraded}}});
  scene.errors(0, 11s);
  CHECK(outline(scene.verdict()) == Judgement{healthy, {}});
}

TEST_CASE("the findings of a held verdict keep the value that was judged last, and its bound") {
  Scene scene;
  scene.errors(3, 0s);
  scene.errors(5, 1s);
  scene.errors(0, 2s);
  CHECK(scene.verdict().findings == std::vector<Finding>{{HealthReason::errors, degraded, 5, {1, false}}});
}

TEST_CASE("within a tier the latest findings count") {
  Scene scene;
  scene.errors(1, 0s);
  scene.leaks(1, 1s);
  CHECK(scene.verdict().findings.size() == 2);
  scene.errors(0, 2s);
  CHECK(outline(scene.verdict()) == Judgement{degraded, {{HealthReason::leaks, degraded}}});
}

TEST_CASE("the hold is the policy's") {
  Scene scene;
  scene.hold(0s);
  scene.errors(10, 0s);
  CHECK(scene.errors(0, 1s) == healthy);
  scene.hold(3s);
  scene.errors(1, 2s);
  CHECK(scene.errors(0, 3s) == degraded);
  CHECK(scene.errors(0, 5s) == degraded);
  CHECK(scene.errors(0, 6s) == healthy);
}

TEST_CASE("a pool that leaves recovery is judged afresh, without the hold") {
  Scene scene;
  scene.errors(10, 0s);
  CHECK(scene.phase(PoolPhase::recovering, 1s) == unhealthy);
  scene.errors(0, 2s);
  CHECK(scene.phase(PoolPhase::serving, 3s) == healthy);
}

TEST_CASE("a pool that leaves recovery in trouble shows the trouble it has") {
  Scene scene;
  scene.phase(PoolPhase::recovering, 0s);
  scene.errors(1, 1s);
  CHECK(scene.phase(PoolPhase::serving, 2s) == degraded);
  CHECK(scene.errors(0, 11s) == degraded);
  CHECK(scene.errors(0, 21s) == healthy);
}

TEST_CASE("initializing is unknown, and what comes after it counts at once") {
  Scene scene;
  scene.errors(0, 0s);
  CHECK(scene.phase(PoolPhase::initializing, 0s) == unknown);
  CHECK(scene.phase(PoolPhase::serving, 1s) == healthy);
  Scene failed;
  failed.phase(PoolPhase::initializing, 0s);
  CHECK(failed.phase(PoolPhase::recovering, 1s) == unhealthy);
}

TEST_CASE("a pool that goes away keeps its last verdict") {
  Scene scene;
  scene.phase(PoolPhase::serving, 0s);
  scene.errors(1, 1s);
  scene.phase(PoolPhase::shutting_down, 2s);
  CHECK(scene.errors(100, 3s) == degraded);
  CHECK(scene.phase(PoolPhase::terminated, 60s) == degraded);
}

TEST_CASE("a held verdict has the time until which it was so, and the present one has none") {
  Scene scene;
  scene.errors(1, 0s);
  CHECK_FALSE(scene.verdict().ended);
  scene.errors(0, 3s);
  scene.errors(0, 5s);
  CHECK(scene.verdict().ended == HealthTracker::TimePoint(1h + 3s));
  scene.errors(1, 6s);
  CHECK_FALSE(scene.verdict().ended);
  scene.errors(0, 20s);
  scene.errors(0, 30s);
  CHECK_FALSE(scene.verdict().ended);
}
