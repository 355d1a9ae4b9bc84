#include "sources/push/events/events_source.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "support/datagram_sender.hpp"
#include "support/fakes/manual_scheduler.hpp"
#include "support/servers/child_process.hpp"

using namespace std::chrono_literals;
using namespace dbpool;
using test::DatagramSender;

namespace {

/// A source of events on a path, whose tasks run when the test says so.
struct EventsSite {
  EventsSite() {
    options.path = (directory.path() / "events.sock").string();
    options.leak_detection_timeout = 30s;
    open();
  }
  ~EventsSite() { scheduler->stop(); }

  void open() {
    const ProbeOptions probe{.name = "apps", .kind = SourceKind::events};
    const SharedBooks books = event_books(probe, options, *clock);
    const EventsObserver observer{
        [this](const EventNews& news, const PushCounts& counts) {
          looks.push_back(news);
          counted = counts;
        },
        [this](const std::string& address, std::size_t buffer) {
          CHECK(buffer > 0);
          opened.push_back(address);
        },
        [this](const std::string& path, const std::string& problem) { reopened.push_back(path + problem); }};
    const Runtime runtime{scheduler, clock};
    source = std::make_unique<PushSource>(PushParts{probe, 60s, events_pools(books, observer, clock->now()),
                                                    events_door(options, books, runtime, observer)},
                                          runtime, nullptr);
    scheduler->advance(0s);
  }
  /// Returns the only pool.
  PoolSnapshot pool() const {
    const auto reading = source->read();
    REQUIRE(reading->pools.size() == 1);
    return reading->pools[0];
  }
  void send(const std::string& datagram) const { CHECK(DatagramSender(options.path).send(datagram) == 0); }

  TemporaryDirectory directory;
  EventsOptions options;
  std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
  std::shared_ptr<test::ManualScheduler> scheduler = std::make_shared<test::ManualScheduler>(clock);
  std::vector<EventNews> looks;
  PushCounts counted;
  std::vector<std::string> opened, reopened;
  std::unique_ptr<PushSource> source;
};

}  // namespace

TEST_CASE("a source of events is up while its path is open, and has the pools and leaks of its clients") {
  EventsSite site;
  CHECK(site.opened == std::vector{site.options.path});
  CHECK(site.source->read()->up == true);
  CHECK(site.source->read()->pools.empty());
  site.send("dbpool.acquired:5|ms|#pool:main,client:a,lease:1,site:Cart.java:12 pay");
  site.scheduler->advance(5s);
  CHECK(site.pool().label() == "apps/main");
  CHECK(site.pool().acquisitions == 1U);
  CHECK(site.pool().active == 1U);
  CHECK(site.source->leaks("apps/main").empty());
  for (int i = 0; i < 6; ++i) site.scheduler->advance(5s);
  CHECK(site.pool().leaked == 1U);
  REQUIRE(site.source->leaks("apps/main").size() == 1);
  CHECK(site.source->leaks("apps/main")[0].site == "Cart.java:12 pay");
  const bool is_reported =
      std::ranges::any_of(site.looks, [](const auto& news) { return !news.leaks.empty(); });
  CHECK(is_reported);
  CHECK(site.counted.used == 1);
}

TEST_CASE("a pause of the process lets no client vanish whose datagrams wait") {
  EventsSite site;
  site.send("dbpool.acquired:5|ms|#pool:main,client:a,lease:1");
  site.scheduler->advance(5s);
  site.clock->advance(1h);
  CHECK(site.pool().active == 1U);
  CHECK(site.pool().leaked == 0U);
  site.send("dbpool.released:9|ms|#pool:main,client:a,lease:1");
  site.scheduler->advance(5s);
  CHECK(site.pool().releases == 1U);
  CHECK(site.pool().active == 0U);
}

TEST_CASE("a client that is silent for long is reported as gone") {
  EventsSite site;
  site.send("dbpool.acquired:5|ms|#pool:main,client:a,lease:1");
  site.scheduler->advance(5s);
  std::vector<EventNews::Gone> gone;
  for (int i = 0; i < 60; ++i) site.scheduler->advance(5s);
  for (const EventNews& news : site.looks) gone.insert(gone.end(), news.gone.begin(), news.gone.end());
  REQUIRE(gone.size() == 1);
  CHECK(gone[0].client == "a");
  CHECK(gone[0].leases == 1);
  CHECK_FALSE(site.pool().active);
}

TEST_CASE("a source that takes over the path of another one waits until that has closed it") {
  EventsSite site;
  auto before = std::move(site.source);
  site.open();
  CHECK(site.opened.size() == 1);
  before.reset();
  site.scheduler->advance(100ms);
  CHECK(site.opened.size() == 2);
  CHECK(site.source->read()->up == true);
}

TEST_CASE("a path and a port are open together, and a removed path is opened anew") {
  EventsSite site;
  site.source.reset();
  site.options.listen = PushAddress{"127.0.0.1", 0};
  site.open();
  REQUIRE(site.opened.size() == 3);
  CHECK(site.opened[2].starts_with("127.0.0.1:"));
  CHECK(site.source->read()->pushed->lost == 0U);
  std::filesystem::remove(site.options.path);
  site.scheduler->advance(5s);
  CHECK(site.reopened == std::vector{site.options.path});
  site.send("dbpool.idle:1|g|#pool:main");
  site.scheduler->advance(5s);
  CHECK(site.pool().idle == 1U);
}
