#include "sources/push/push_source.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "support/fakes/manual_scheduler.hpp"
#include "support/fakes/pool_named.hpp"

using namespace std::chrono_literals;
using namespace dbpool;

namespace {

/// Pools as a test sets them.
class SetPools : public PushedPools {
 public:
  std::optional<PushedReading> read(TimePoint now, const std::optional<PushCounts>& known) override {
    if (known == pushed && now < changes) return std::nullopt;
    ++asked;
    changes = TimePoint::max();
    ProbeResult result;
    for (const auto& name : names) {
      result.pools.push_back(pool_named(name));
      result.pools.back().errors[0] = 1;
    }
    for (const auto& name : leaking) result.leaks[name].emplace_back().connection_id = "c/1";
    result.hints = hints;
    result.dropped = 3;
    return PushedReading{std::move(result), not_reported, pushed};
  }
  void forget(TimePoint now) override { forgotten = now; }

  std::vector<std::string> names{"s/a", "s/b"}, leaking, hints;
  std::set<std::string> not_reported;
  PushCounts pushed;
  TimePoint changes, forgotten;
  int asked = 0;
};

class CountedDoor : public PushDoor {
 public:
  explicit CountedDoor(int& open) : open_(open) { ++open_; }
  ~CountedDoor() override { --open_; }
  std::string address() const override { return "127.0.0.1:4318"; }

 private:
  int& open_;
};

/// A source with a fake clock, whose door opens unless `refusal` says why not.
struct PushSite {
  PushSite() { make(); }
  ~PushSite() { scheduler->stop(); }

  void make() {
    source = std::make_unique<PushSource>(
        PushParts{{.name = "s", .kind = SourceKind::otlp}, 60s, pools, [this] { return opened(); }},
        Runtime{scheduler, clock}, [this](const ReadingReport& report) {
          CHECK(report.source == "s");
          problems.push_back(report.reading.last_error);
          hints_reported.push_back(report.reading.hints);
        });
  }

  std::unique_ptr<PushDoor> opened() {
    ++attempts;
    if (!refusal.empty()) throw Error(refusal);
    return std::make_unique<CountedDoor>(open);
  }

  std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
  std::shared_ptr<test::ManualScheduler> scheduler = std::make_shared<test::ManualScheduler>(clock);
  std::shared_ptr<SetPools> pools = std::make_shared<SetPools>();
  std::string refusal;
  int attempts = 0, open = 0;
  std::vector<std::string> problems;
  std::vector<std::vector<std::string>> hints_reported;
  std::unique_ptr<PushSource> source;
};

}  // namespace

TEST_CASE("a push source is up while its door is open, and knows nothing of it before") {
  PushSite site;
  CHECK_FALSE(site.source->read()->settled);
  CHECK_FALSE(site.source->read()->up);
  site.scheduler->run();
  CHECK(site.open == 1);
  const auto reading = site.source->read();
  CHECK(reading->settled);
  CHECK(reading->up == true);
  CHECK(reading->last_error.empty());
  CHECK(reading->dropped_pools == 3U);
  CHECK(reading->pools.size() == 2);
  CHECK(site.problems == std::vector<std::string>{""});
  site.source.reset();
  CHECK(site.open == 0);
}

TEST_CASE("whether there were errors lately is not known of a pool that no sender reports") {
  PushSite site;
  site.pools->not_reported = {"s/b"};
  site.scheduler->run();
  const auto reading = site.source->read();
  REQUIRE(reading->pools.size() == 2);
  CHECK(reading->pools[0].errors_recent == 0U);
  CHECK(reading->pools[1].errors_recent == std::nullopt);
  CHECK(reading->pools[1].errors_last_hour == std::nullopt);
  CHECK(reading->pools[1].errors[0] == 1U);
}

TEST_CASE("a push source has no reads, failures, duration or last success") {
  PushSite site;
  site.scheduler->run();
  const auto reading = site.source->read();
  CHECK(reading->pushed == PushCounts());
  CHECK_FALSE(reading->reads);
  CHECK_FALSE(reading->read_failures);
  CHECK_FALSE(reading->read_seconds);
  CHECK_FALSE(reading->last_success);
  CHECK_FALSE(reading->last_success_at);
}

