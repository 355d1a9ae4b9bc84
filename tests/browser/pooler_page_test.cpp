#include <list>

#include "browser/page.hpp"
#include "support/servers/app_bouncer.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/pg_session.hpp"
#include "support/servers/pooler_clients.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

/// A PgBouncer before a PostgreSQL, and an exporter that reads both.
struct Watched {
  explicit Watched(const std::string& keys)
      : app(keys, {"pool_mode=transaction"}),
        exporter(
            {.config = fmt::format(
                 "sources:\n"
                 "  - {{name: pgb, type: pgbouncer, dsn: '{}', interval: 500ms,\n"
                 "     synthetic: {{dsn: '{}', interval: 500ms}}}}\n"
                 "  - {{name: srv, type: pg_stat_activity, dsn: '{}', interval: 500ms, leak_after: 1s}}\n",
                 app.pooler.console(), app.pooler.dsn("app", "bob"), app.server.dsn())}),
        page(exporter.port()) {}

  void add_clients(int number) {
    for (int i = 0; i < number; ++i) clients.emplace_back(app.pooler.dsn("app", "alice"), 300);
  }

  AppBouncer app;
  ExporterProcess exporter;
  Page page;
  std::list<PoolerClient> clients;
};

}  // namespace

TEST_CASE("a full pool has its cause, its next step and the size that it needs beneath it") {
  Watched watched("pool_size=2");
  watched.add_clients(6);
  Page& page = watched.page;
  REQUIRE(page.shows("pgb/app/alice", "diagnosis",
                     "too small: The pool is too small for its load: "
                     "2 of 2 connections are in use and 4 callers wait."));
  REQUIRE(page.shows("pgb/app/alice", "diagnosis", ", now 2 ("));
  const std::string words = page.cell("pgb/app/alice", "diagnosis");
  CHECK(words.find("Size needed8, now 2 (6") != std::string::npos);
  CHECK(words.find("utilization 100 % (bound 80 %)") != std::string::npos);
  CHECK(words.find("Runbookalerts/runbooks/ConnectionPoolExhausted.md") != std::string::npos);
  // The server sees the two connections of the pool too, and the exporter's own client has a pool.
  CHECK(page.text("#in-use").starts_with("2 / "));
  CHECK(page.text("#in-use + dd").find("active by the server's own count") != std::string::npos);
  CHECK(page.shows("pgb/app/bob", "health", "probe only"));
  CHECK(page.text("#slowest + dd") == "no acquisition in five minutes");
  CHECK(page.shows("pgb/app/bob", "p95", "s"));
  check_that_nothing_went_wrong(page);
  check_that_it_can_be_read(page);
  take_screenshots(page, "full");
}

TEST_CASE("a paused pool says so, and what its clients wait for") {
  Watched watched("pool_size=2");
  Page& page = watched.page;
  REQUIRE(page.shows("pgb/app/bob", "health", "healthy"));
  CHECK(page.cell("pgb/app/bob", "health").find("paused") == std::string::npos);
  PoolerClient(watched.app.pooler.dsn("app", "alice"), 0).wait();  // a first login needs a server
  watched.app.pooler.command("PAUSE app");
  watched.add_clients(2);
  REQUIRE(
      page.shows("pgb/app/alice", "diagnosis", "paused: The pooler has paused this pool; 2 callers wait."));
  CHECK(page.cell("pgb/app/alice", "health").starts_with("degradedpaused"));
  CHECK(page.cell("pgb/app/alice", "diagnosis").find("Next stepRESUME") != std::string::npos);
  CHECK(page.visible("#pools .is-degraded .diagnosis").find("Evidence") != std::string::npos);
  CHECK(page.visible("#pools .is-degraded .diagnosis").find("Size needed") == std::string::npos);
  check_that_it_can_be_read(page);
  take_screenshots(page, "paused");
  watched.app.pooler.command("RESUME app");
}

TEST_CASE("a session that leaks has who holds it, and the statement that ends it") {
  Watched watched("pool_size=2");
  PgSession session(watched.app.server.dsn() + " user=alice");
  session.run("BEGIN");
  Page& page = watched.page;
  REQUIRE(eventually([&] { return page.count("#leaks tbody") == 1; }, 20s));
  const std::string pid =
      watched.app.server.query("SELECT pid FROM pg_stat_activity WHERE state = 'idle in transaction'");
  CHECK(page.text("#leaks .lease.number:not(th)") == pid);
  CHECK(
      page.visible("#leaks td.wide").find("fixture · alice@postgres · idle in transaction · last query 20") !=
      std::string::npos);
  CHECK(page.text("#leaks td.wide code") == "select pg_terminate_backend(" + pid + ")");
  CHECK(page.visible("#leaks td.connection").find("127.0.0.1") != std::string::npos);
  check_that_it_can_be_read(page);
  take_screenshots(page, "leaked-session");
}
