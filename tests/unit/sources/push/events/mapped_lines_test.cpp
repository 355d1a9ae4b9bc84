#include "sources/push/events/mapped_lines.hpp"

#include <doctest/doctest.h>

#include <string>

#include "support/reported_events.hpp"

using namespace std::chrono_literals;
using namespace dbpool;
using namespace dbpool::test;

namespace {

EventBooks::Options mapped(MappingOptions mapping = {}) {
  return {.mapping = std::move(mapping)};
}

/// Returns how many of the durations are at most a bound.
std::uint64_t at_most(double bound, const Histogram& durations) {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < durations.bounds().size() && durations.bounds()[i] <= bound; ++i)
    count += durations.count_in(i);
  return count;
}

}  // namespace

TEST_CASE("Micrometer's StatsD registry needs no configuration: each duration counts, exactly at 10 ms") {
  EventScene scene(mapped());
  scene.receive(
      "hikaricp.connections.acquire:10.000000|ms|#pool:HikariPool-1\n"
      "hikaricp.connections.acquire:10.000001|ms|#pool:HikariPool-1\n"
      "hikaricp.connections.acquire:30000|ms|#pool:HikariPool-1\n"
      "hikaricp.connections.usage:250|ms|#pool:HikariPool-1\n"
      "hikaricp.connections.creation:4|d|#pool:HikariPool-1\n"
      "hikaricp.connections.timeout:1|c|#statistic:count,pool:HikariPool-1\n"
      "hikaricp.connections.active:3|g|#statistic:value,pool:HikariPool-1\n"
      "hikaricp.connections.max:10|g|#statistic:value,pool:HikariPool-1");
  const PoolSnapshot pool = scene.pool("apps/HikariPool-1");
  CHECK(at_most(0.01, *pool.acquisition_duration) == 1);
  CHECK(at_most(0.025, *pool.acquisition_duration) == 2);
  CHECK(pool.acquisition_duration->count() == 3);
  CHECK(pool.acquisition_duration->sum_seconds() == doctest::Approx(30.020000001));
  CHECK(pool.acquisitions == 2U);
  CHECK(pool.acquisition_timeouts == 1U);
  CHECK(pool.usage_duration->sum_seconds() == doctest::Approx(0.25));
  CHECK(pool.connect_duration->sum_seconds() == doctest::Approx(0.004));
  CHECK(pool.active == 3U);
  CHECK(pool.max == 10U);
  CHECK(scene.books.counts().used == 8);
  CHECK(scene.books.counts().senders == 1);
}

TEST_CASE("clients add up, what one client repeats replaces its gauges, and counters only rise") {
  EventScene scene(mapped());
  const auto report = [&](const std::string& client, int active, int timeouts) {
    scene.receive("hikaricp.connections.active:" + std::to_string(active) + "|g|#pool:a,client:" + client +
                  "\nhikaricp.connections.timeout:" + std::to_string(timeouts) +
                  "|c|#pool:a,client:" + client);
  };
  report("x", 3, 1);
  report("y", 4, 1);
  report("x", 1, 2);
  CHECK(scene.pool("apps/a").active == 5U);
  CHECK(scene.pool("apps/a").acquisition_timeouts == 4U);
  scene.clock.advance(4min);
  report("y", 4, 0);
  scene.clock.advance(2min);
  CHECK(scene.pool("apps/a").active == 4U);
  CHECK(scene.pool("apps/a").acquisition_timeouts == 4U);
  CHECK(scene.books.counts().senders == 1);
}

TEST_CASE("a client without a name is named by its container, and the others are one client") {
  EventScene scene(mapped());
  scene.receive("hikaricp.connections.active:3|g|#pool:a|c:one");
  scene.receive("hikaricp.connections.active:4|g|#pool:a|c:two");
  scene.receive("hikaricp.connections.active:5|g|#pool:a");
  scene.receive("hikaricp.connections.active:6|g|#pool:a");
  CHECK(scene.pool("apps/a").active == 13U);
  CHECK(scene.books.counts().senders == 3);
}

TEST_CASE("rates and packed values count as often as they say") {
  EventScene scene(mapped());
  scene.receive(
      "hikaricp.connections.acquire:5:50|ms|@0.1|#pool:a\nhikaricp.connections.timeout:2|c|@0.5|#pool:a");
  const PoolSnapshot pool = scene.pool("apps/a");
  CHECK(at_most(0.005, *pool.acquisition_duration) == 10);
  CHECK(pool.acquisition_duration->count() == 20);
  CHECK(pool.acquisition_duration->sum_seconds() == doctest::Approx(0.55));
  CHECK(pool.acquisition_timeouts == 4U);
}

