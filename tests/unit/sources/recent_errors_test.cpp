#include "sources/recent_errors.hpp"

#include <doctest/doctest.h>

#include "support/fakes/pool_named.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

struct Scene {
  /// Returns one reading of a pool whose error total is `total`.
  PoolSnapshot read(std::uint64_t total, std::chrono::nanoseconds now, const std::string& name = "app") {
    std::vector<PoolSnapshot> pools(1);
    pools[0].key = key_of(name);
    pools[0].errors[index_of(ErrorKind::other)] = total;
    errors.complete(pools, now, WallTime());
    return pools[0];
  }

  RecentErrors errors{60s};
};

}  // namespace

TEST_CASE("errors from before the first reading are not recent") {
  const PoolSnapshot first = Scene().read(100, 1s);
  CHECK(first.errors_recent == 0U);
  CHECK(first.errors_last_hour == 0U);
}

TEST_CASE("what a total grows by is recent for the window and counts for an hour") {
  Scene scene;
  scene.read(100, 10s);
  CHECK(scene.read(103, 15s).errors_recent == 3U);
  CHECK(scene.read(104, 20s).errors_recent == 4U);
  const PoolSnapshot later = scene.read(104, 90s);
  CHECK(later.errors_recent == 0U);
  CHECK(later.errors_last_hour == 4U);
  CHECK(scene.read(104, 2h).errors_last_hour == 0U);
}

TEST_CASE("a total that goes backwards has begun anew") {
  Scene scene;
  scene.read(100, 10s);
  CHECK(scene.read(2, 15s).errors_recent == 2U);
  CHECK(scene.read(5, 20s).errors_recent == 5U);
}

TEST_CASE("a pool that was gone for a reading is a new one") {
  Scene scene;
  scene.read(100, 10s);
  scene.read(1, 15s, "other");
  CHECK(scene.read(500, 20s).errors_recent == 0U);
}

TEST_CASE("what the target says itself stays") {
  std::vector<PoolSnapshot> pools(1);
  pools[0].errors_recent = 7;
  pools[0].errors[index_of(ErrorKind::other)] = 9;
  RecentErrors(60s).complete(pools, 1s, WallTime());
  CHECK(pools[0].errors_recent == 7U);
}

TEST_CASE("without a total, the moment of the last error tells whether there was one") {
  const auto at = [](std::chrono::seconds age) {
    std::vector<PoolSnapshot> pools(1);
    const WallTime now{std::chrono::hours(1000)};
    pools[0].last_error_at = now - age;
    RecentErrors(60s).complete(pools, 1s, now);
    return pools[0].errors_recent;
  };
  CHECK(at(59s) == 1U);
  CHECK(at(60s) == 0U);
  std::vector<PoolSnapshot> silent(1);
  RecentErrors(60s).complete(silent, 1s, WallTime());
  CHECK_FALSE(silent[0].errors_recent);
}
