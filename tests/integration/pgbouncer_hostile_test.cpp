#include <doctest/doctest.h>
#include <fmt/format.h>

#include "dbpool/drivers/postgres.hpp"
#include "sources/pgbouncer/pgbouncer.hpp"
#include "support/eventually.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/scripted_postgres.hpp"
#include "support/text/find_pool.hpp"

using namespace dbpool;
using namespace std::chrono_literals;
using test::pool_of;

namespace {

const std::vector<std::string> pool_columns{"database",   "user",      "cl_active",
                                            "cl_waiting", "sv_active", "sv_idle"};
const std::string databases = wire::columns({"name", "pool_size"}) + wire::row({"app", "20"}) + wire::done();

ProbeResult read(const std::string& pools, Duration bound = 5s) {
  const ScriptedPostgres server({{"SHOW POOLS", pools}, {"SHOW DATABASES", databases}});
  const auto probe = pgbouncer_probe("pgb", {}, postgres_driver(DsnSource(Dsn(server.dsn()))));
  const auto reading = probe->start_read(Deadline(std::chrono::steady_clock::now() + bound));
  run_here(*reading);
  return reading->take();
}

}  // namespace

TEST_CASE("figures of every kind come over the wire, and those that make no sense are not known") {
  const std::string begin = wire::columns(pool_columns);
  const ProbeResult all =
      read(begin + wire::row({"app", "alice", "1", "0", "7", "3"}) +
           wire::row({"app", "bob", std::nullopt, "many", "-1", "340282366920938463463374607431768211456"}) +
           wire::row({std::nullopt, "carol", "1", "1", "1", "1"}) + wire::done());
  CHECK(all.pools.size() == 3);
  CHECK(pool_of(all, "pgb/app/alice").active == 7);
  CHECK(pool_of(all, "pgb/app/alice").max == 20);
  const PoolSnapshot& bob = pool_of(all, "pgb/app/bob");
  CHECK_FALSE(bob.clients_active.has_value());
  CHECK_FALSE(bob.waiting.has_value());
  CHECK_FALSE(bob.active.has_value());
  CHECK_FALSE(bob.idle.has_value());
}

TEST_CASE("notices in the middle of an answer do not disturb it") {
  std::string pools = wire::notice("first") + wire::columns(pool_columns);
  for (int i = 0; i < 1000; ++i) pools += wire::notice(std::string(100, 'x'));
  const ProbeResult all =
      read(pools + wire::row({"app", "alice", "1", "0", "7", "3"}) + wire::notice("last") + wire::done());
  CHECK(pool_of(all, "pgb/app/alice").active == 7);
}

TEST_CASE("an answer that is no complete one fails the reading") {
  const std::string whole = wire::columns(pool_columns) + wire::row({"app", "alice", "1", "0", "7", "3"});
  const std::vector<std::string> broken{
      wire::refusal("no mem"),
      wire::columns({"database"}) + wire::row({"app"}) + wire::done(),
      wire::columns(pool_columns) + wire::row({"app", "alice"}) + wire::done(),  // a short row
      "HTTP/1.1 400 Bad Request\r\n\r\n",
      std::string(64, '\xFF'),
      std::string("T\0\0\0\1", 5),
      wire::done(),
  };
  for (const std::string& pools : broken) {
    CAPTURE(pools);
    CHECK_THROWS_AS(read(pools), Error);
  }
  // Half a row without the rest.
  CHECK_THROWS_AS(read(whole.substr(0, whole.size() - 3), 500ms), Error);
}

TEST_CASE("hostile names and very many of them cost nothing but themselves, and are counted") {
  std::string pools = wire::columns(pool_columns);
  const std::vector<std::string> names{"a\"b",
                                       "a\\b",
                                       "a\nb",
                                       "a\xFF"
                                       "b",
                                       "a\xFE"
                                       "b",
                                       "",
                                       std::string(3000, 'x'),
                                       "{}=#"};
  for (const std::string& name : names) pools += wire::row({name, "alice", "1", "0", "7", "3"});
  for (int i = 0; i < 2000; ++i) pools += wire::row({"many", std::to_string(i), "1", "0", "7", "3"});
  const ScriptedPostgres server({{"SHOW POOLS", pools + wire::done()}, {"SHOW DATABASES", databases}});
  const ExporterProcess exporter({.config = fmt::format(R"(
sources:
  - {{name: pgb, type: pgbouncer, dsn: {}, interval: 200ms, limit: 50}}
)",
                                                        server.dsn())});
  REQUIRE(eventually([&] { return exporter.metric("dbpool_up", {{"source", "pgb"}}) == 1; }, 20s));
  const Scrape scrape = exporter.scrape();
  // Two of the 2009 come to the same name in valid UTF-8, and are one pool.
  CHECK(scrape.value("dbpool_source_dropped_pools", {{"source", "pgb"}}) == 2008 - 50);
  CHECK(scrape.value("dbpool_connections", {{"pool", "pgb/a\nb/alice"}, {"state", "active"}}) == 7);
  CHECK(scrape.value("dbpool_connections", {{"pool", "pgb/a\"b/alice"}, {"state", "active"}}) == 7);
  // Both have the same name in valid UTF-8; only one is kept.
  CHECK(scrape.value("dbpool_connections", {{"pool",
                                             "pgb/a\xEF\xBF\xBD"
                                             "b/alice"},
                                            {"state", "active"}}) == 7);
  CHECK_FALSE(scrape.mentions({{"pool", "pgb/many/1999"}}));
}
