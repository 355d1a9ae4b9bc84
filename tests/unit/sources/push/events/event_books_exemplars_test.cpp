#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <string>

#include "support/reported_events.hpp"

using namespace std::chrono_literals;
using namespace dbpool;
using namespace dbpool::test;

namespace {

using ExemplarText = std::map<std::string, std::string>;

/// Returns the labels of the exemplar in the bucket that a wait of `seconds` is in; nullopt if there is none.
std::optional<ExemplarText> exemplar_at(EventScene& scene, double seconds) {
  const auto waits = scene.pool("apps/main").acquisition_duration;
  REQUIRE(waits);
  std::size_t bucket = 0;
  while (bucket < waits->bounds().size() && waits->bounds()[bucket] < seconds) ++bucket;
  const Exemplar* const exemplar = waits->exemplar_in(bucket);
  if (exemplar == nullptr) return std::nullopt;
  CHECK(exemplar->value == doctest::Approx(seconds));
  CHECK(exemplar->time == scene.clock.wall());
  return ExemplarText(exemplar->labels.begin(), exemplar->labels.end());
}

}  // namespace

TEST_CASE("a reported acquisition with a trace is an exemplar, however short it was") {
  EventScene scene;
  scene.receive("dbpool.acquired:3|ms|#pool:main,lease:1,site:Cart.java:12,trace_id:4bf92f3577b34da6");
  CHECK(exemplar_at(scene, 0.003) == ExemplarText{{"trace_id", "4bf92f3577b34da6"}});
}

TEST_CASE("a slow acquisition without a trace is an exemplar with what was reported of it") {
  EventScene scene;
  scene.receive("dbpool.acquired:3|ms|#pool:main,lease:1,site:Cart.java:12");
  CHECK_FALSE(exemplar_at(scene, 0.003));
  scene.receive("dbpool.acquired:30|ms|#pool:main,lease:web-2,site:Cart.java:12 pay");
  CHECK(exemplar_at(scene, 0.03) == ExemplarText{{"lease", "web-2"}, {"site", "Cart.java:12 pay"}});
  scene.receive("dbpool.acquire_timeout:2000|ms|#pool:main,site:Cart.java:12 pay");
  CHECK(exemplar_at(scene, 2) == ExemplarText{{"site", "Cart.java:12 pay"}});
  scene.receive("dbpool.acquired:300|ms|#pool:main");
  CHECK_FALSE(exemplar_at(scene, 0.3));
}

TEST_CASE("a trace_id that is too long to be one is ignored, and the line counts") {
  EventScene scene;
  const std::string longest(64, 'f');
  scene.receive("dbpool.acquired:3|ms|#pool:main,trace_id:" + longest + "f");
  CHECK_FALSE(exemplar_at(scene, 0.003));
  CHECK(scene.pool("apps/main").acquisitions == 1U);
  scene.receive("dbpool.acquired:3|ms|#pool:main,trace_id:" + longest);
  CHECK(exemplar_at(scene, 0.003) == ExemplarText{{"trace_id", longest}});
}
