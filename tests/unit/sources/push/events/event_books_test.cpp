#include "sources/push/events/event_books.hpp"

#include <doctest/doctest.h>

#include <string>

#include "support/reported_events.hpp"

using namespace std::chrono_literals;
using namespace dbpool;
using namespace dbpool::test;

TEST_CASE("an acquisition and its release make a pool with true histograms, and active from the leases") {
  EventScene scene;
  scene.receive("dbpool.acquired:1.5|ms|#pool:main,client:web-1,lease:1,site:Cart.java:12 pay");
  PoolSnapshot pool = scene.pool("apps/main");
  CHECK(pool.acquisitions == 1U);
  CHECK(pool.releases == 0U);
  CHECK(pool.active == 1U);
  CHECK(pool.active_peak == 1U);
  CHECK(pool.acquisition_duration->sum_seconds() == doctest::Approx(0.0015));
  scene.receive("dbpool.released:250|ms|#pool:main,client:web-1,lease:1");
  pool = scene.pool("apps/main");
  CHECK(pool.releases == 1U);
  CHECK(pool.active == 0U);
  CHECK(pool.active_peak == 1U);
  CHECK(pool.usage_duration->sum_seconds() == doctest::Approx(0.25));
  CHECK(scene.books.counts().used == 2);
  CHECK(scene.books.counts().senders == 1);
  CHECK_FALSE(scene.books.counts().lost);
}

TEST_CASE("what the clients do not report is not known") {
  EventScene scene;
  scene.receive("dbpool.idle:3|g|#pool:main");
  PoolSnapshot pool = scene.pool("apps/main");
  CHECK(pool.idle == 3U);
  CHECK_FALSE(pool.active);
  CHECK_FALSE(pool.acquisitions);
  CHECK_FALSE(pool.acquisition_duration);
  CHECK_FALSE(pool.wait_recent_peak);
  CHECK_FALSE(pool.created);
  CHECK_FALSE(pool.closed[0]);
  CHECK_FALSE(pool.errors[0]);
  CHECK_FALSE(pool.leaked);
  CHECK_FALSE(pool.created_at);
  CHECK_FALSE(pool.health_checks);
  scene.receive("dbpool.connected:4|ms|#pool:main\ndbpool.acquire_rejected:2|c|#pool:main");
  pool = scene.pool("apps/main");
  CHECK(pool.created == 1U);
  CHECK(pool.connect_failures == 0U);
  CHECK(pool.acquisition_rejections == 2U);
  CHECK(pool.acquisition_timeouts == 0U);
  CHECK_FALSE(pool.reused);
  CHECK_FALSE(pool.active);
}

TEST_CASE("counters of connections and errors have their reasons") {
  EventScene scene;
  scene.receive(
      "dbpool.connected:4:5|ms|#pool:main\ndbpool.connect_failed:2|c|#pool:main,error_type:network\n"
      "dbpool.closed:3|c|#pool:main,reason:max_lifetime\ndbpool.error:1|c|#pool:main,error_type:query\n"
      "dbpool.error:1|c|#pool:main,error_type:odd\ndbpool.acquire_timeout:5000|ms|#pool:main");
  const PoolSnapshot pool = scene.pool("apps/main");
  CHECK(pool.created == 2U);
  CHECK(pool.connect_duration->count() == 2);
  CHECK(pool.connect_failures == 2U);
  CHECK(pool.errors[index_of(ErrorKind::network)] == 2U);
  CHECK(pool.errors[index_of(ErrorKind::query)] == 1U);
  CHECK(pool.errors[index_of(ErrorKind::other)] == 1U);
  CHECK(pool.errors_recent == 4U);
  CHECK(pool.closed[index_of(CloseReason::max_lifetime)] == 3U);
  CHECK(pool.closed[index_of(CloseReason::idle)] == 0U);
  CHECK(pool.acquisition_timeouts == 1U);
  CHECK(pool.last_timeout_at == scene.clock.wall());
}

TEST_CASE("a pool without a name is the source itself") {
  EventScene scene;
  scene.receive("dbpool.idle:3|g");
  CHECK(scene.pool("apps").idle == 3U);
}

