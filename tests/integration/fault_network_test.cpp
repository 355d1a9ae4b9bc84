#include <list>
#include <map>

#include "backoff_step.hpp"
#include "network_faults.hpp"
#include "support/servers/postgres_server.hpp"

using namespace dbpool;

namespace {

std::string watch_of(const NetworkFault& fault) {
  return std::string("watch-") + fault.name;
}

/// One PostgreSQL behind one proxy per fault. Each proxy serves an owned pool and a source that watches the
/// server's sessions.
struct Scene {
  PostgresServer server;
  std::list<ChaosProxy> proxies;
  ExporterProcess exporter{{.config = config()}};

  std::string config() {
    std::string pools = "pools:\n" + bystander_pool + watchful_pool("direct", server.dsn());
    std::string sources = "sources:\n";
    for (const NetworkFault& fault : network_faults) {
      const std::string dsn = proxies.emplace_back(server.port()).dsn();
      pools += watchful_pool(fault.name, dsn);
      sources +=
          fmt::format("  - {{name: {}, type: pg_stat_activity, dsn: '{}', interval: 300ms, timeout: 1s}}\n",
                      watch_of(fault), dsn);
    }
    return pools + sources;
  }

  void inject() {
    auto proxy = proxies.begin();
    for (const NetworkFault& fault : network_faults) (proxy++)->inject(fault.chaos);
  }
  void heal() {
    for (ChaosProxy& proxy : proxies) proxy.heal();
  }

  /// Returns whether the pool and the source behind each proxy come to work.
  bool all_come_to_work() const {
    return std::ranges::all_of(network_faults, [&](const NetworkFault& fault) {
      return comes_to_work(exporter, fault.name) && watch_becomes(fault, 1);
    });
  }
  bool all_come_to_an_outage() const {
    return std::ranges::all_of(network_faults, [&](const NetworkFault& fault) {
      return comes_to_an_outage(exporter, fault.name) && watch_becomes(fault, 0);
    });
  }
  bool watch_becomes(const NetworkFault& fault, double up) const {
    return eventually([&] { return exporter.metric("dbpool_up", {{"source", watch_of(fault)}}) == up; }, 20s);
  }
};

}  // namespace

TEST_CASE("whatever a network does to a database is an outage of its pool alone, and ends with it") {
  Scene scene;
  const ExporterProcess& exporter = scene.exporter;
  REQUIRE(scene.all_come_to_work());
  const double threads = exporter.scrape().at("process_threads");

  scene.inject();
  std::size_t outages = 1;
  check_that_scrapes_are_fast(exporter, [&] {  // while the faults are being noticed
    REQUIRE(scene.all_come_to_an_outage());
    scene.heal();
    REQUIRE(scene.all_come_to_work());
    scene.inject();
    ++outages;
  });
  for (const NetworkFault& fault : network_faults) {
    CAPTURE(std::string(fault.name));
    CHECK(comes_to_an_outage(exporter, fault.name));
    CHECK(scene.watch_becomes(fault, 0));
    CHECK_FALSE(told(exporter, fault.name, "database connection lost").empty());
    // A connection that was ended is not an error; a failure to replace it is.
    CHECK(errors(exporter, fault.name, "validation") + errors(exporter, fault.name, "connect") >= 1);
  }
  check_that_others_go_on(exporter);
  CHECK(works(exporter.scrape(), "direct"));
  CHECK(told(exporter, "direct", "database error").empty());
  CHECK(exporter.scrape().at("process_threads") <= threads + 8);

  scene.heal();
  const WallSeconds returned = wall_now();
  std::map<std::string, double> failures;
  for (const NetworkFault& fault : network_faults) {
    failures[watch_of(fault)] = failures_of(exporter, watch_of(fault));
  }
  for (const NetworkFault& fault : network_faults) {
    CAPTURE(std::string(fault.name));
    check_that_it_is_back(exporter, fault.name, outages);
    check_that_it_came_in_one_step(exporter, fault.name, returned);
    CHECK(scene.watch_becomes(fault, 1));
    check_that_it_is_read_in_one_step(exporter, watch_of(fault), failures[watch_of(fault)], returned);
  }
}
