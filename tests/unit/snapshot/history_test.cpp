#include "snapshot/history.hpp"

#include <doctest/doctest.h>

#include "dbpool/model/histogram_recorder.hpp"
#include "support/fakes/fake_clock.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

struct Scene {
  FakeClock clock;
  PoolSnapshot figures;
  HistogramRecorder checks{duration_buckets()};
  History history;
  HistoryOptions options;

  void record() { history.record({figures, HealthStatus::healthy, clock.now(), clock.wall()}, options); }
  void tick_for(std::chrono::seconds seconds) {
    for (auto i = 0s; i < seconds; ++i) {
      clock.advance(1s);
      record();
    }
  }
  std::vector<HistoryItem> items(Duration span = 24h) const { return history.items(clock.now() - span); }
  HistoryItem present() const {
    return history.item({figures, HealthStatus::degraded, clock.now(), clock.wall()});
  }
  /// Forgets the health checks, as a pool that starts again.
  void begin_checks_anew() {
    checks = HistogramRecorder(duration_buckets());
    figures.health_check_duration = checks.value();
  }
  /// Records one health check that takes `took`.
  void check_health(Duration took) {
    checks.record(took);
    figures.health_check_duration = checks.value();
  }
};

}  // namespace

TEST_CASE("an item is added at the first moment and then once each interval") {
  Scene scene;
  scene.record();
  CHECK(scene.items().size() == 1);
  scene.tick_for(59s);
  CHECK(scene.items().size() == 1);
  scene.tick_for(1s);
  CHECK(scene.items().size() == 2);
  scene.tick_for(3600s);
  CHECK(scene.items().size() == 62);
}

TEST_CASE("late ticks do not add up") {
  Scene scene;
  scene.record();
  for (int i = 0; i < 600; ++i) {
    scene.clock.advance(1010ms);
    scene.record();
  }
  CHECK(scene.items().size() == 11);  // after 606 s
}

TEST_CASE("after a pause longer than the interval one item is added, not one for each that was missed") {
  Scene scene;
  scene.record();
  scene.clock.advance(10min);
  scene.record();
  scene.tick_for(59s);
  CHECK(scene.items().size() == 2);
  scene.tick_for(1s);
  CHECK(scene.items().size() == 3);
}

TEST_CASE("an item each second comes each second, though ticks are a little late or early") {
  Scene scene;
  scene.options.interval = 1s;
  scene.clock.advance(9ms);
  scene.record();
  for (int i = 1; i <= 60; ++i) {
    scene.clock.advance(i % 2 == 0 ? 1009ms : 991ms);
    scene.record();
  }
  CHECK(scene.items().size() == 61);
}

TEST_CASE("a day of minutes is kept and no more") {
  Scene scene;
  scene.record();
  for (int i = 0; i < 2000; ++i) scene.tick_for(60s);
  const auto items = scene.items(1000h);
  REQUIRE(items.size() == 1440);
  CHECK(sizeof(TimePoint) + sizeof(HistoryItem) == 96);  // as docs/http-api.md says
  CHECK(items.back().time == scene.clock.wall());
  CHECK(items.front().time == scene.clock.wall() - 1439min);
}

TEST_CASE("items come oldest first, and only those younger than what is asked for") {
  Scene scene;
  scene.record();
  scene.tick_for(600s);
  const auto items = scene.items(180s);
  REQUIRE(items.size() == 3);
  for (std::size_t i = 1; i < items.size(); ++i) CHECK(items[i].time - items[i - 1].time == 60s);
  CHECK(scene.items(181s).size() == 4);
  CHECK(scene.items(0s).empty());
}

TEST_CASE("the age of an item does not depend on the wall clock") {
  Scene scene;
  scene.record();
  scene.clock.advance_wall(48h);
  scene.tick_for(60s);
  CHECK(scene.items(1h).size() == 2);
}

TEST_CASE("an item shows the figures of its moment") {
  Scene scene;
  scene.figures.idle = 3;
  scene.figures.active = 2;
  scene.figures.healthy = 4;
  scene.figures.waiting = 1;
  scene.figures.errors_last_hour = 7;
  const HistoryItem item = scene.present();
  CHECK(item.status == HealthStatus::degraded);
  CHECK(item.time == scene.clock.wall());
  CHECK(item.total == 5U);
  CHECK(item.idle == 3U);
  CHECK(item.active == 2U);
  CHECK(item.healthy == 4U);
  CHECK(item.waiting == 1U);
  CHECK(item.errors_last_hour == 7U);
}

TEST_CASE("what the source does not know, an item does not know") {
  const HistoryItem item = Scene().present();
  CHECK_FALSE(item.total);
  CHECK_FALSE(item.idle);
  CHECK_FALSE(item.active);
  CHECK_FALSE(item.healthy);
  CHECK_FALSE(item.waiting);
  CHECK_FALSE(item.failed_health_checks);
  CHECK_FALSE(item.average_response_ms);
  CHECK_FALSE(item.errors_last_hour);
}

TEST_CASE("health checks are those since the item before, and an owned pool's first item has all of them") {
  Scene scene;
  scene.figures.phase = PoolPhase::serving;
  scene.figures.health_check_failures = 5;
  scene.check_health(100ms);
  scene.record();
  CHECK(scene.items().front().failed_health_checks == 5U);
  CHECK(scene.items().front().average_response_ms == doctest::Approx(100));

  CHECK(scene.present().failed_health_checks == 0U);
  CHECK_FALSE(scene.present().average_response_ms);

  scene.figures.health_check_failures = 7;
  scene.check_health(20ms);
  scene.check_health(40ms);
  CHECK(scene.present().failed_health_checks == 2U);
  CHECK(scene.present().average_response_ms == doctest::Approx(30));
}

TEST_CASE("a counter that starts again is counted from 0") {
  Scene scene;
  scene.figures.health_check_failures = 5;
  scene.check_health(100ms);
  scene.record();
  scene.figures.health_check_failures = 2;
  scene.begin_checks_anew();
  CHECK(scene.present().failed_health_checks == 2U);
  CHECK_FALSE(scene.present().average_response_ms);
}

TEST_CASE("a probed pool's first item does not tell what was before") {
  Scene scene;
  scene.figures.health_check_failures = 5;
  scene.check_health(100ms);
  CHECK_FALSE(scene.present().failed_health_checks);
  CHECK_FALSE(scene.present().average_response_ms);
  scene.record();
  CHECK_FALSE(scene.items().front().failed_health_checks);
  CHECK_FALSE(scene.items().front().average_response_ms);
  scene.figures.health_check_failures = 7;
  scene.check_health(20ms);
  CHECK(scene.present().failed_health_checks == 2U);
  CHECK(scene.present().average_response_ms == doctest::Approx(20));
}

TEST_CASE("a reading that failed does not make old health checks new") {
  Scene scene;
  scene.figures.health_check_failures = 5;
  scene.check_health(100ms);
  scene.record();
  const PoolSnapshot before = scene.figures;
  scene.figures = {};
  scene.tick_for(60s);
  scene.figures = before;
  scene.figures.health_check_failures = 6;
  CHECK(scene.present().failed_health_checks == 1U);
  CHECK_FALSE(scene.present().average_response_ms);
}

TEST_CASE("a pool that began anew with more health checks, but less time for them, is counted from 0") {
  Scene scene;
  scene.check_health(100ms);
  scene.record();
  scene.begin_checks_anew();
  scene.check_health(2ms);
  scene.check_health(4ms);
  CHECK(scene.present().average_response_ms == doctest::Approx(3));
}
