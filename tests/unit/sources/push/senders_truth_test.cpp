#include <doctest/doctest.h>

#include <chrono>
#include <random>
#include <vector>

#include "sources/push/rebin.hpp"
#include "sources/push/senders.hpp"
#include "support/pushes.hpp"

using namespace dbpool;
using namespace dbpool::test;
using namespace std::chrono_literals;

namespace {

/// What processes have counted, of all of which the exporter has received.
struct Counted {
  std::uint64_t timeouts = 0, created = 0;
  double waited = 0;
  Histogram::Counts waits = Histogram::Counts(3);
};

/// A process that counts and pushes as an SDK does.
struct CountingProcess {
  Attributes resource;
  bool is_delta = false;
  std::int64_t start = 0, pushed_at = 0;  ///< seconds
  Counted counted = {};                   ///< since its start or, of deltas, since its last push
};

/// Well-behaved processes of one service, with instance ids and without, in both temporalities. They restart,
/// repeat their exports, and are silent for hours; one of them keeps the pool alive.
class HonestProcesses {
 public:
  explicit HonestProcesses(unsigned seed, const PushLimits& limits = {})
      : random_(seed), scene_(scene_with({}, limits)) {
    for (int i = 0; i < 8; ++i) {
      const bool has_instance = i % 2 == 0;
      const bool is_delta = i >= 4;
      processes_.push_back(
          {.resource = {{"service.name", "shop"},
                        {has_instance ? "service.instance.id" : "temporality",
                         has_instance ? std::to_string(i) : std::to_string(static_cast<int>(is_delta))}},
           .is_delta = is_delta});
      restart(processes_.back());
    }
  }

  void step() {
    scene_.clock.advance(std::chrono::seconds(1 + below(below(10) == 0 ? 1500 : 60)));
    push(processes_.front());
    scene_.clock.advance(1s);
    // Of the others some are silent for long.
    auto& process = processes_[static_cast<std::size_t>(1 + below(below(20) == 0 ? 7 : 4))];
    if (below(30) == 0) restart(process);
    push(process);
    if (below(4) == 0) scene_.senders.forget(scene_.clock.now());
  }
  const Counted& truth() const noexcept { return truth_; }
  Counted shown() {
    const auto pool = scene_.pool("otel/shop/main");
    REQUIRE(pool);
    return {pool->acquisition_timeouts.value_or(0), pool->created.value_or(0),
            pool->acquisition_duration->sum_seconds(), counts_of(*pool->acquisition_duration)};
  }

 private:
  int below(int end) { return std::uniform_int_distribution(0, end - 1)(random_); }
  std::int64_t now() const {
    return std::chrono::floor<std::chrono::seconds>(scene_.clock.now().time_since_epoch()).count();
  }

  /// Begins a new process of the same resource. No two have one start.
  void restart(CountingProcess& process) {
    scene_.clock.advance(1s);
    process.counted = {};
    process.start = process.pushed_at = now();
    scene_.clock.advance(1s);
  }

  void count(CountingProcess& process) {
    for (Counted* const counted : {&process.counted, &truth_}) {
      counted->timeouts += growth_[0], counted->created += growth_[1];
      for (std::size_t i = 0; i < 3; ++i) counted->waits[i] += growth_[i];
      counted->waited += static_cast<double>(growth_[2]);
    }
  }

  void push(CountingProcess& process) {
    for (std::uint64_t& growth : growth_) growth = static_cast<std::uint64_t>(below(50));
    count(process);
    const Counted& counted = process.counted;
    const std::int64_t start = process.is_delta ? process.pushed_at : process.start;
    std::vector<Pushed> points{pushed_counter("db.timeouts", static_cast<double>(counted.timeouts), start),
                               pushed_counter("db.created", static_cast<double>(counted.created), start),
                               pushed_histogram("db.wait", {0.01, 0.1}, counted.waits, start)};
    points.back().value = counted.waited;
    for (Pushed& point : points) {
      if (process.is_delta) point.temporality = Temporality::delta;
    }
    for (int i = 0; i <= below(2); ++i) scene_.push(process.resource, points);  // a retry, now and then
    process.pushed_at = now();
    if (process.is_delta) process.counted = {};
  }

  std::mt19937 random_;
  PushScene scene_;
  std::vector<CountingProcess> processes_;
  std::array<std::uint64_t, 3> growth_{};
  Counted truth_;
};

}  // namespace

TEST_CASE("of well-behaved processes exactly that is shown which they have counted") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    HonestProcesses processes(seed);
    for (int i = 0; i < 300; ++i) {
      CAPTURE(i);
      processes.step();
      const Counted shown = processes.shown();
      REQUIRE(shown.timeouts == processes.truth().timeouts);
      REQUIRE(shown.created == processes.truth().created);
      REQUIRE(shown.waits == processes.truth().waits);
      REQUIRE(shown.waited == doctest::Approx(processes.truth().waited));
    }
  }
}

TEST_CASE("where senders have to leave and return, never more is shown than they have counted") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    HonestProcesses processes(seed, {.senders = 3});
    Counted last;
    for (int i = 0; i < 300; ++i) {
      CAPTURE(i);
      processes.step();
      const Counted shown = processes.shown();
      REQUIRE(shown.timeouts <= processes.truth().timeouts);
      REQUIRE(shown.created <= processes.truth().created);
      REQUIRE(shown.timeouts >= last.timeouts);
      last = shown;
    }
    CHECK(last.timeouts > processes.truth().timeouts / 4);
  }
}
