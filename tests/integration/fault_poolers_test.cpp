#include <list>
#include <map>

#include "backoff_step.hpp"
#include "network_faults.hpp"
#include "support/servers/app_bouncer.hpp"
#include "support/servers/pgpool_server.hpp"

using namespace dbpool;

namespace {

std::string bouncer_source(const std::string& name, std::uint16_t port) {
  const std::string at = fmt::format("host=127.0.0.1 port={} sslmode=disable", port);
  return fmt::format(
      "  - {{name: {0}, type: pgbouncer, dsn: '{1} dbname=pgbouncer user=stats', interval: 300ms, timeout: "
      "{2}, "
      "synthetic: {{dsn: '{1} dbname=app user=alice', interval: 300ms}}}}\n",
      name, at, patience());
}

std::string pgpool_source(const std::string& name, std::uint16_t port) {
  return fmt::format(
      "  - {{name: {}, type: pgpool, dsn: 'host=127.0.0.1 port={} dbname=postgres user=postgres "
      "sslmode=disable', interval: 300ms, timeout: {}}}\n",
      name, port, patience());
}

std::string bouncer_of(const NetworkFault& fault) {
  return std::string("pgb-") + fault.name;
}
std::string pgpool_of(const NetworkFault& fault) {
  return std::string("pgp-") + fault.name;
}

/// A PgBouncer and a Pgpool-II, each watched directly and through one proxy per fault. One proxy serves both
/// the console and the database of the PgBouncer.
struct Scene : AppBouncer {
  Scene() : AppBouncer("user=alice", {"pool_mode=transaction"}) {}

  PgpoolServer pgpool{server.port(), {"num_init_children = 20", "max_pool = 1"}};
  std::list<ChaosProxy> proxies;
  ExporterProcess exporter{{.config = config()}};

  std::string config() {
    std::string sources =
        bouncer_source("pgb-direct", pooler.port()) + pgpool_source("pgp-direct", pgpool.port());
    for (const NetworkFault& fault : network_faults) {
      sources += bouncer_source(bouncer_of(fault), proxies.emplace_back(pooler.port()).port());
      sources += pgpool_source(pgpool_of(fault), proxies.emplace_back(pgpool.port()).port());
    }
    return "pools:\n" + bystander_pool + "sources:\n" + sources;
  }

  void inject() {
    auto proxy = proxies.begin();
    for (const NetworkFault& fault : network_faults) {
      (proxy++)->inject(fault.chaos);
      (proxy++)->inject(fault.chaos);
    }
  }
  void heal() {
    for (ChaosProxy& proxy : proxies) proxy.heal();
  }

  bool becomes(const std::string& source, double up) const {
    return eventually([&] { return exporter.metric("dbpool_up", {{"source", source}}) == up; }, 20s);
  }
  double transactions(const std::string& source) const {
    return count(exporter, "dbpool_acquisitions_total",
                 {{"source", source}, {"pool", source + "/app/alice"}});
  }
  /// Returns whether the client of that PgBouncer's `synthetic` gets a server from now on.
  bool is_measured(const std::string& source) const {
    const double before = transactions(source);
    return eventually([&] { return transactions(source) > before; }, 20s);
  }
  /// Returns whether the fault looks like a full Pgpool-II: one that accepts connections and stays silent has
  /// no free child.
  static bool looks_full(const NetworkFault& fault) { return fault.chaos == Chaos::silent; }
  /// Returns whether that Pgpool-II comes to show figures.
  bool answers(const std::string& source) const {
    const Labels whole{{"source", source}, {"pool", source}};
    return eventually([&] { return exporter.metric("dbpool_queries_total", whole) > 0; }, 20s);
  }
  bool is_saturated(const std::string& source) const {
    const Labels saturation{{"source", source}, {"pool", source}, {"reason", "saturation"}};
    return eventually([&] { return exporter.metric("dbpool_health_reason", saturation) == 1; }, 20s);
  }

  bool all_come_to_work() const {
    return becomes("pgb-direct", 1) && becomes("pgp-direct", 1) &&
           std::ranges::all_of(network_faults, [&](const NetworkFault& fault) {
             return becomes(bouncer_of(fault), 1) && is_measured(bouncer_of(fault)) &&
                    becomes(pgpool_of(fault), 1);
           });
  }

  void check_that_they_are_out() const {
    for (const NetworkFault& fault : network_faults) {
      CAPTURE(std::string(fault.name));
      CHECK(becomes(bouncer_of(fault), 0));
      CHECK_FALSE(exporter.scrape().mentions(
          {{"source", bouncer_of(fault)}, {"pool", bouncer_of(fault) + "/app/alice"}, {"state", "idle"}}));
      CHECK(looks_full(fault) ? is_saturated(pgpool_of(fault)) : becomes(pgpool_of(fault), 0));
    }
  }
};

}  // namespace

TEST_CASE("whatever a network does to a pooler is an outage of its source alone, and ends with it") {
  Scene scene;
  const ExporterProcess& exporter = scene.exporter;
  REQUIRE(comes_to_work(exporter, "bystander"));
  REQUIRE(scene.all_come_to_work());
  const double threads = exporter.scrape().at("process_threads");

  scene.inject();
  check_that_scrapes_are_fast(exporter, [&] {  // while the faults are being noticed
    scene.check_that_they_are_out();
    scene.heal();
    REQUIRE(scene.all_come_to_work());
    scene.inject();
  });
  scene.check_that_they_are_out();
  check_that_others_go_on(exporter);
  CHECK(scene.becomes("pgb-direct", 1));
  CHECK(scene.is_measured("pgb-direct"));
  CHECK(scene.becomes("pgp-direct", 1));
  CHECK(exporter.scrape().at("process_threads") <= threads + 8);

  scene.heal();
  const WallSeconds returned = wall_now();
  std::map<std::string, double> failures;
  for (const NetworkFault& fault : network_faults) {
    for (const std::string& source : {bouncer_of(fault), pgpool_of(fault)}) {
      failures[source] = failures_of(exporter, source);
    }
  }
  for (const NetworkFault& fault : network_faults) {
    CAPTURE(std::string(fault.name));
    CHECK(scene.becomes(bouncer_of(fault), 1));
    check_that_it_is_read_in_one_step(exporter, bouncer_of(fault), failures[bouncer_of(fault)], returned);
    CHECK(scene.is_measured(bouncer_of(fault)));
    CHECK(scene.becomes(pgpool_of(fault), 1));
    CHECK(scene.answers(pgpool_of(fault)));
    if (scene.looks_full(fault)) continue;
    check_that_it_is_read_in_one_step(exporter, pgpool_of(fault), failures[pgpool_of(fault)], returned);
  }
}
