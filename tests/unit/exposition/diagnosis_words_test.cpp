#include "exposition/diagnosis_words.hpp"

#include <doctest/doctest.h>

#include <string>

#include "exposition/next_step.hpp"
#include "health/diagnose.hpp"

using namespace dbpool;

namespace {

Diagnosis diagnosed(Verdict verdict, Ground ground, const DiagnosedFigures& figures = {}) {
  Diagnosis d;
  d.verdict = verdict;
  d.ground = ground;
  d.figures = figures;
  d.known_seconds = 3600;
  return d;
}

Diagnosis too_small(std::optional<double> demand) {
  Diagnosis d = diagnosed(Verdict::too_small, Ground::full, {.active = 10, .max = 10, .waiting = 4});
  d.demand = demand;
  if (demand) d.needed_size = needed_size(*demand);
  return d;
}

}  // namespace

TEST_CASE("a verdict is one sentence with the figures that show it") {
  using enum Verdict;
  const auto words = [](Verdict verdict, Ground ground, const DiagnosedFigures& figures) {
    return diagnosis_words(diagnosed(verdict, ground, figures));
  };
  CHECK(words(unknown, Ground::not_read, {.error = "connection refused"}) ==
        "The source cannot be read, so nothing is known of the pool: connection refused.");
  CHECK(words(unknown, Ground::not_judged_yet, {}) ==
        "The pool is new, or its first connections are not open yet.");
  CHECK(words(unknown, Ground::closing, {}) == "The pool is shutting down.");
  CHECK(words(unknown, Ground::no_clients, {}) ==
        "The pool has no clients and no server connections, so nothing is known of the database.");
  CHECK(words(unknown, Ground::no_server, {.waiting = 0}) ==
        "The exporter's own client waits and the pool has no server connection: it is paused, or no server "
        "can be "
        "opened.");
  CHECK(words(unknown, Ground::no_server, {.waiting = 4}) ==
        "4 callers wait and the pool has no server connection: it is paused, or no server can be opened.");
  CHECK(words(unknown, Ground::contradiction, {.idle = 1, .waiting = 1}) ==
        "1 caller waits although 1 connection is idle: these figures contradict each other.");
  CHECK(words(unknown, Ground::contradiction, {.total = 2}) ==
        "The source reports a lost database and 2 open connections: these figures contradict each other.");
  CHECK(words(unknown, Ground::not_full, {.total = 6, .max = 10, .waiting = 2}) ==
        "2 callers wait although only 6 of 10 connections are open.");
  CHECK(
      words(unknown, Ground::not_full, {.total = 6, .max = 10, .waiting = 2, .error = "no route to host"}) ==
      "2 callers wait although only 6 of 10 connections are open; the last connect failed: no route to "
      "host.");
  CHECK(words(unknown, Ground::no_max, {.waiting = 2}) ==
        "2 callers wait, and it is not known how many connections the pool may have.");
  CHECK(words(unknown, Ground::no_figures, {}) == "No figure that a verdict needs is known.");
  CHECK(words(paused, Ground::paused, {.waiting = 4}) == "The pooler has paused this pool; 4 callers wait.");
  CHECK(words(paused, Ground::disabled, {.waiting = 0}) == "The pooler has disabled this pool.");
  CHECK(words(database_down, Ground::no_connection, {.error = "connection refused"}) ==
        "No connection to the database can be had: connection refused.");
  CHECK(words(database_down, Ground::lost_contact, {}) == "The last contact with the database failed.");
  CHECK(words(database_down, Ground::failed_logins, {.error = "server login failed"}) ==
        "The pooler cannot log in to the database: server login failed.");
  CHECK(words(limit_elsewhere, Ground::shared_limit, {.waiting = 3, .limited_by = "max_db_connections"}) ==
        "3 callers wait although the pool could have more connections: max_db_connections of the pooler is "
        "used up.");
  CHECK(words(limit_elsewhere, Ground::server_limit,
              {.server_connections = 97, .server_connections_max = 97}) ==
        "The server accepts no further session: 97 sessions of 97 are open.");
  CHECK(words(ok, Ground::none, {.server_connections = 1}) == "Nothing is wrong: 1 session is open.");
  CHECK(words(limit_elsewhere, Ground::client_limit, {.clients_used = 12, .clients_max = 12}) ==
        "The pooler accepts no further client: 12 of 12 clients are connected.");
  CHECK(words(limit_elsewhere, Ground::refused_limit, {.error = "53300: too many clients"}) ==
        "A limit on connections elsewhere is used up: 53300: too many clients.");
  CHECK(words(slow_use, Ground::longer_use,
              {.active = 3, .max = 3, .waiting = 7, .mean_use = 8.12, .former_use = 0.0058}) ==
        "A connection is in use for 8.12 s at a time, 1400 times as long as over the hour (5.8 ms): the "
        "database "
        "or the code got slower. 3 of 3 connections are in use and 7 callers wait.");
  CHECK(words(ok, Ground::none, {.active = 3, .max = 10, .waiting = 0}) ==
        "Nothing is wrong: 3 of 10 connections are in use and no caller waits.");
  CHECK(words(ok, Ground::none, {.clients_used = 11, .clients_max = 12}) ==
        "Nothing is wrong: 11 of 12 clients are connected.");
  CHECK(words(ok, Ground::none, {.used_share = 0.3}) == "Nothing is wrong: 30 % of the pool is in use.");
  CHECK(words(ok, Ground::none, {}) == "Nothing is known to be wrong.");
}