TEST_CASE("durations are milliseconds for the type ms, and what the mapping says before that") {
  MappingOptions mapping{.presets = {"custom"}, .pool = "{db}"};
  mapping.fields["acquisition_duration"] = {{.expression = "timed", .unit = TimeUnit::seconds}};
  mapping.fields["usage_duration"] = {{.expression = "used"}};
  mapping.fields["connect_duration"] = {{.expression = "connected"}};
  EventScene scene(mapped(mapping));
  scene.receive("timed:0.5|ms|#db:a\nused:500|ms|#db:a\nconnected:0.5|h|#db:a");
  const PoolSnapshot pool = scene.pool("apps/a");
  CHECK(pool.acquisition_duration->sum_seconds() == doctest::Approx(0.5));
  CHECK(pool.usage_duration->sum_seconds() == doctest::Approx(0.5));
  CHECK(pool.connect_duration->sum_seconds() == doctest::Approx(0.5));
}

TEST_CASE("the bounds of acquisitions are those of the source, and slow ones are counted") {
  EventBooks::Options options = mapped();
  options.pool.ledger.acquisition_buckets = std::make_shared<const BucketBounds>(std::vector{0.01, 0.1});
  EventScene scene(options);
  scene.receive("hikaricp.connections.acquire:5:50:500|ms|#pool:a");
  const PoolSnapshot pool = scene.pool("apps/a");
  CHECK(pool.acquisition_duration->bounds().size() == 2);
  CHECK(pool.acquisitions_slow == 2U);
}

TEST_CASE("lines that are no pool's are neither used nor refused, and no client") {
  EventScene scene(mapped());
  CHECK(scene.outcome_of(
            "datadog.dogstatsd.client.metrics:9|c\nhttp.requests:1|c\npages:-1|g\nx:nonsense|q") == "");
  CHECK(scene.books.counts().used == 0);
  CHECK(scene.books.counts().senders == 0);
}

TEST_CASE("a value that is no figure is malformed") {
  EventScene scene(mapped());
  for (const std::string rest : {"+1|g", "-1|g", "-1|c", "-1|ms", "a|s", "nan|g", "1|q", "1e999|ms"}) {
    CAPTURE(rest);
    CHECK(scene.outcome_of("hikaricp.connections.acquire:" + rest + "|#pool:a") == "malformed");
  }
  CHECK(scene.books.counts().used == 0);
}

TEST_CASE("a pool that also has events of ours is shown by these, and all pools together keep the limit") {
  EventBooks::Options options = mapped();
  options.bounds.pools = 2;
  EventScene scene(options);
  scene.receive(
      "dbpool.idle:1|g|#pool:b\nhikaricp.connections.idle:7|g|#pool:b\nhikaricp.connections.idle:2|g|#pool:"
      "a");
  CHECK(scene.result().pools.size() == 2);
  CHECK(scene.pool("apps/b").idle == 1U);
  CHECK(scene.pool("apps/a").idle == 2U);
  scene.receive("dbpool.idle:3|g|#pool:c");
  const ProbeResult result = scene.result();
  REQUIRE(result.pools.size() == 2);
  CHECK(result.pools[0].label() == "apps/b");
  CHECK(result.pools[1].label() == "apps/c");
  CHECK(result.dropped == 1U);
}

TEST_CASE("the number of a datagram counts on lines with other names, too") {
  EventScene scene(mapped());
  for (const std::string number : {"1", "2", "5", "5"})
    scene.receive("hikaricp.connections.idle:7|g|#pool:a,client:x,seq:" + number);
  CHECK(scene.books.counts().lost == 2U);
  CHECK(scene.rejected(RejectReason::stale) == 1);
  CHECK(scene.books.counts().used == 3);
}

TEST_CASE("several timings with one clock reading count, and a clock that is set back loses none") {
  EventScene scene(mapped());
  for (int i = 0; i < 3; ++i) scene.receive("hikaricp.connections.acquire:1|ms|#pool:a");
  scene.clock.advance_wall(-1h);
  scene.receive("hikaricp.connections.acquire:1|ms|#pool:a");
  CHECK(scene.pool("apps/a").acquisition_duration->count() == 4);
}
