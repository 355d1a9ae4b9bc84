#include <list>
#include <memory>

#include "fault_scene.hpp"
#include "support/servers/app_bouncer.hpp"
#include "support/servers/chaos_proxy.hpp"
#include "support/servers/pgpool_server.hpp"
#include "support/servers/scripted_http_server.hpp"

using namespace dbpool;

namespace {

/// One target of every kind.
struct Targets : AppBouncer {
  Targets() : AppBouncer("user=alice", {"pool_mode=transaction"}) {}

  PgpoolServer pgpool{server.port(), {"num_init_children = 8", "max_pool = 1"}};
  ScriptedHttpServer http{
      [](const std::string&) { return http_answer("200 OK", R"({"pools": {"main": {"pool_size": 3}}})"); }};
};

/// A source behind its own proxy, and the most connections seen on it.
struct Watch {
  std::string name;
  Chaos chaos;
  std::unique_ptr<ChaosProxy> proxy;
  std::size_t most = 0;
  double reads_before = 0;

  Labels labels() const { return {{"source", name}}; }
  std::string host() const { return fmt::format("host=127.0.0.1 port={} sslmode=disable", proxy->port()); }
};

/// One source of every kind per way of not answering. They read often and give up soon.
class Watches {
 public:
  explicit Watches(const Targets& targets) {
    for (const Chaos chaos : {Chaos::silent, Chaos::drip}) {
      const std::string way = chaos == Chaos::silent ? "silent" : "dripping";
      const Watch& activity = behind("activity-" + way, targets.server.port(), chaos);
      add(activity, fmt::format("type: pg_stat_activity, dsn: '{}'", activity.proxy->dsn()));
      const Watch& bouncer = behind("bouncer-" + way, targets.pooler.port(), chaos);
      add(bouncer, fmt::format("type: pgbouncer, dsn: '{0} dbname=pgbouncer user=stats', synthetic: {{dsn: "
                               "'{0} dbname=app user=alice', interval: 100ms}}",
                               bouncer.host()));
      const Watch& pgpool = behind("pgpool-" + way, targets.pgpool.port(), chaos);
      add(pgpool, fmt::format("type: pgpool, dsn: '{} dbname=postgres user=postgres'", pgpool.host()));
      const Watch& http = behind("http-" + way, targets.http.port(), chaos);
      add(http, fmt::format("type: http_json, url: 'http://127.0.0.1:{}/'", http.proxy->port()));
    }
  }

  const std::string& config() const { return config_; }
  std::list<Watch>& all() { return all_; }

 private:
  const Watch& behind(const std::string& name, std::uint16_t port, Chaos chaos) {
    return all_.emplace_back(Watch{name, chaos, std::make_unique<ChaosProxy>(port)});
  }
  void add(const Watch& watch, const std::string& keys) {
    config_ +=
        fmt::format("  - {{name: {}, interval: 100ms, timeout: {}, {}}}\n", watch.name, patience(), keys);
  }

  std::list<Watch> all_;
  std::string config_ = "sources:\n";
};

}  // namespace

TEST_CASE("a source that gets no answer holds no more than two connections to its target") {
  const Targets targets;
  Watches watches(targets);
  const ExporterProcess exporter({.config = watches.config()});
  const auto reads = [&](const Watch& watch) {
    return count(exporter, "dbpool_source_reads_total", watch.labels());
  };
  const auto comes_up = [&](const Watch& watch) {
    return eventually([&] { return exporter.metric("dbpool_up", watch.labels()) == 1; }, 20s);
  };
  for (const Watch& watch : watches.all()) {
    CAPTURE(watch.name);
    REQUIRE(comes_up(watch));
  }
  for (Watch& watch : watches.all()) {
    watch.proxy->inject(watch.chaos);
    watch.reads_before = reads(watch);
  }
  const auto asked_enough = [&] {
    bool enough = true;
    for (Watch& watch : watches.all()) {
      watch.most = std::max(watch.most, watch.proxy->open_connections());
      enough = enough && reads(watch) >= watch.reads_before + 4;
    }
    return enough;
  };
  CHECK(eventually(asked_enough, 30s));
  for (Watch& watch : watches.all()) {
    CAPTURE(watch.name);
    CHECK(watch.most >= 1);
    CHECK(watch.most <= 2);
    watch.proxy->heal();
  }
  for (const Watch& watch : watches.all()) {
    CAPTURE(watch.name);
    CHECK(comes_up(watch));
  }
}
