#include <doctest/doctest.h>

#include <string>

#include "sources/push/events/event_books.hpp"
#include "support/reported_events.hpp"

using namespace std::chrono_literals;
using namespace dbpool;
using namespace dbpool::test;

TEST_CASE("pools beyond the limit are refused and counted, until one without clients makes room") {
  EventScene scene({.stale_after = 60s, .bounds = {.pools = 2}});
  CHECK(scene.outcome_of("dbpool.idle:1|g|#pool:a,client:x\ndbpool.idle:1|g|#pool:b,client:y").empty());
  CHECK(scene.outcome_of("dbpool.idle:1|g|#pool:c,client:z") == "limit");
  CHECK(scene.result().dropped == 1U);
  CHECK(scene.books.counts().senders == 2);
  scene.clock.advance(40s);
  CHECK(scene.outcome_of("dbpool.idle:1|g|#pool:b,client:y").empty());
  scene.clock.advance(20s - 1ms);
  CHECK(scene.outcome_of("dbpool.idle:1|g|#pool:c,client:z") == "limit");
  scene.clock.advance(1ms);
  scene.result();
  CHECK(scene.outcome_of("dbpool.idle:1|g|#pool:c,client:z").empty());
  CHECK(scene.result().dropped == 0U);
  CHECK(scene.pool("apps/c").idle == 1U);
  CHECK(scene.pool("apps/a").label().empty());
}

TEST_CASE("clients beyond the limit are refused until one falls silent") {
  EventScene scene({.stale_after = 60s, .bounds = {.clients = 1}});
  CHECK(scene.outcome_of("dbpool.idle:1|g|#pool:a,client:x").empty());
  CHECK(scene.outcome_of("dbpool.idle:1|g|#pool:b,client:y") == "limit");
  CHECK(scene.result().pools.size() == 1);
  scene.clock.advance(60s);
  scene.result();
  CHECK(scene.outcome_of("dbpool.idle:1|g|#pool:b,client:y").empty());
}

TEST_CASE("beyond the most open leases an acquisition counts, and active is not known") {
  EventScene scene({.stale_after = 60s, .bounds = {.leases = 1}});
  CHECK(scene.outcome_of("dbpool.acquired:1|ms|#pool:a,client:x,lease:1").empty());
  CHECK(scene.outcome_of("dbpool.acquired:1|ms|#pool:b,client:x,lease:2") == "limit");
  CHECK(scene.pool("apps/a").active == 1U);
  CHECK(scene.pool("apps/b").acquisitions == 1U);
  CHECK_FALSE(scene.pool("apps/b").active);
  CHECK(scene.outcome_of("dbpool.released:1|ms|#pool:a,client:x,lease:1").empty());
  CHECK(scene.outcome_of("dbpool.acquired:1|ms|#pool:a,client:x,lease:3").empty());
  scene.clock.advance(60s);
  scene.result();
  CHECK(scene.outcome_of("dbpool.acquired:1|ms|#pool:a,client:y,lease:4").empty());
}

TEST_CASE("sites and leases of a client without end are bounded") {
  EventScene scene({.bounds = {.leases = 3000}});
  const std::string long_site(5000, 's');
  for (int i = 0; i < 4000; ++i) {
    const std::string lease = std::to_string(i);
    scene.receive("dbpool.acquired:1|ms|#pool:main,client:a,lease:" + lease + ",site:" + lease + long_site);
  }
  CHECK(scene.rejected(RejectReason::limit) == 1000);
  CHECK(scene.pool("apps/main").acquisitions == 4000U);
}