TEST_CASE("gauges add up over clients, and a limit is known if every client knows it") {
  EventScene scene;
  scene.receive("dbpool.idle:3|g|#pool:main,client:a\ndbpool.max:10|g|#pool:main,client:a");
  scene.receive("dbpool.idle:9:4|g|#pool:main,client:b");
  CHECK(scene.pool("apps/main").idle == 7U);
  CHECK_FALSE(scene.pool("apps/main").max);
  scene.receive("dbpool.max:5|g|#pool:main,client:b");
  CHECK(scene.pool("apps/main").max == 15U);
  scene.receive("dbpool.max:0|g|#pool:main,client:b\ndbpool.min:0|g|#pool:main,client:a");
  CHECK_FALSE(scene.pool("apps/main").max);  // 0 is unlimited
  CHECK_FALSE(scene.pool("apps/main").min);
  scene.receive("dbpool.min:0|g|#pool:main,client:b");
  CHECK(scene.pool("apps/main").min == 0U);
  scene.receive("dbpool.idle:1|g|#pool:main|c:ci-7");
  CHECK(scene.pool("apps/main").idle == 8U);
  CHECK(scene.books.counts().senders == 3);
}

TEST_CASE("clients that do not say who they are count as one, whose last gauge counts") {
  EventScene scene;
  scene.receive("dbpool.idle:3|g|#pool:main");
  scene.receive("dbpool.idle:4|g|#pool:main");
  CHECK(scene.pool("apps/main").idle == 4U);
  CHECK(scene.books.counts().senders == 1);
}

TEST_CASE("a gauge of active connections counts before the leases") {
  EventScene scene;
  scene.receive("dbpool.acquired:1|ms|#pool:main,client:a,lease:1\ndbpool.active:7|g|#pool:main,client:b");
  CHECK(scene.pool("apps/main").active == 7U);
  CHECK_FALSE(scene.pool("apps/main").active_peak);
}

TEST_CASE("an acquisition without a lease leaves active unknown, and a release without one counts") {
  EventScene scene;
  scene.receive("dbpool.acquired:1|ms|#pool:main,client:a,lease:1\ndbpool.acquired:1|ms|#pool:main,client:b");
  CHECK_FALSE(scene.pool("apps/main").active);
  scene.receive("dbpool.released:1|ms|#pool:main,client:b\ndbpool.released:1|ms|#pool:main,client:b");
  const PoolSnapshot pool = scene.pool("apps/main");
  CHECK(pool.acquisitions == 2U);
  CHECK(pool.releases == 2U);
  CHECK_FALSE(pool.active);
}

TEST_CASE("active is known again when the client without leases has vanished, but not its peak") {
  EventScene scene({.stale_after = 60s});
  scene.receive("dbpool.acquired:1|ms|#pool:main,client:b");
  scene.clock.advance(40s);
  scene.receive("dbpool.acquired:1|ms|#pool:main,client:a,lease:1");
  CHECK_FALSE(scene.pool("apps/main").active);
  scene.clock.advance(20s);
  CHECK(scene.pool("apps/main").active == 1U);
  CHECK_FALSE(scene.pool("apps/main").active_peak);
}

TEST_CASE("a rate and packed values count as often as they stand for") {
  EventScene scene;
  scene.receive("dbpool.acquired:1:2:30|ms|@0.5|#pool:main\ndbpool.error:3|c|@0.1|#pool:main");
  CHECK(scene.pool("apps/main").acquisitions == 6U);
  CHECK(scene.pool("apps/main").acquisition_duration->count() == 6);
  CHECK(scene.pool("apps/main").errors[index_of(ErrorKind::other)] == 30U);
  CHECK(scene.outcome_of("dbpool.acquired:1:2|ms|#pool:main,lease:4") == "malformed");
  CHECK(scene.outcome_of("dbpool.acquired:1|ms|@0.5|#pool:main,lease:4") == "malformed");
}

