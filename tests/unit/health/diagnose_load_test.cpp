#include <doctest/doctest.h>

#include "health/diagnose.hpp"
#include "patient.hpp"

using namespace dbpool;
using namespace dbpool::test;
using enum Verdict;

TEST_CASE("uses that take longer than in the hour are slow use, which looks like a pool that is too small") {
  const auto young = [](Patient& p) {
    p.past.hour = p.past.five_minutes;
    p.past.hour.seconds = 300;
  };
  const auto just_now = [](Patient& p) {
    p.past.five_minutes = Patient::calm(300);
    p.past.recent.use.value = 300, p.past.recent.uses = 20;
    p.past.recent.busy.value = p.past.recent.full.value = 20;
  };
  check({
      {"ten times as long over 5 minutes", Patient{}.slower(), slow_use, Ground::longer_use},
      {"as long as before, but more of them", Patient{}.overloaded(), too_small, Ground::full},
      {"longer since a moment ago", with(Patient{}.overloaded(), just_now), slow_use, Ground::longer_use},
      {"longer, but there is room",
       with(Patient{}.slower(),
            [](Patient& p) {
              p.pool = Patient::serving(), p.past.recent.busy.value = p.past.recent.full.value = 0;
            }),
       ok, Ground::none},
      {"longer, and the pool's max is not known",
       with(Patient{}.slower(), [](Patient& p) { p.pool.max.reset(), p.past.recent.full.value = 0; }),
       slow_use, Ground::longer_use},
      {"nothing to compare with, because the exporter has just started", with(Patient{}.slower(), young),
       too_small, Ground::full},
      {"a few long uses only",
       with(Patient{}.slower(),
            [](Patient& p) { p.past.five_minutes.use.value = 90, p.past.five_minutes.uses = 9; }),
       too_small, Ground::full},
      {"an hour of a few uses",
       with(Patient{}.slower(), [](Patient& p) { p.past.hour.uses = p.past.five_minutes.uses + 9; }),
       too_small, Ground::full},
      {"before, a use took no time at all",
       with(Patient{}.overloaded(),
            [](Patient& p) {
              for (Window* window : {&p.past.recent, &p.past.five_minutes, &p.past.hour})
                window->use.value = 0;
            }),
       too_small, Ground::full},
      {"how long a use takes is not known",
       with(Patient{}.slower(),
            [](Patient& p) {
              for (Window* window : {&p.past.recent, &p.past.five_minutes, &p.past.hour})
                window->use = {}, window->uses = 0;
            }),
       too_small, Ground::full},
      {"a pooler counts it by database",
       with(Patient{}.pooled(),
            [](Patient& p) {
              p.pool.active = 10, p.pool.idle = 0, p.pool.waiting = 4, p.pool.oldest_waiter = 3;
              p.database->windows = Patient{}.slower().past;
            }),
       slow_use, Ground::longer_use},
  });
  const Diagnosis diagnosis = Patient{}.slower().diagnosis();
  CHECK(diagnosis.figures.mean_use == 0.3);
  CHECK(diagnosis.figures.former_use.value() == doctest::Approx(12'900.0 / 340'000));
  CHECK(evidence(diagnosis, "mean_use_5m").value().bound.value() == doctest::Approx(2 * 12'900.0 / 340'000));
}

