#pragma once

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "health/diagnose.hpp"
#include "support/fakes/pool_named.hpp"

namespace dbpool::test {

/// A pool, what is known of its past, and how it is diagnosed. Begins with an owned pool of 10 that serves,
/// has 3 connections in use, and has been watched for an hour of that.
struct Patient {
  SourceKind kind = SourceKind::owned;
  PoolSnapshot pool = serving();
  Windows past = watched();
  std::vector<LeakReport> leaks;
  std::optional<DatabaseSymptoms> database;

  static PoolSnapshot serving() {
    PoolSnapshot pool = pool_named("orders");
    pool.phase = PoolPhase::serving;
    pool.idle = 3, pool.active = 3, pool.opening = pool.checking = pool.probing = 0;
    pool.min = 2, pool.max = 10;
    pool.waiting = pool.probing_waiters = 0, pool.oldest_waiter = 0;
    pool.leaked = 0, pool.errors_recent = 0;
    pool.last_connect_ok = pool.last_contact_ok = true;
    return pool;
  }
  /// Returns `seconds` with 3 connections in use by 100 uses a second, and no load.
  static Window calm(double seconds) {
    return {.seconds = seconds,
            .use = {3 * seconds, seconds},
            .uses = 100 * seconds,
            .waits = {0, seconds},
            .wanted = {3 * seconds, seconds},
            .busy = {0, seconds},
            .full = {0, seconds},
            .leaked = 0};
  }
  static Windows watched() { return {calm(30), calm(300), calm(3600), true}; }

  /// Makes all connections busy, and callers wait, for the last 5 minutes. A use lasts as long as before.
  Patient& overloaded() {
    pool.active = 10, pool.idle = 0, pool.waiting = 4, pool.oldest_waiter = 2;
    past.recent.busy.value = past.recent.full.value = 30;
    past.five_minutes.use.value = 3000, past.five_minutes.uses = 100'000;
    past.five_minutes.waits.value = 1200;
    past.five_minutes.wanted.value = 4200;
    past.hour.use.value = 12'900, past.hour.uses = 430'000;
    return *this;
  }
  /// Makes the uses of the last 5 minutes ten times as long, so that the pool is as loaded.
  Patient& slower() {
    overloaded();
    past.five_minutes.uses = 10'000;
    past.hour.uses = 340'000;
    return *this;
  }
  /// Makes it a pool of PgBouncer, which counts uses by database only.
  Patient& pooled() {
    kind = SourceKind::pgbouncer;
    pool = pool_named("pgb/app/alice");
    pool.active = 3, pool.idle = 3, pool.opening = pool.checking = 0, pool.max = 10;
    pool.clients_active = 3, pool.clients_waiting = pool.waiting = 0, pool.oldest_waiter = 0;
    pool.paused = pool.disabled = false;
    database = {past, ""};
    database->windows.use_is_by_callers = false;
    for (Window* window : {&past.recent, &past.five_minutes, &past.hour}) window->use = window->waits = {};
    return *this;
  }
  /// Makes clients wait in a pool without servers.
  Patient& without_servers() {
    pooled();
    pool.active = pool.idle = pool.clients_active = 0;
    pool.waiting = pool.clients_waiting = 4, pool.oldest_waiter = 5;
    pool.last_connect_ok = false;
    past.recent.busy.value = 30;
    return *this;
  }
  /// Makes all connects fail.
  Patient& lost(const std::string& error, ErrorKind kind_of_error = ErrorKind::connect) {
    pool.phase = PoolPhase::recovering;
    pool.active = pool.idle = 0;
    return refused(error, kind_of_error);
  }
  /// Makes the last connect fail.
  Patient& refused(const std::string& error, ErrorKind kind_of_error = ErrorKind::connect) {
    pool.last_connect_ok = pool.last_contact_ok = false;
    pool.errors_recent = 2;
    pool.last_error = error;
    pool.last_error_kind = kind_of_error;
    return *this;
  }

  Diagnosis diagnosis() const { return diagnose({kind, pool, past, leaks, database ? &*database : nullptr}); }
};

struct Situation {
  const char* name;
  Patient patient;
  Verdict verdict;
  Ground ground;
};

template <typename Change>
Patient with(Patient patient, Change change) {
  change(patient);
  return patient;
}

inline void check(const std::vector<Situation>& situations) {
  for (const Situation& situation : situations) {
    CAPTURE(situation.name);
    const Diagnosis diagnosis = situation.patient.diagnosis();
    CHECK(to_string(diagnosis.verdict) == to_string(situation.verdict));
    CHECK(static_cast<int>(diagnosis.ground) == static_cast<int>(situation.ground));
  }
}

inline std::optional<Evidence> evidence(const Diagnosis& diagnosis, const std::string& figure) {
  for (const Evidence& found : diagnosis.evidence) {
    if (found.figure == figure) return found;
  }
  return std::nullopt;
}

}  // namespace dbpool::test