TEST_CASE("a door that cannot be opened is tried again silently for a second, then after growing pauses") {
  PushSite site;
  site.refusal = "listen on 127.0.0.1:4318: address already in use";
  site.scheduler->advance(900ms);
  CHECK(site.attempts >= 10);
  CHECK(site.problems.empty());
  CHECK_FALSE(site.source->read()->settled);
  site.scheduler->advance(200ms);
  CHECK(site.problems == std::vector<std::string>{site.refusal});
  CHECK(site.source->read()->settled);
  CHECK(site.source->read()->up == false);
  CHECK(site.source->read()->last_error == site.refusal);

  const int before = site.attempts;
  site.scheduler->advance(7s);  // pauses of 1, 2 and 4 s
  CHECK(site.attempts == before + 3);
  site.refusal.clear();
  site.scheduler->advance(8s);
  CHECK(site.open == 1);
  CHECK(site.source->read()->up == true);
  CHECK(site.source->read()->last_error.empty());
  CHECK(site.problems[4].empty());
}

TEST_CASE("a port that the source before it still holds is open within the first second, without a word") {
  PushSite site;
  site.refusal = "address already in use";
  site.scheduler->advance(300ms);
  site.refusal.clear();
  site.scheduler->advance(100ms);
  CHECK(site.open == 1);
  CHECK(site.problems == std::vector<std::string>{""});
}

TEST_CASE("a source that is gone opens no door") {
  PushSite site;
  site.refusal = "address already in use";
  site.scheduler->advance(300ms);
  site.refusal.clear();
  site.source.reset();
  site.scheduler->advance(10s);
  CHECK(site.open == 0);
}

TEST_CASE("a door that opens while its source goes is closed again") {
  PushSite site;
  std::unique_ptr<PushSource> going;
  int open = 0;
  going = std::make_unique<PushSource>(PushParts{{.name = "s", .kind = SourceKind::otlp},
                                                 60s,
                                                 site.pools,
                                                 [&] {
                                                   auto door = std::make_unique<CountedDoor>(open);
                                                   going.reset();
                                                   return door;
                                                 }},
                                       Runtime{site.scheduler, site.clock}, nullptr);
  site.scheduler->run();
  CHECK(going == nullptr);
  CHECK(open == 0);
}

TEST_CASE("callers share a reading until something is pushed, a value gets too old, or 5 s are over") {
  PushSite site;
  site.scheduler->run();
  const auto first = site.source->read();
  const int asked = site.pools->asked;
  CHECK(site.source->read() == first);
  CHECK(site.pools->asked == asked);

  site.pools->changes = TimePoint::min();  // a push
  CHECK(site.source->read() != first);
  site.pools->changes = site.clock->now() + 2s;
  const auto second = site.source->read();
  site.clock->advance(1s);
  CHECK(site.source->read() == second);
  site.clock->advance(1s);
  CHECK(site.source->read() != second);

  site.pools->changes = TimePoint::max();
  const auto third = site.source->read();
  site.clock->advance(4s);
  CHECK(site.source->read() == third);
  site.clock->advance(1s);
  CHECK(site.source->read() != third);
}

TEST_CASE("a point that changes no pool is counted at once") {
  PushSite site;
  site.scheduler->run();
  CHECK(site.source->read()->pushed->used == 0);
  site.pools->pushed.used = 1;
  CHECK(site.source->read()->pushed->used == 1);
  site.pools->pushed.rejected[index_of(RejectReason::stale)] = 1;
  CHECK(site.source->read()->pushed->rejected[index_of(RejectReason::stale)] == 1);
}

TEST_CASE("hints are reported every 5 s, and what was silent for long is forgotten then") {
  PushSite site;
  site.scheduler->run();
  site.pools->hints = {"a hint"};
  site.pools->changes = TimePoint::min();
  site.scheduler->advance(5s);
  CHECK(site.hints_reported == std::vector<std::vector<std::string>>{{}, {"a hint"}});
  CHECK(site.pools->forgotten == site.clock->now());
  site.scheduler->advance(5s);
  CHECK(site.hints_reported.size() == 3);
}

TEST_CASE("of pushed pools with one label the first is shown") {
  PushSite site;
  site.pools->names = {"s/a", "s/a"};
  site.scheduler->run();
  CHECK(site.source->read()->pools.size() == 1);
}

TEST_CASE("the leaks of a pool are those of the last reading") {
  PushSite site;
  site.scheduler->advance(0s);
  CHECK(site.source->leaks("s/a").empty());
  site.pools->leaking = {"s/a"};
  site.pools->pushed.used = 1;
  site.source->read();
  REQUIRE(site.source->leaks("s/a").size() == 1);
  CHECK(site.source->leaks("s/a")[0].connection_id == "c/1");
  CHECK(site.source->leaks("s/b").empty());
}
