#include "health/diagnose.hpp"

#include <doctest/doctest.h>

#include <string>

#include "patient.hpp"

using namespace dbpool;
using namespace dbpool::test;
using namespace std::chrono_literals;
using enum Verdict;

namespace {

const std::string refusal = "cannot connect to PostgreSQL 127.0.0.1:5432: connection refused";
const std::string too_many =
    "cannot connect to PostgreSQL 127.0.0.1:5432: FATAL:  53300: sorry, too many clients already";

}  // namespace

TEST_CASE("a pool with room and no waiting callers is ok") {
  const Diagnosis diagnosis = Patient{}.diagnosis();
  CHECK(diagnosis.verdict == ok);
  CHECK(diagnosis.demand == 3.0);
  CHECK(diagnosis.needed_size == 4U);
  CHECK(diagnosis.known_seconds == 3600);
  CHECK(evidence(diagnosis, "utilization") == Evidence{"utilization", 0.3, 0.8});
  CHECK(evidence(diagnosis, "waiting") == Evidence{"waiting", 0, 1});
}

TEST_CASE("a pool that is paused or disabled in its pooler is paused, whatever else is wrong") {
  check({
      {"paused, and clients wait without servers",
       with(Patient{}.without_servers(), [](Patient& p) { p.pool.paused = true; }), paused, Ground::paused},
      {"disabled", with(Patient{}.pooled(), [](Patient& p) { p.pool.disabled = true; }), paused,
       Ground::disabled},
      {"its pooler does not report whether it is paused",
       with(Patient{}.without_servers(), [](Patient& p) { p.pool.paused.reset(); }), unknown,
       Ground::no_server},
      {"not paused, and only full",
       with(Patient{}.pooled(),
            [](Patient& p) {
              p.pool.active = 10, p.pool.idle = 0, p.pool.waiting = 4, p.pool.oldest_waiter = 3;
            }),
       too_small, Ground::full},
  });
}

TEST_CASE("a database is down where no connection can be had, or the last contact failed") {
  const auto ping_failed = [](ErrorKind kind) {
    return with(Patient{}.refused("no answer", kind), [](Patient& p) { p.pool.last_connect_ok = true; });
  };
  check({
      {"no connection", Patient{}.lost(refusal), database_down, Ground::no_connection},
      {"the first connect fails",
       with(Patient{}.lost(refusal), [](Patient& p) { p.pool.phase = PoolPhase::initializing; }),
       database_down, Ground::no_connection},
      {"a check got no answer", ping_failed(ErrorKind::validation), database_down, Ground::lost_contact},
      {"a check was refused by the database, which therefore answers", ping_failed(ErrorKind::query), ok,
       Ground::none},
      {"callers time out in a full pool",
       with(Patient{}.overloaded(), [](Patient& p) { p.pool.acquisition_timeouts = 50; }), too_small,
       Ground::full},
      {"the first connect is in progress",
       with(Patient{},
            [](Patient& p) {
              p.pool.phase = PoolPhase::initializing;
              p.pool.active = p.pool.idle = 0;
              p.pool.last_connect_ok.reset();
              p.pool.last_contact_ok.reset();
            }),
       unknown, Ground::not_judged_yet},
  });
}

TEST_CASE("a document that reports a lost database is believed, unless it reports connections too") {
  const auto document = [](PoolSnapshot::Count active) {
    return with(Patient{}, [&](Patient& p) {
      p.kind = SourceKind::http_json;
      p.pool = pool_named("app/main");
      p.pool.active = active;
      p.pool.last_connect_ok = false;
    });
  };
  check({{"no figures", document(std::nullopt), database_down, Ground::no_connection},
         {"no connection", document(0), database_down, Ground::no_connection},
         {"connections", document(2), unknown, Ground::contradiction}});
}

TEST_CASE("a pooler's database is down where a login fails, not where only no server is there") {
  const auto failing = [](const std::string& error) {
    return with(Patient{}.without_servers(), [&](Patient& p) { p.database->failed_login = error; });
  };
  const std::string retry = "server login has been failing, try again later (server_login_retry)";
  check({
      {"a login fails", failing(retry), database_down, Ground::failed_logins},
      {"a login fails, and no client is left",
       with(failing(retry),
            [](Patient& p) {
              p.pool.waiting = p.pool.clients_waiting = 0;
              p.past.recent.busy.value = 0;
            }),
       database_down, Ground::failed_logins},
      {"a login fails, and this pool has a server",
       with(failing(retry),
            [](Patient& p) { p.pool.idle = 1, p.pool.waiting = 0, p.past.recent.busy.value = 0; }),
       ok, Ground::none},
      {"the server is full", failing("server login failed: FATAL sorry, too many clients already"),
       limit_elsewhere, Ground::refused_limit},
      {"no login is known to fail", Patient{}.without_servers(), unknown, Ground::no_server},
      {"the exporter's own client alone waits, and no login is known to fail",
       with(Patient{}.without_servers(),
            [](Patient& p) {
              p.pool.waiting = p.pool.clients_waiting = p.pool.probing_waiters = 1;
              p.past.recent.busy.value = 0;
            }),
       unknown, Ground::no_server},
      {"no clients and no servers",
       with(Patient{}.pooled(), [](Patient& p) { p.pool.active = p.pool.idle = p.pool.clients_active = 0; }),
       unknown, Ground::no_clients},
  });
}

