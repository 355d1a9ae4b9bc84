#include "sources/probed_source.hpp"

#include <doctest/doctest.h>

#include "support/fakes/manual_scheduler.hpp"
#include "support/fakes/pool_named.hpp"

using namespace std::chrono_literals;
using namespace dbpool;

namespace {

/// The answers of a target, and the number of readings.
struct Target {
  std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
  std::vector<std::string> pools{"s/a", "s/b"};
  std::vector<std::string> hints;
  std::shared_ptr<const Histogram> waits;
  std::optional<std::uint64_t> dropped;
  bool broken = false;
  bool silent = false;
  int asked = 0;
  int open = 0;  // readings in progress
};

class TargetReading : public ProbeOperation {
 public:
  TargetReading(Target& target, Deadline deadline) : target_(target), deadline_(deadline) { ++target_.open; }
  ~TargetReading() override { --target_.open; }

  std::optional<IoWait> advance(TimePoint now) override {
    if (target_.silent && !deadline_.passed(now)) return IoWait{-1, 0, deadline_.when()};
    if (target_.silent) throw Error("no answer in time");
    if (target_.broken) throw Error("refused");
    return std::nullopt;
  }
  ProbeResult take() override {
    ProbeResult result;
    for (const auto& name : target_.pools) {
      PoolSnapshot pool = pool_named(name);
      pool.active = 1;
      pool.acquisition_duration = target_.waits;
      result.pools.push_back(pool);
    }
    result.dropped = target_.dropped;
    result.hints = target_.hints;
    LeakReport leak;
    leak.connection_id = "7";
    if (!target_.pools.empty()) result.leaks[result.pools[0].label()] = {leak};
    return result;
  }

 private:
  Target& target_;
  Deadline deadline_;
};

class TargetProbe : public Probe {
 public:
  explicit TargetProbe(Target& target) : target_(target) {}
  std::unique_ptr<ProbeOperation> start_read(Deadline deadline) override {
    ++target_.asked;
    return std::make_unique<TargetReading>(target_, deadline);
  }

 private:
  Target& target_;
};

/// A source on that target, with a fake clock.
struct Site {
  explicit Site(unsigned limit = 500) {
    source = std::make_unique<ProbedSource>(
        ProbeOptions{.name = "s", .kind = SourceKind::pgpool, .interval = 5s, .timeout = 2s, .limit = limit},
        std::make_unique<TargetProbe>(target), Runtime{scheduler, target.clock},
        [this](const ReadingReport& report) {
          problems.push_back(report.reading.last_error);
          hints_told.push_back(report.reading.hints);
          open_when_told.push_back(target.open);
        });
  }
  ~Site() { scheduler->stop(); }

  Target target;
  std::shared_ptr<test::ManualScheduler> scheduler = std::make_shared<test::ManualScheduler>(target.clock);
  std::vector<std::string> problems;
  std::vector<std::vector<std::string>> hints_told;
  std::vector<int> open_when_told;
  std::unique_ptr<ProbedSource> source;
};

}  // namespace

TEST_CASE("a probed source has read nothing before its first reading") {
  Site site;
  const auto reading = site.source->read();
  CHECK_FALSE(reading->settled);
  CHECK_FALSE(reading->up.has_value());
  CHECK(reading->reads == 0U);
  CHECK_FALSE(reading->last_success.has_value());
  CHECK(site.source->kind() == SourceKind::pgpool);
}

TEST_CASE("a target is read once per interval, however many ask") {
  Site site;
  site.scheduler->advance(0s);
  for (int i = 0; i < 100; ++i) CHECK(site.source->read()->pools.size() == 2);
  CHECK(site.target.asked == 1);
  site.scheduler->advance(20s);
  CHECK(site.target.asked == 5);
  CHECK(site.source->read()->reads == 5U);
  CHECK(site.target.open == 0);
}

TEST_CASE("callers share one reading, which stays as it is when the next one ends") {
  Site site;
  site.scheduler->advance(0s);
  const auto reading = site.source->read();
  CHECK(site.source->read() == reading);
  site.target.pools = {"s/c"};
  site.scheduler->advance(5s);
  CHECK(site.source->read() != reading);
  CHECK(site.source->read()->pools.at(0).label() == "s/c");
  CHECK(reading->reads == 1U);
  CHECK(reading->pools.size() == 2);
  site.target.broken = true;
  site.scheduler->advance(5s);
  CHECK_FALSE(reading->pools[0].unread);
}

TEST_CASE("a failed reading leaves the names of the pools and nothing else") {
  Site site;
  site.scheduler->advance(0s);
  CHECK(site.source->leaks("s/a").size() == 1);
  site.target.broken = true;
  site.scheduler->advance(5s);
  const auto reading = site.source->read();
  CHECK(reading->up == false);
  CHECK(reading->read_failures == 1U);
  CHECK(reading->last_error == "refused");
  CHECK(reading->last_success.has_value());
  CHECK(reading->last_success_at.has_value());
  REQUIRE(reading->pools.size() == 2);
  CHECK(reading->pools[1].label() == "s/b");
  CHECK(reading->pools[1].unread);
  CHECK_FALSE(reading->pools[1].active.has_value());
  CHECK(site.source->leaks("s/a").empty());
}