TEST_CASE("a leak is described by its sites, its age, and the time until the pool is full") {
  DiagnosedFigures figures{.max = 10, .leaked = 3};
  const auto words = [&] {
    return diagnosis_words(diagnosed(Verdict::leak, Ground::leaked_leases, figures));
  };
  CHECK(words() == "3 leases are suspected of leaking.");
  figures.sites = {{"checkout.cpp:88", 2, 720}, {"", 1, 90}};
  figures.full_after = 2400;
  CHECK(words() ==
        "3 leases are suspected of leaking: 2 at checkout.cpp:88, 1 at an unknown site; the oldest has been "
        "held for "
        "12 min. At this rate they fill the pool in 40 min.");
  figures = {.max = 1, .leaked = 1};
  CHECK(words() == "1 lease is suspected of leaking. They fill the pool.");
}

TEST_CASE("a pool that is too small gets the size that its demand needs, but none that it has already") {
  CHECK(diagnosis_words(too_small(14)) ==
        "The pool is too small for its load: 10 of 10 connections are in use and 4 callers wait. 14.0 "
        "connections were "
        "wanted at once over the last 5 min, which needs a size of 18.");
  CHECK(next_step(too_small(14)) == "Set the size to 18, if the database has room for it.");
  CHECK(diagnosis_words(too_small(2)) ==
        "The pool is too small for its load: 10 of 10 connections are in use and 4 callers wait. On average "
        "2.0 "
        "connections were wanted at once over the last 5 min, which its size could serve: a burst, or a load "
        "that has "
        "just begun.");
  CHECK(next_step(too_small(2)) ==
        "See whether it lasts. For short bursts allow an overflow instead of a larger pool.");
  CHECK(diagnosis_words(too_small(std::nullopt)) ==
        "The pool is too small for its load: 10 of 10 connections are in use and 4 callers wait. How many "
        "connections "
        "are wanted at once is not known.");
}

TEST_CASE("a comparison with little history says for how long the pool has been watched") {
  Diagnosis d = too_small(14);
  d.known_seconds = 42;
  CHECK(diagnosis_words(d).ends_with(
      "over the last 42 s, which needs a size of 18. The pool has been watched for 42 s "
      "only."));
  d = diagnosed(Verdict::ok, Ground::none, {.waiting = 0});
  d.known_seconds = 180;
  CHECK(diagnosis_words(d) == "Nothing is wrong: no caller waits. The pool has been watched for 3 min only.");
  d.known_seconds = 0;
  CHECK(diagnosis_words(d) ==
        "Nothing is wrong: no caller waits. The exporter has only begun to watch the pool.");
  d.known_seconds = 1;
  CHECK(diagnosis_words(d) == "Nothing is wrong: no caller waits. The pool has been watched for 1 s only.");
  d = diagnosed(Verdict::paused, Ground::paused);
  d.known_seconds = 42;
  CHECK(diagnosis_words(d) == "The pooler has paused this pool.");
}

TEST_CASE("the next step after a failed contact follows from the class of its error") {
  const auto step = [](std::optional<ErrorKind> kind, const char* error) {
    return next_step(
        diagnosed(Verdict::database_down, Ground::no_connection, {.error = error, .error_kind = kind}));
  };
  CHECK(step(ErrorKind::connect, "connection refused") ==
        "See whether the database runs and listens at this address.");
  CHECK(step(ErrorKind::authentication, "FATAL:  28P01: password authentication failed")
            .starts_with("Check the user"));
  CHECK(step(ErrorKind::connect, "cannot look up host \"db\": unknown").starts_with("Check the host name"));
  CHECK(step(ErrorKind::timeout, "no answer in time").starts_with("See whether the host is up"));
  CHECK(step(ErrorKind::connect, "FATAL:  57P03: the database system is starting up").starts_with("Wait:"));
  CHECK(step(std::nullopt, "").starts_with("Look at the database"));
}

TEST_CASE("a limit elsewhere is followed to those who share it") {
  const auto step = [](Ground ground, const char* limit) {
    return next_step(diagnosed(Verdict::limit_elsewhere, ground, {.limited_by = limit}));
  };
  CHECK(
      step(Ground::shared_limit, "max_db_connections").find("this database use most of max_db_connections") !=
      std::string::npos);
  CHECK(
      step(Ground::shared_limit, "max_user_connections").find("this user use most of max_user_connections") !=
      std::string::npos);
  CHECK(step(Ground::client_limit, "").find("SHOW CLIENTS") != std::string::npos);
  CHECK(step(Ground::server_limit, "").find("max_connections") != std::string::npos);
  CHECK(step(Ground::refused_limit, "").find("makes it worse") != std::string::npos);
}

TEST_CASE("what would show more is said where something is not known") {
  const auto step = [](const DiagnosedFigures& figures) {
    return next_step(diagnosed(Verdict::ok, Ground::none, figures));
  };
  CHECK(step({.waiting = 0, .used_share = 0.3}).empty());
  CHECK(step({.waiting = 0}) == "Not known: the share in use (active and max).");
  CHECK(step({}) == "Not known: the share in use (active and max), waiting callers.");
  CHECK(step({.clients_used = 11, .clients_max = 12}).starts_with("The pooler is nearly full"));
  CHECK(step({.clients_used = 10, .clients_max = 12}).empty());
  CHECK(next_step(diagnosed(Verdict::unknown, Ground::closing)).empty());
}

TEST_CASE("every verdict has words and a next step, and every one but ok a page") {
  for (std::size_t i = 0; i < verdict_names.size(); ++i) {
    CAPTURE(verdict_names[i]);
    const Diagnosis d = diagnosed(static_cast<Verdict>(i), Ground::not_read);
    CHECK_FALSE(diagnosis_words(d).empty());
    CHECK_FALSE(next_step(d).empty());
    CHECK(runbook(d).empty() == (d.verdict == Verdict::ok));
  }
}