TEST_CASE("a pool is too small only if it is at its size, and for longer than a moment") {
  const auto waiting = [](Patient& p) {
    p.pool.waiting = 4, p.pool.oldest_waiter = 2, p.pool.idle = 0;
    p.past.recent.busy.value = 30;
  };
  check({
      {"callers wait and all connections are in use", Patient{}.overloaded(), too_small, Ground::full},
      {"no caller waits, and 80 % are in use",
       with({},
            [](Patient& p) { p.pool.active = 8, p.past.recent.busy.value = p.past.recent.full.value = 30; }),
       too_small, Ground::full},
      {"79 %", with({}, [](Patient& p) { p.pool.active = 79, p.pool.max = 100; }), ok, Ground::none},
      {"full in this moment",
       with(Patient{}.overloaded(),
            [](Patient& p) {
              p.pool.oldest_waiter = 0.1, p.past.recent.busy.value = p.past.recent.full.value = 14;
            }),
       ok, Ground::none},
      {"full in most moments, but not in this one",
       with(Patient{}.overloaded(),
            [](Patient& p) {
              p.pool.waiting = 0, p.pool.oldest_waiter = 0, p.pool.active = 7, p.pool.idle = 3;
              p.past.recent.busy.value = p.past.recent.full.value = 15;
            }),
       too_small, Ground::full},
      {"a caller has waited for long, and the pool was seen for the first time",
       with(Patient{}.overloaded(), [](Patient& p) { p.past = {}; }), too_small, Ground::full},
      {"callers wait for connections that open",
       with(with({}, waiting), [](Patient& p) { p.pool.opening = 2; }), unknown, Ground::not_full},
      {"callers wait while others are idle", with(with({}, waiting), [](Patient& p) { p.pool.idle = 3; }),
       unknown, Ground::contradiction},
      {"callers wait, and the max is not known",
       with(with({}, waiting), [](Patient& p) { p.pool.max.reset(); }), unknown, Ground::no_max},
      {"callers wait while the last connections are checked",
       with(with({}, waiting), [](Patient& p) { p.pool.active = 6, p.pool.checking = 4; }), too_small,
       Ground::full},
      {"the source reports its own utilization alone",
       with({},
            [](Patient& p) {
              p.kind = SourceKind::http_json, p.pool = pool_named("app/main"), p.pool.utilization = 0.9,
              p.past = {};
            }),
       too_small, Ground::full},
  });
}

TEST_CASE("a canary's own load is no load, unless it holds its leases") {
  check({
      {"canaries use all connections",
       with({}, [](Patient& p) { p.pool.active = p.pool.probing = 10, p.pool.idle = 0, p.past = {}; }), ok,
       Ground::none},
      {"canaries wait for each other",
       with({},
            [](Patient& p) {
              p.pool.active = p.pool.probing = p.pool.max = 2, p.pool.idle = 0;
              p.pool.waiting = p.pool.probing_waiters = 8;
              p.pool.oldest_waiter = 2, p.past = {};
            }),
       ok, Ground::none},
      {"callers wait behind them",
       with({},
            [](Patient& p) {
              p.pool.active = p.pool.max = 2, p.pool.probing = 0, p.pool.idle = 0;
              p.pool.waiting = 9, p.pool.probing_waiters = 8;
              p.pool.oldest_waiter = 2, p.past = {};
            }),
       too_small, Ground::full},
      {"the client of synthetic is alone in the queue",
       with(Patient{}.pooled(),
            [](Patient& p) {
              p.pool.active = p.pool.max = 3, p.pool.active = 2, p.pool.idle = 0;
              p.pool.waiting = p.pool.probing_waiters = 1, p.pool.oldest_waiter = 20, p.past = {};
            }),
       ok, Ground::none},
  });
}

TEST_CASE("demand is use and waiting per second, or the mean of those in use and waiting") {
  Patient patient = Patient{}.overloaded();
  CHECK(patient.diagnosis().demand == 14.0);
  CHECK(patient.diagnosis().needed_size == 18U);
  CHECK(evidence(patient.diagnosis(), "demand") == Evidence{"demand", 14, 10});
  patient.past.five_minutes.waits.value = 600;
  CHECK(patient.diagnosis().demand == 12.0);
  patient.past.five_minutes.waits = {};
  CHECK(patient.diagnosis().demand == 14.0);
  patient.past.five_minutes.wanted.value = 2100;
  CHECK(patient.diagnosis().demand == 7.0);
  patient.past.five_minutes.wanted = {};
  CHECK_FALSE(patient.diagnosis().demand.has_value());
  patient.past.five_minutes.waits = {600, 300};
  patient.past.use_is_by_callers = false;  // a pooler's transactions are those of all its pools
  CHECK_FALSE(patient.diagnosis().demand.has_value());
}

TEST_CASE("the size needed is the demand at 80 % use, rounded up, and at least one connection") {
  CHECK(needed_size(0) == 1);
  CHECK(needed_size(0.8) == 1);
  CHECK(needed_size(0.81) == 2);
  CHECK(needed_size(8) == 10);
  CHECK(needed_size(8.01) == 11);
  CHECK(needed_size(1e300) == 1'000'000'000'000'000);
}