TEST_CASE("a target that fails is asked again with growing pauses, and at its interval once it answers") {
  Site site;
  site.target.broken = true;
  std::vector<int> asked;
  for (int second = 0; second <= 60; ++second) {
    asked.push_back(site.target.asked);
    site.scheduler->advance(1s);
  }
  // After pauses of 5 (the interval, three times), 8, 16 and 16 s.
  CHECK(asked[14] == 3);
  CHECK(asked[15] == 4);
  CHECK(asked[22] == 4);
  CHECK(asked[23] == 5);
  CHECK(asked[38] == 5);
  CHECK(asked[39] == 6);
  CHECK(asked[55] == 7);

  site.target.broken = false;
  site.scheduler->advance(16s);
  CHECK(site.source->read()->up == true);
  const int before = site.target.asked;
  site.scheduler->advance(10s);
  CHECK(site.target.asked == before + 2);
}

TEST_CASE("a silent target ends a reading at its timeout") {
  Site site;
  site.target.silent = true;
  site.scheduler->advance(1900ms);
  CHECK_FALSE(site.source->read()->settled);
  site.scheduler->advance(200ms);
  CHECK(site.source->read()->settled);
  CHECK(site.source->read()->last_error == "no answer in time");
  CHECK(*site.source->read()->read_seconds == doctest::Approx(2.0));
}

TEST_CASE("every reading is told, the good ones with an empty problem") {
  Site site;
  site.scheduler->advance(0s);
  site.target.broken = true;
  site.scheduler->advance(5s);
  CHECK(site.problems == std::vector<std::string>{"", "refused"});
}

TEST_CASE("a reading is gone before it is told, and so before the next one may begin") {
  Site site;
  site.scheduler->advance(0s);
  site.target.broken = true;
  site.scheduler->advance(5s);
  CHECK(site.open_when_told == std::vector<int>{0, 0});
}

TEST_CASE("pools beyond the limit are dropped and counted") {
  Site site(2);
  site.target.pools = {"s/a", "s/b", "s/c", "s/d", "s/e"};
  site.scheduler->advance(0s);
  const auto reading = site.source->read();
  CHECK(reading->pools.size() == 2);
  CHECK(reading->dropped_pools == 3U);
}

TEST_CASE("a probe that keeps to the limit itself says what it has dropped, and nothing else is") {
  Site site(2);
  site.target.pools = {"s/a", "s/b", "s/other"};
  site.target.dropped = 7;
  site.scheduler->advance(0s);
  const auto reading = site.source->read();
  CHECK(reading->pools.size() == 3);
  CHECK(reading->dropped_pools == 7U);
}

TEST_CASE("of pools with one name the first stays, and the other is no dropped pool") {
  Site site;
  site.target.pools = {"s/a", "s/a", "s/b"};
  site.scheduler->advance(0s);
  CHECK(site.source->read()->pools.size() == 2);
  CHECK(site.source->read()->dropped_pools == 0U);
}

TEST_CASE("a pool that has vanished from its source is forgotten") {
  Site site;
  site.scheduler->advance(0s);
  site.target.pools = {"s/b"};
  site.scheduler->advance(5s);
  CHECK(site.source->read()->pools.size() == 1);
}

TEST_CASE("a source that goes away ends its readings") {
  Site site;
  site.scheduler->advance(0s);
  SUBCASE("between two of them") {}
  SUBCASE("in the middle of one") {
    site.target.silent = true;
    site.scheduler->advance(6s);
    REQUIRE(site.target.open == 1);
  }
  const int before = site.target.asked;
  site.source.reset();
  site.scheduler->advance(60s);
  CHECK(site.target.asked == before);
  CHECK(site.target.open == 0);
}

TEST_CASE("a scheduler that stops in the middle of a reading takes it along") {
  Site site;
  site.target.silent = true;
  site.scheduler->advance(1s);
  REQUIRE(site.target.open == 1);
  site.source.reset();
  site.scheduler->stop();
  CHECK(site.target.open == 0);
}

TEST_CASE("a pool has one name from the reading on, which is valid UTF-8, and so have its leaks") {
  Site site;
  const std::string repaired = "s/a\xEF\xBF\xBD";
  site.target.pools = {"s/a\xFF", "s/b", "s/a\xFE"};
  site.scheduler->run();
  const auto pools = site.source->read()->pools;
  REQUIRE(pools.size() == 2);
  CHECK(pools[0].label() == repaired);
  CHECK(pools[1].label() == "s/b");
  CHECK(site.source->leaks(repaired).size() == 1);
  CHECK(site.source->leaks("s/a\xFF").empty());
}

TEST_CASE("a histogram that has no bucket for the objective is hinted at in the reading and the report") {
  Site site;
  site.target.waits = std::make_shared<const Histogram>(
      std::make_shared<const std::vector<double>>(std::vector{0.1}), Histogram::Counts{5, 1}, 1.0);
  site.scheduler->run();
  const auto reading = site.source->read();
  REQUIRE(reading->hints.size() == 1);
  CHECK(reading->hints[0].find("no bucket bound from 0.005 to 0.01 s, as of pool s/a;") != std::string::npos);
  CHECK(site.hints_told.at(0) == reading->hints);
  CHECK_FALSE(reading->pools.at(0).acquisitions_slow);
  CHECK(reading->pools.at(0).acquisition_duration == site.target.waits);
}

TEST_CASE("hints stay with their reading, and are told with it") {
  Site site;
  site.target.hints = {"max: /maxx leads to nothing"};
  site.scheduler->run();
  CHECK(site.source->read()->hints == site.target.hints);
  site.target.broken = true;
  site.scheduler->advance(5s);
  CHECK(site.source->read()->up == false);
  CHECK(site.source->read()->hints.empty());
  REQUIRE(site.hints_told.size() == 2);
  CHECK(site.hints_told[0] == site.target.hints);
  CHECK(site.hints_told[1].empty());
}