TEST_CASE("a release of an unknown lease, a second one, and a lease that is out already contradict") {
  EventScene scene;
  CHECK(scene.outcome_of("dbpool.released:1|ms|#pool:main,client:a,lease:1") == "contradiction");
  CHECK(scene.result().pools.empty());
  CHECK(scene.books.counts().senders == 0);
  CHECK(scene.outcome_of("dbpool.acquired:1|ms|#pool:main,client:a,lease:1").empty());
  CHECK(scene.outcome_of("dbpool.acquired:1|ms|#pool:main,client:a,lease:1") == "contradiction");
  CHECK(scene.outcome_of("dbpool.released:1|ms|#pool:main,client:b,lease:1") == "contradiction");
  CHECK(scene.outcome_of("dbpool.released:1|ms|#pool:main,client:a,lease:1").empty());
  CHECK(scene.outcome_of("dbpool.released:1|ms|#pool:main,client:a,lease:1") == "contradiction");
  const PoolSnapshot pool = scene.pool("apps/main");
  CHECK(pool.acquisitions == 1U);
  CHECK(pool.releases == 1U);
  CHECK(pool.active == 0U);
  CHECK(pool.acquisition_duration->count() == 1);
}

TEST_CASE("an event from before the start contradicts, and a later one counts") {
  EventScene scene;
  const auto start = std::chrono::floor<std::chrono::seconds>(scene.clock.wall().time_since_epoch()).count();
  CHECK(scene.outcome_of("dbpool.error:1|c|#pool:main|T" + std::to_string(start - 1)) == "contradiction");
  CHECK(scene.outcome_of("dbpool.error:1|c|#pool:main|T" + std::to_string(start)).empty());
}

TEST_CASE("a lease that is out for long is a suspected leak with its site, until it comes back") {
  EventScene scene({.pool = {.leak_detection_timeout = 30s}});
  scene.receive("dbpool.acquired:1|ms|#pool:main,client:web-1,lease:41,site:Cart.java:12");
  scene.clock.advance(29s);
  CHECK(scene.pool("apps/main").leaked == 0U);
  CHECK(scene.result().leaks.empty());
  scene.clock.advance(1s);
  const ProbeResult result = scene.result();
  REQUIRE(result.leaks.at("apps/main").size() == 1);
  const LeakReport& leak = result.leaks.at("apps/main").front();
  CHECK(leak.site == "Cart.java:12");
  CHECK(leak.lease == 41);
  CHECK(leak.connection_id == "web-1/41");
  CHECK(leak.held == 30s);
  CHECK(result.pools.front().leaked == 1U);
  CHECK(result.pools.front().leaks_detected == 1U);
  const EventNews suspected = scene.books.take_news();
  CHECK(suspected.leaks.size() == 1);
  CHECK(suspected.returned.empty());
  scene.clock.advance(1s);
  scene.receive("dbpool.released:31000|ms|#pool:main,client:web-1,lease:41");
  const EventNews news = scene.books.take_news();
  CHECK(news.leaks.empty());
  REQUIRE(news.returned.size() == 1);
  CHECK(news.returned.front().pool == "apps/main");
  CHECK(news.returned.front().lease.connection_id == "web-1/41");
  CHECK(news.returned.front().lease.lease == 41);
  CHECK(news.returned.front().lease.held == 31s);
  CHECK(scene.pool("apps/main").leaked == 0U);
  CHECK(scene.pool("apps/main").leaks_recovered == 1U);
  CHECK(scene.result().leaks.empty());
  scene.receive("dbpool.acquired:1|ms|#pool:main,client:web-1,lease:42");
  scene.receive("dbpool.released:5|ms|#pool:main,client:web-1,lease:42");
  CHECK(scene.books.take_news().returned.empty());
}

TEST_CASE("a client that is silent gives its leases back without a release, and its gauges leave") {
  EventScene scene({.pool = {.leak_detection_timeout = 30s}, .stale_after = 60s});
  scene.receive("dbpool.acquired:1|ms|#pool:main,client:a,lease:1\ndbpool.idle:3|g|#pool:main,client:a");
  scene.receive("dbpool.acquired:1|ms|#pool:main,client:b,lease:1\ndbpool.idle:4|g|#pool:main,client:b");
  scene.clock.advance(40s);
  scene.receive("dbpool.idle:4|g|#pool:main,client:b");
  CHECK(scene.pool("apps/main").leaked == 2U);
  CHECK(scene.books.changes_at() == TimePoint(1s) + 60s);
  scene.clock.advance(20s);
  const PoolSnapshot pool = scene.pool("apps/main");
  CHECK(pool.active == 1U);
  CHECK(pool.idle == 4U);
  CHECK(pool.leaked == 1U);
  CHECK(pool.leaks_detected == 2U);
  CHECK(pool.leaks_recovered == 1U);
  CHECK(pool.acquisitions == 2U);
  CHECK(pool.releases == 0U);
  CHECK(pool.usage_duration->count() == 0);
  CHECK(scene.books.counts().senders == 1);
  const EventNews news = scene.books.take_news();
  REQUIRE(news.gone.size() == 1);
  CHECK(news.gone.front().pool == "apps/main");
  CHECK(news.gone.front().client == "a");
  CHECK(news.gone.front().leases == 1);
  CHECK(scene.outcome_of("dbpool.released:90000|ms|#pool:main,client:a,lease:1") == "contradiction");
  CHECK(scene.outcome_of("dbpool.acquired:1|ms|#pool:main,client:a,lease:2").empty());
  CHECK(scene.pool("apps/main").active == 2U);
}

