#include <signal.h>

#include <thread>

#include "fault_scene.hpp"

using namespace dbpool;

namespace {

Labels state(const std::string& pool, const std::string& name) {
  return {{"pool", pool}, {"state", name}};
}

}  // namespace

TEST_CASE(
    "a process that was stopped for a minute neither catches up in a burst nor suspects its own leases") {
  // A lease is out for 70 s with 40 s allowed, but the process is stopped for 60 s of them.
  ExporterProcess exporter(
      {.config = "pools:\n" + bystander_pool +
                 "  - {name: held, dsn: ':memory:', leak_detection_timeout: 40s, canary: "
                 "{interval: 60s, concurrency: 2, hold: 70s}}\n"});
  REQUIRE(comes_to_work(exporter, "bystander"));
  // A connection is checked when it is opened, and when the canary has it; then it is held.
  REQUIRE(
      eventually([&] { return exporter.metric("dbpool_health_checks_total", of_pool("held")) >= 4; }, 5s));
  CHECK(exporter.metric("dbpool_connections", state("held", "active")) == 2);
  const Scrape before = exporter.scrape();
  exporter.process().signal(SIGSTOP);
  std::this_thread::sleep_for(60s);
  const auto resumed = std::chrono::steady_clock::now();
  exporter.process().signal(SIGCONT);

  std::this_thread::sleep_for(2s);
  const Scrape after = exporter.scrape();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - resumed).count();
  const auto grown = [&](const char* name) {
    return after.at(name, of_pool("bystander")) - before.at(name, of_pool("bystander"));
  };
  // Ten turns a second, plus a few in progress before the stop.
  CHECK(grown("dbpool_acquisitions_total") > 0);
  CHECK(grown("dbpool_acquisitions_total") <= 10 * seconds + 10);
  CHECK(grown("dbpool_health_checks_total") <= 10 * seconds + 15);
  // A turn that was in progress at the stop may have passed its deadline; its connection is replaced.
  CHECK(grown("dbpool_connections_created_total") <= 1);
  CHECK(grown("dbpool_acquisition_timeouts_total") == 0);
  CHECK(works(after, "bystander"));
  CHECK(after.at("dbpool_connections", state("held", "active")) == 2);
  CHECK(after.at("dbpool_leaks_detected_total", of_pool("held")) == 0);

  CHECK(eventually([&] { return exporter.metric("dbpool_releases_total", of_pool("held")) >= 2; }, 30s));
  CHECK(exporter.metric("dbpool_leaks_detected_total", of_pool("held")) == 0);
  CHECK(exporter.log("potential connection leak detected").empty());
  CHECK(exporter.log("database error").size() <= 1);
}