TEST_CASE("a limit elsewhere is named before a lost database and before a pool that is too small") {
  const auto shared = [](const char* limit) {
    return with(Patient{}.pooled(), [&](Patient& p) {
      p.pool.waiting = 4, p.pool.oldest_waiter = 3, p.pool.idle = 0;
      p.pool.limited_by = limit;
      p.pool.saturated = true;
    });
  };
  const auto later = [](Patient& p) { p.pool.errors_recent = 0; };
  check({
      {"max_db_connections", shared("max_db_connections"), limit_elsewhere, Ground::shared_limit},
      {"its clients are part of a pooler that is full",
       with({},
            [](Patient& p) {
              p.kind = SourceKind::pgpool, p.pool = pool_named("pgp/app/alice"), p.pool.saturated = true,
              p.past = {};
            }),
       unknown, Ground::no_figures},
      {"its own size", with(shared(""), [](Patient& p) { p.pool.active = 10; }), too_small, Ground::full},
      {"no connection, the server is full", Patient{}.lost(too_many), limit_elsewhere, Ground::refused_limit},
      {"no connection, the server is away", Patient{}.lost(refusal), database_down, Ground::no_connection},
      {"the same in a statement's error", Patient{}.refused("PostgreSQL statement failed: … (53400)"),
       limit_elsewhere, Ground::refused_limit},
      {"a pooler is full", Patient{}.refused("FATAL:  08P01: no more connections allowed (max_client_conn)"),
       limit_elsewhere, Ground::refused_limit},
      {"a server at port 53300 is away",
       Patient{}.refused("cannot connect to [::1]:53300: connection refused"), database_down,
       Ground::lost_contact},
      {"refused a while ago, and no caller waits for it", with(Patient{}.refused(too_many), later), ok,
       Ground::none},
      {"refused a while ago, and callers wait", with(Patient{}.overloaded().refused(too_many), later),
       limit_elsewhere, Ground::refused_limit},
  });
}

TEST_CASE("a pooler that takes no further client is a limit elsewhere on the entry of its source") {
  const auto front = [](PoolSnapshot::Count used, PoolSnapshot::Count most) {
    return with(Patient{}, [&](Patient& p) {
      p.kind = SourceKind::pgbouncer;
      p.pool = pool_named("pgb", PoolScope::target);
      p.pool.clients_used = used;
      p.pool.clients_max = most;
    });
  };
  check({{"full", front(12, 12), limit_elsewhere, Ground::client_limit},
         {"nearly full", front(11, 12), ok, Ground::none},
         {"its limit is not known", front(12, std::nullopt), unknown, Ground::no_figures}});
  CHECK(evidence(front(12, 12).diagnosis(), "clients_used") == Evidence{"clients_used", 12, 12});
  CHECK(evidence(front(11, 12).diagnosis(), "clients_used") == Evidence{"clients_used", 11, 12});
}

TEST_CASE("a server that takes no further session is a limit elsewhere on the entry of its source") {
  const auto server = [](std::uint64_t used, PoolSnapshot::Count most) {
    return with(Patient{}, [&](Patient& p) {
      p.kind = SourceKind::pg_stat_activity;
      p.pool = pool_named("srv", PoolScope::target);
      p.pool.server_connections = used;
      p.pool.server_connections_max = most;
    });
  };
  check({{"full", server(97, 97), limit_elsewhere, Ground::server_limit},
         {"nearly full", server(96, 97), ok, Ground::none},
         {"its limit is not known", server(97, std::nullopt), ok, Ground::none}});
  CHECK(evidence(server(97, 97).diagnosis(), "server_connections") == Evidence{"server_connections", 97, 97});
}

TEST_CASE("leases suspected of leaking are a leak, however full the pool is") {
  const auto leaking = [](Patient patient) {
    return with(std::move(patient), [](Patient& p) { p.pool.leaked = 2; });
  };
  const auto of_two = [](Patient& p) {
    p.pool.max = 2, p.pool.active = 2, p.pool.idle = 0, p.pool.waiting = 4;
  };
  check({
      {"in a pool with room", leaking({}), leak, Ground::leaked_leases},
      {"in a small pool that they fill", leaking(with(Patient{}.overloaded(), of_two)), leak,
       Ground::leaked_leases},
      {"in a small pool that others fill", with(Patient{}.overloaded(), of_two), too_small, Ground::full},
      {"among slow uses", leaking(Patient{}.slower()), leak, Ground::leaked_leases},
      {"seen by a server that knows no max",
       leaking(with({},
                    [](Patient& p) {
                      p.kind = SourceKind::pg_stat_activity;
                      p.pool = pool_named("srv/app/bob/billing");
                      p.pool.active = 3, p.pool.idle = 0;
                    })),
       leak, Ground::leaked_leases},
      {"not looked for", with({}, [](Patient& p) { p.pool.leaked.reset(); }), ok, Ground::none},
      {"not counted, but reported by a server",
       with({},
            [](Patient& p) {
              p.pool.leaked.reset();
              p.leaks = {{"4711", 4711, 90s, "billing", {}}};
            }),
       leak, Ground::leaked_leases},
  });
}