TEST_CASE("a pool keeps its counters for an hour after its last client, and then leaves") {
  EventScene scene({.stale_after = 60s});
  scene.receive("dbpool.acquired:1|ms|#pool:main,client:a,lease:1");
  scene.clock.advance(59min);
  scene.books.forget(scene.clock.now());
  CHECK(scene.pool("apps/main").acquisitions == 1U);
  CHECK_FALSE(scene.pool("apps/main").active);
  CHECK_FALSE(scene.pool("apps/main").leaked);
  scene.clock.advance(1min);
  scene.books.forget(scene.clock.now());
  CHECK(scene.result().pools.empty());
}

TEST_CASE("the numbers of datagrams show losses, and a late one takes its loss back") {
  EventScene scene;
  const auto send = [&](const std::string& seq) {
    return scene.outcome_of("dbpool.error:1|c|#pool:main,client:a,seq:" + seq +
                            "\ndbpool.error:1|c|#pool:main");
  };
  CHECK(send("7").empty());
  CHECK(scene.books.counts().lost == 0U);
  CHECK(send("10").empty());
  CHECK(scene.books.counts().lost == 2U);
  CHECK(send("9").empty());
  CHECK(send("8").empty());
  CHECK(scene.books.counts().lost == 2U);  // they were shown, and no counter falls
  CHECK(send("13").empty());
  CHECK(scene.books.counts().lost == 2U);
  CHECK(send("15").empty());
  CHECK(scene.books.counts().lost == 3U);
  const std::uint64_t used = scene.books.counts().used;
  CHECK(send("10") == "stale");
  CHECK(scene.rejected(RejectReason::stale) == 2);  // both lines
  CHECK(scene.books.counts().used == used);
  CHECK(send("x") == "malformed");
}

TEST_CASE("a number counts only on a first line, and only of a client with a name") {
  EventScene scene;
  scene.receive("dbpool.error:1|c|#pool:main,client:a\ndbpool.error:1|c|#pool:main,client:a,seq:1");
  CHECK_FALSE(scene.books.counts().lost);
  CHECK(scene.outcome_of("dbpool.error:1|c|#pool:main,seq:5").empty());
  CHECK(scene.outcome_of("dbpool.error:1|c|#pool:main,seq:5").empty());
  CHECK_FALSE(scene.books.counts().lost);
}

TEST_CASE("drops of the system are losses, and are known from the first count on") {
  EventScene scene;
  scene.books.lose(0);
  CHECK(scene.books.counts().lost == 0U);
  scene.books.lose(4);
  scene.receive("dbpool.error:1|c|#pool:main,client:a,seq:1");
  scene.receive("dbpool.error:1|c|#pool:main,client:a,seq:4");
  CHECK(scene.books.counts().lost == 6U);
}

TEST_CASE("a reading changes at once with a datagram, and by itself when a client vanishes") {
  EventScene scene({.stale_after = 60s});
  scene.result();
  CHECK(scene.books.changes_at() == TimePoint::max());
  scene.receive("dbpool.idle:1|g|#pool:a,client:x");
  CHECK(scene.books.changes_at() == TimePoint::min());
  scene.result();
  CHECK(scene.books.changes_at() == scene.clock.now() + 60s);
}

