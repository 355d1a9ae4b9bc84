#include "dbpool/observe/pool_ledger.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "model/slow_count.hpp"

using namespace std::chrono_literals;
using namespace dbpool;

namespace {

using Wait = std::chrono::nanoseconds;

PoolSnapshot filled(const PoolLedger& ledger, std::chrono::nanoseconds now) {
  PoolSnapshot snapshot;
  ledger.fill(snapshot, now);
  ledger.durations().fill(snapshot);
  return snapshot;
}

const WallTime noon = WallTime(std::chrono::seconds(1'800'000'000));

}  // namespace

TEST_CASE("active is what was acquired and not released, and its peak is kept") {
  PoolLedger ledger({}, noon);
  ledger.apply(event::Acquired{1s, 2ms, false});
  ledger.apply(event::Acquired{1s, 0ms, true});
  ledger.apply(event::Released{30ms});
  const auto s = filled(ledger, 2s);
  CHECK(s.active == 1);
  CHECK(s.active_peak == 2);
  CHECK(s.acquisitions == 2);
  CHECK(s.releases == 1);
  CHECK(s.reused == 1);
  CHECK(s.usage_duration->sum_seconds() == doctest::Approx(0.03));
  CHECK(s.created_at == noon);
}

TEST_CASE("a release whose acquire is unknown counts, and active stays 0") {
  PoolLedger ledger({}, noon);
  ledger.apply(event::Released{30ms});
  ledger.apply(event::Released{10ms});
  auto s = filled(ledger, 1s);
  CHECK(s.active == 0);
  CHECK(s.acquisitions == 0);
  CHECK(s.releases == 2);
  CHECK(s.usage_duration->count() == 2);
  CHECK(ledger.unmatched_releases() == 2);

  ledger.apply(event::Acquired{2s, 0ms, false});
  s = filled(ledger, 2s);
  CHECK(s.active == 1);
  CHECK(s.active_peak == 1);
  ledger.apply(event::Released{5ms});
  CHECK(ledger.active() == 0);
  CHECK(ledger.unmatched_releases() == 2);
}

TEST_CASE("the books balance and active stays in bounds, whichever events are lost") {
  // Every order of ten events: a set bit acquires, a clear one releases.
  for (unsigned order = 0; order < 1024; ++order) {
    CAPTURE(order);
    PoolLedger ledger({}, noon);
    for (unsigned i = 0; i < 10; ++i) {
      if ((order >> i & 1U) != 0) {
        ledger.apply(event::Acquired{1s, 0ms, false});
      } else {
        ledger.apply(event::Released{1ms});
      }
    }
    const auto s = filled(ledger, 2s);
    REQUIRE(*s.active <= *s.acquisitions);
    REQUIRE(*s.active_peak <= *s.acquisitions);
    REQUIRE(*s.acquisitions + ledger.unmatched_releases() == *s.releases + *s.active);
  }
}

TEST_CASE("a lease that vanishes is out no more, without a release and without a time of use") {
  PoolLedger ledger({}, noon);
  ledger.apply(event::Acquired{1s, 0ms, false});
  ledger.apply(event::Acquired{1s, 0ms, false});
  ledger.apply(event::Vanished{});
  const auto s = filled(ledger, 2s);
  CHECK(s.active == 1);
  CHECK(s.releases == 0);
  CHECK(s.usage_duration->count() == 0);
  CHECK(ledger.vanished() == 1);
  ledger.apply(event::Released{1ms});
  CHECK(ledger.active() == 0);
  CHECK(ledger.unmatched_releases() == 0);
}

TEST_CASE("an event that stands for several counts as often") {
  PoolLedger ledger({.latency_objective = 10ms}, noon);
  ledger.apply(event::Acquired{.at = 1s, .waited = 20ms, .reused = true, .times = 3});
  ledger.apply(event::Released{.used = 1s, .times = 5});
  ledger.apply(event::TimedOut{.at = 1s, .waited = 1s, .time = noon, .times = 2});
  ledger.apply(event::Rejected{4});
  ledger.apply(event::Connected{.took = 5ms, .times = 6});
  ledger.apply(event::ConnectFailed{7});
  ledger.apply(event::Closed{.reason = CloseReason::idle, .times = 8});
  ledger.apply(event::Failed{
      .kind = ErrorKind::query, .error = "no", .at = 1s, .began = 1s, .time = noon, .times = 9});
  const auto s = filled(ledger, 1s);
  CHECK(s.acquisitions == 3);
  CHECK(s.reused == 3);
  CHECK(s.active_peak == 3);
  CHECK(s.releases == 5);
  CHECK(s.active == 0);
  CHECK(ledger.unmatched_releases() == 2);
  CHECK(s.usage_duration->count() == 5);
  CHECK(s.usage_duration->sum_seconds() == doctest::Approx(5));
  CHECK(s.acquisition_timeouts == 2);
  CHECK(s.acquisitions_slow == 5);
  CHECK(s.acquisition_duration->count() == 5);
  CHECK(s.acquisition_rejections == 4);
  CHECK(s.created == 6);
  CHECK(s.connect_duration->count() == 6);
  CHECK(s.connect_failures == 7);
  CHECK(s.closed[index_of(CloseReason::idle)] == 8);
  CHECK(s.errors[index_of(ErrorKind::query)] == 9);
  CHECK(s.errors_recent == 9);
  CHECK(s.errors_last_hour == 9);
}

TEST_CASE("a timeout is a wait, too") {
  PoolLedger ledger({}, noon);
  ledger.apply(event::TimedOut{10s, 500ms, {}});
  const auto s = filled(ledger, 10s);
  CHECK(s.acquisition_timeouts == 1);
  CHECK(s.acquisitions == 0);
  CHECK(s.acquisition_duration->count() == 1);
  CHECK(s.wait_peak == doctest::Approx(0.5));
  CHECK(s.wait_recent_peak == doctest::Approx(0.5));
}

TEST_CASE("an acquisition is slow from one nanosecond beyond the objective") {
  PoolLedger ledger({.latency_objective = 10ms}, noon);
  CHECK(filled(ledger, 1s).acquisitions_slow == 0);
  for (const Wait wait : {Wait(0), Wait(10ms) - 1ns, Wait(10ms)})
    ledger.apply(event::Acquired{1s, wait, false});
  CHECK(filled(ledger, 1s).acquisitions_slow == 0);
  ledger.apply(event::Acquired{1s, Wait(10ms) + 1ns, false});
  const auto s = filled(ledger, 1s);
  CHECK(s.acquisitions_slow == 1);
  CHECK(s.acquisition_objective == 0.01);
}

TEST_CASE("a timeout is slow by the time that it waited, and a rejection never is") {
  PoolLedger ledger({.latency_objective = 10ms}, noon);
  ledger.apply(event::TimedOut{10s, 5ms, noon});
  ledger.apply(event::Rejected{});
  CHECK(filled(ledger, 10s).acquisitions_slow == 0);
  ledger.apply(event::TimedOut{10s, 500ms, noon});
  CHECK(filled(ledger, 10s).acquisitions_slow == 1);
}

TEST_CASE("what is slow is counted by the objective at that moment, and the count never falls") {
  PoolLedger ledger({.latency_objective = 10ms}, noon);
  const auto acquire = [&] {
    ledger.apply(event::Acquired{1s, 20ms, false});
    return filled(ledger, 1s);
  };
  CHECK(acquire().acquisitions_slow == 1);
  ledger.set_latency_objective(50ms);
  auto s = acquire();
  CHECK(s.acquisitions_slow == 1);
  CHECK(s.acquisition_objective == 0.05);
  ledger.set_latency_objective(5ms);
  CHECK(acquire().acquisitions_slow == 2);
  ledger.set_latency_objective(0ms);
  s = acquire();
  CHECK_FALSE(s.acquisitions_slow);
  CHECK_FALSE(s.acquisition_objective);
  ledger.set_latency_objective(10ms);
  CHECK(filled(ledger, 1s).acquisitions_slow == 2);
}

TEST_CASE("with a bound at the objective the histogram has the same count") {
  PoolLedger ledger({.latency_objective = 10ms}, noon);
  for (Wait wait{0}; wait <= 30ms; wait += 100us) ledger.apply(event::Acquired{1s, wait, false});
  ledger.apply(event::TimedOut{1s, 2s, noon});
  const auto s = filled(ledger, 1s);
  CHECK(s.acquisitions_slow == 200 + 1);
  CHECK(s.acquisitions_slow == slower_than(*s.acquisition_duration, 10ms)->count);
}

TEST_CASE("the last timeout has a time, until the pool is judged afresh or if it began before that") {
  PoolLedger ledger({}, noon);
  CHECK_FALSE(filled(ledger, 1s).last_timeout_at);
  ledger.apply(event::TimedOut{10s, 500ms, noon});
  CHECK(filled(ledger, 10s).last_timeout_at == noon);
  ledger.judge_afresh(11s);
  ledger.apply(event::TimedOut{12s, 2s, noon + 2s});
  CHECK_FALSE(filled(ledger, 12s).last_timeout_at);
  ledger.apply(event::TimedOut{13s, 1s, noon + 3s});
  CHECK(filled(ledger, 13s).last_timeout_at == noon + 3s);
}

TEST_CASE("a health check that passes sets the time and the round trip, one that fails does not") {
  PoolLedger ledger({}, noon);
  ledger.apply(event::HealthChecked{3ms, true, noon});
  ledger.apply(event::HealthChecked{2s, false, noon + 1min});
  const auto s = filled(ledger, 10s);
  CHECK(s.health_checks == 2);
  CHECK(s.health_check_failures == 1);
  CHECK(s.last_health_check == noon);
  CHECK(s.response_time == doctest::Approx(0.003));
  CHECK(s.health_check_duration->count() == 2);
}

TEST_CASE("before anything has happened the times are unknown and the counts are zero") {
  const auto s = filled(PoolLedger({}, noon), 1s);
  CHECK_FALSE(s.last_health_check);
  CHECK_FALSE(s.last_error_at);
  CHECK_FALSE(s.response_time);
  CHECK(s.last_error.empty());
  CHECK(s.errors.at(index_of(ErrorKind::connect)) == 0);
}

TEST_CASE("an error is counted by kind, for a minute, for an hour, and the last one is told") {
  PoolLedger ledger({}, noon);
  ledger.apply(event::Failed{ErrorKind::network, "first", 10s, 10s, noon});
  ledger.apply(event::Failed{ErrorKind::query, "second", 40s, 40s, noon + 30s});
  auto s = filled(ledger, 75s);
  CHECK(s.errors.at(index_of(ErrorKind::network)) == 1);
  CHECK(s.errors_recent == 1);
  CHECK(s.errors_last_hour == 2);
  CHECK(s.last_error == "second");
  CHECK(s.last_error_kind == ErrorKind::query);
  CHECK(s.last_error_at == noon + 30s);
  CHECK(filled(ledger, 2h).errors_last_hour == 0);
}

TEST_CASE("what began before a fresh judgement does not count for health, even when it ends later") {
  PoolLedger ledger({}, noon);
  ledger.apply(event::Failed{ErrorKind::connect, "before", 10s, 10s, noon});
  ledger.apply(event::Acquired{10s, 9s, false});
  ledger.judge_afresh(20s);
  ledger.apply(event::Failed{ErrorKind::connect, "straggler", 21s, 17s, noon});
  ledger.apply(event::Acquired{21s, 3s, false});
  auto s = filled(ledger, 22s);
  CHECK(s.errors_recent == 0);
  CHECK(s.wait_judged_peak == doctest::Approx(0));
  CHECK(s.wait_recent_peak == doctest::Approx(9));
  CHECK(s.errors_last_hour == 2);
  ledger.apply(event::Failed{ErrorKind::connect, "after", 23s, 22s, noon});
  ledger.apply(event::Acquired{23s, 1s, false});
  s = filled(ledger, 24s);
  CHECK(s.errors_recent == 1);
  CHECK(s.wait_judged_peak == doctest::Approx(1));
}

TEST_CASE("the exemplar of a bucket is a wait that is slow or has a trace") {
  PoolLedger ledger({.latency_objective = 10ms}, noon);
  CHECK_FALSE(ledger.wants_exemplar({.at = 1s, .value = 10ms}));
  CHECK(ledger.wants_exemplar({.at = 1s, .value = 10ms, .has_trace = true}));
  CHECK(ledger.wants_exemplar({.at = 1s, .value = 11ms}));

  ExemplarLabels labels;
  labels.add("lease", std::uint64_t{7});
  ledger.keep_exemplar({.at = 1s, .value = 11ms}, noon, labels);
  CHECK_FALSE(ledger.wants_exemplar({.at = 2s, .value = 11ms}));
  PoolSnapshot snapshot;
  ledger.durations().fill(snapshot, ledger.exemplars().value());
  const Histogram& waits = *snapshot.acquisition_duration;
  const auto bucket = std::ranges::find(waits.bounds(), 0.025) - waits.bounds().begin();
  REQUIRE(waits.exemplar_in(static_cast<std::size_t>(bucket)) != nullptr);
  CHECK(waits.exemplar_in(static_cast<std::size_t>(bucket))->value == 0.011);
  CHECK(snapshot.usage_duration->exemplar_in(0) == nullptr);

  ledger.set_latency_objective(0ms);
  CHECK_FALSE(ledger.wants_exemplar({.at = 2s, .value = 1s}));
  CHECK(ledger.wants_exemplar({.at = 2s, .value = 1s, .has_trace = true}));
}