TEST_CASE("a leak names its sites, and how long until it has filled the pool") {
  Patient patient;
  patient.pool.leaked = 4;
  patient.past.hour.leaked = 2;
  patient.past.five_minutes.leaked = 1;
  const auto held = [](const char* site, std::chrono::seconds age) {
    LeakReport lease;
    lease.site = site;
    lease.held = age;
    return lease;
  };
  patient.leaks = {held("a.cpp:1", 90s), held("b.cpp:2", 40s), held("b.cpp:2", 50s), held("c.cpp:3", 1s),
                   held("d.cpp:4", 1s)};
  DiagnosedFigures figures = patient.diagnosis().figures;
  CHECK(figures.sites == std::vector<LeakSite>{{"b.cpp:2", 2, 50}, {"a.cpp:1", 1, 90}, {"c.cpp:3", 1, 1}});
  CHECK(figures.full_after.value() == doctest::Approx(6 * 300));
  patient.past.five_minutes.leaked = -1;
  CHECK(patient.diagnosis().figures.full_after.value() == doctest::Approx(6 * 1800));
  patient.past.hour.leaked.reset();
  CHECK_FALSE(patient.diagnosis().figures.full_after.has_value());
  patient.past.hour.leaked = 10;
  patient.pool.leaked = 10;
  CHECK_FALSE(patient.diagnosis().figures.full_after.has_value());
}

TEST_CASE("with too little known a verdict is no guess") {
  const auto knowing = [](auto change) {
    return with({}, [&](Patient& p) {
      p.kind = SourceKind::prometheus;
      p.pool = pool_named("app/main");
      p.past = {};
      change(p.pool);
    });
  };
  check({
      {"nothing", knowing([](PoolSnapshot&) {}), unknown, Ground::no_figures},
      {"connections without a max", knowing([](PoolSnapshot& s) { s.active = 5, s.idle = 0; }), unknown,
       Ground::no_figures},
      {"no waiting callers", knowing([](PoolSnapshot& s) { s.waiting = 0; }), ok, Ground::none},
      {"waiting callers", knowing([](PoolSnapshot& s) { s.waiting = 3; }), unknown, Ground::no_max},
      {"room", knowing([](PoolSnapshot& s) { s.active = 5, s.max = 10; }), ok, Ground::none},
      {"a max of 0", knowing([](PoolSnapshot& s) { s.active = 5, s.max = 0; }), unknown, Ground::no_figures},
      {"waiting callers and a max of 0", knowing([](PoolSnapshot& s) { s.waiting = 3, s.idle = s.max = 0; }),
       unknown, Ground::no_max},
      {"a database that answers", knowing([](PoolSnapshot& s) { s.last_connect_ok = true; }), ok,
       Ground::none},
      {"a probe that was served", knowing([](PoolSnapshot& s) { s.last_contact_ok = true; }), ok,
       Ground::none},
      {"a pooler's probe that was not",
       with({},
            [](Patient& p) {
              p.kind = SourceKind::pgbouncer, p.pool = pool_named("pgb/app/alice"), p.past = {};
              p.pool.last_contact_ok = false;
            }),
       unknown, Ground::no_figures},
      {"closing", with({}, [](Patient& p) { p.pool.phase = PoolPhase::shutting_down; }), unknown,
       Ground::closing},
  });
  CHECK_FALSE(knowing([](PoolSnapshot&) {}).diagnosis().demand.has_value());
  CHECK_FALSE(knowing([](PoolSnapshot&) {}).diagnosis().needed_size.has_value());
}

TEST_CASE("a pool whose source cannot be read is unknown, with the source's error") {
  const Diagnosis diagnosis = not_read("connection refused");
  CHECK(diagnosis.verdict == unknown);
  CHECK(diagnosis.ground == Ground::not_read);
  CHECK(diagnosis.figures.error == "connection refused");
  CHECK(evidence(diagnosis, "up") == Evidence{"up", 0, 1});
}

TEST_CASE("an entry that only counts has no diagnosis") {
  CHECK(has_diagnosis(pool_named("orders")));
  CHECK(has_diagnosis(pool_named("pgb", PoolScope::target)));
  CHECK_FALSE(has_diagnosis(pool_named("pgb/app", PoolScope::database)));
  CHECK_FALSE(has_diagnosis(pool_named("pgb/app/alice/billing")));
}