TEST_CASE("a lease whose release was lost is no leak for ever") {
  EventScene scene({.pool = {.leak_detection_timeout = 30s}, .stale_after = 5min});
  const auto report = [&](const std::string& event, int number) {
    scene.receive("dbpool." + event + ",pool:main,client:a,seq:" + std::to_string(number));
  };
  report("acquired:1|ms|#lease:1", 1);
  scene.clock.advance(1min);
  report("acquired:1|ms|#lease:2", 3);  // the release of lease 1 was in datagram 2
  CHECK(scene.pool("apps/main").leaked == 1U);
  for (int i = 4; i < 8; ++i) {
    scene.clock.advance(1min);
    scene.books.forget(scene.clock.now());
    report("idle:1|g|#a:b", i);
  }
  CHECK(scene.pool("apps/main").leaked == 2U);
  scene.clock.advance(1min);
  scene.books.forget(scene.clock.now());
  const EventNews news = scene.books.take_news();
  REQUIRE(news.given_up.size() == 1);
  CHECK(news.given_up[0].pool == "apps/main");
  CHECK(news.given_up[0].client == "a");
  CHECK(news.given_up[0].leases == 2);
  const PoolSnapshot pool = scene.pool("apps/main");
  CHECK(pool.leaked == 0U);
  CHECK(pool.active == 0U);
  CHECK(pool.leaks_detected == 2U);
  CHECK(pool.leaks_recovered == 2U);
  CHECK(scene.outcome_of("dbpool.released:9|ms|#pool:main,client:a,lease:2") == "contradiction");
}

TEST_CASE("a lease that was given after the last loss stays, and one before a later loss gets its time") {
  EventScene scene({.stale_after = 5min});
  scene.receive("dbpool.acquired:1|ms|#pool:main,client:a,lease:1,seq:1");
  scene.receive("dbpool.idle:1|g|#pool:main,client:a,seq:3");
  scene.clock.advance(1min);
  scene.receive("dbpool.acquired:1|ms|#pool:main,client:a,lease:2,seq:4");
  scene.clock.advance(1min);
  scene.receive("dbpool.idle:1|g|#pool:main,client:a,seq:6");
  scene.clock.advance(1min);
  scene.receive("dbpool.acquired:1|ms|#pool:main,client:a,lease:3,seq:7");
  scene.clock.advance(2min);
  scene.receive("dbpool.idle:1|g|#pool:main,client:a,seq:8");
  scene.books.forget(scene.clock.now());
  CHECK(scene.pool("apps/main").active == 2U);
  scene.clock.advance(2min);
  scene.receive("dbpool.idle:1|g|#pool:main,client:a,seq:9");
  scene.books.forget(scene.clock.now());
  CHECK(scene.pool("apps/main").active == 1U);
  scene.clock.advance(4min);
  scene.receive("dbpool.idle:1|g|#pool:main,client:a,seq:10");
  scene.books.forget(scene.clock.now());
  CHECK(scene.pool("apps/main").active == 1U);
}

TEST_CASE("a drop by the system makes the leases of every client doubtful") {
  EventScene scene({.stale_after = 5min});
  scene.receive("dbpool.acquired:1|ms|#pool:main,client:a,lease:1");
  scene.books.lose(0);
  scene.clock.advance(4min);
  scene.receive("dbpool.acquired:1|ms|#pool:main,client:a,lease:2");
  scene.books.lose(3);
  scene.clock.advance(4min);
  scene.receive("dbpool.acquired:1|ms|#pool:main,client:a,lease:3");
  scene.books.forget(scene.clock.now());
  CHECK(scene.pool("apps/main").active == 3U);
  scene.clock.advance(1min);
  scene.books.forget(scene.clock.now());
  CHECK(scene.pool("apps/main").active == 1U);
}

TEST_CASE("a time in which the process was stopped is neither silence of a client nor age of a lease") {
  EventScene scene({.pool = {.leak_detection_timeout = 30s}, .stale_after = 5min});
  scene.receive("dbpool.acquired:1|ms|#pool:main,client:a,lease:1");
  scene.clock.advance(10min);
  scene.books.pardon(10min);
  CHECK(scene.pool("apps/main").active == 1U);
  CHECK(scene.pool("apps/main").leaked == 0U);
  scene.receive("dbpool.released:9|ms|#pool:main,client:a,lease:1");
  CHECK(scene.pool("apps/main").releases == 1U);
}
