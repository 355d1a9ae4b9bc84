#include <doctest/doctest.h>
#include <fmt/format.h>

#include "support/eventually.hpp"
#include "support/servers/exporter_process.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

constexpr const char* slow = "dbpool_acquisitions_slow_total";
constexpr const char* objective = "dbpool_acquisition_objective_seconds";
constexpr const char* timed = "dbpool_acquisition_duration_seconds_count";

/// Returns a pool of one connection that three callers want, each of them for 30 ms.
std::string crowded_pool(const std::string& name, const std::string& more) {
  return fmt::format(
      "  - {{name: {0}, dsn: 'file:{0}?mode=memory&cache=shared', min_size: 1, max_size: 1, "
      "canary: {{interval: 1ms, concurrency: 3, hold: 30ms}}{1}}}\n",
      name, more);
}

Labels of(const std::string& name) {
  return {{"source", name}, {"pool", name}};
}

/// Returns the acquisitions and timeouts that took longer than a bound of the default buckets.
double beyond(const Scrape& scrape, const std::string& pool, const std::string& le) {
  const double within =
      scrape.at("dbpool_acquisition_duration_seconds_bucket", {{"source", pool}, {"pool", pool}, {"le", le}});
  return scrape.at(timed, of(pool)) - within;
}

/// Returns the first scrape in which `pool` has `count` more timed acquisitions than in `before`.
Scrape after_more(const ExporterProcess& exporter, const std::string& pool, double count,
                  const Scrape& before = {}) {
  const double enough = before.value(timed, of(pool)).value_or(0) + count;
  Scrape now;
  REQUIRE(eventually(
      [&] {
        now = exporter.scrape();
        return now.value(timed, of(pool)).value_or(0) >= enough;
      },
      10s));
  return now;
}

}  // namespace

TEST_CASE("callers who wait longer than their pool's objective are counted, to the nanosecond") {
  const ExporterProcess exporter({.config = "pools:\n" + crowded_pool("orders", "") +
                                            crowded_pool("users", ", latency_objective: 7ms") +
                                            crowded_pool("unjudged", ", latency_objective: 0")});
  after_more(exporter, "orders", 20);
  after_more(exporter, "users", 20);
  const Scrape now = after_more(exporter, "unjudged", 20);

  CHECK(now.at(objective, of("orders")) == 0.01);
  CHECK(now.at(slow, of("orders")) == beyond(now, "orders", "0.01"));
  CHECK(now.at(slow, of("orders")) >= 10);  // of three callers two wait while one holds

  CHECK(now.at(objective, of("users")) == 0.007);  // no bucket has this bound
  CHECK(now.at(slow, of("users")) >= beyond(now, "users", "0.01"));
  CHECK(now.at(slow, of("users")) <= beyond(now, "users", "0.005"));

  CHECK_FALSE(now.value(objective, of("unjudged")));
  CHECK_FALSE(now.value(slow, of("unjudged")));
}

TEST_CASE("a caller that gives up after the objective counts as slow") {
  const ExporterProcess exporter(
      {.config =
           "pools:\n  - {name: orders, dsn: ':memory:', min_size: 1, max_size: 1, acquire_timeout: 50ms, "
           "canary: {interval: 1ms, concurrency: 2, hold: 500ms}}\n"});
  const Scrape now = after_more(exporter, "orders", 6);
  CHECK(now.at("dbpool_acquisition_timeouts_total", of("orders")) >= 1);
  CHECK(now.at(slow, of("orders")) >= now.at("dbpool_acquisition_timeouts_total", of("orders")));
  CHECK(now.at(slow, of("orders")) == beyond(now, "orders", "0.01"));
}

TEST_CASE("a reload with another objective keeps the pool and its count, and applies from then on") {
  const ExporterProcess exporter(
      {.config = "pools:\n" + crowded_pool("orders", ""), .flags = {"--web.enable-lifecycle"}});
  const auto reload_with = [&](const std::string& value) {
    exporter.configure("pools:\n" + crowded_pool("orders", ", latency_objective: " + value));
    REQUIRE(exporter.post("/-/reload").status == 200);
    return exporter.scrape();
  };
  const Scrape before = after_more(exporter, "orders", 10);
  const Scrape reloaded = reload_with("1h");
  const char* created = "dbpool_pool_created_timestamp_seconds";
  CHECK(reloaded.at(created, of("orders")) == before.at(created, of("orders")));
  CHECK(reloaded.at(objective, of("orders")) == 3600);
  CHECK(reloaded.at(slow, of("orders")) >= before.at(slow, of("orders")));
  const Scrape later = after_more(exporter, "orders", 10, reloaded);
  CHECK(later.at(slow, of("orders")) == reloaded.at(slow, of("orders")));

  const Scrape off = reload_with("0");
  CHECK_FALSE(off.value(slow, of("orders")));
  CHECK_FALSE(off.value(objective, of("orders")));
  const Scrape on = reload_with("1ms");
  CHECK(on.at(slow, of("orders")) >= later.at(slow, of("orders")));
  CHECK(on.at(created, of("orders")) == before.at(created, of("orders")));
}

TEST_CASE("the pool of the environment has its objective from a variable") {
  const ExporterProcess exporter({.environment = {{"DBPOOL_LATENCY_OBJECTIVE", "250ms"}}});
  CHECK(exporter.metric(objective, of("default")) == 0.25);
  CHECK(exporter.metric(slow, of("default")).has_value());
}
