#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "support/eventually.hpp"
#include "support/servers/chaos_proxy.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/free_port.hpp"
#include "support/servers/postgres_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;

struct Size {
  int pools, sources;
};

/// The cost of an exporter at rest and per scrape.
struct Figures {
  double series, threads, memory, idle_cpu, scrape_seconds, scrape_cpu;
};

/// Pools on files of one directory, and sources that watch one PostgreSQL: half of them directly, half
/// through a proxy.
struct Fleet {
  explicit Fleet(Size size) : pools(size.pools), sources(size.sources), exporter({.config = config()}) {}

  std::string config() {
    fs::create_directory(folder);
    std::string text = "pools:\n";
    for (int i = 0; i < pools; ++i) {
      text += fmt::format(
          "  - {{name: pool{0}, dsn: '{1}/{0}.db', create: true, min_size: 1, max_size: 2, canary: "
          "{{interval: 2s}}}}\n",
          i, folder.string());
    }
    text += "sources:\n";
    for (int i = 0; i < sources; ++i) {
      const std::string dsn = i % 2 == 0 ? server.dsn() : proxy.dsn();
      text += fmt::format(
          "  - {{name: watch{}, type: pg_stat_activity, dsn: '{}', interval: 2s, timeout: 1s, limit: 5}}\n",
          i, dsn);
    }
    return text;
  }

  /// Returns whether all pools and sources come to be up, or down.
  bool all_become(bool up) const {
    const std::string line_end = up ? "} 1" : "} 0";
    return eventually(
        [&] {
          const std::string text = exporter.get("/metrics").body;
          int so = 0;
          for (std::size_t at = 0; (at = text.find("\ndbpool_up{", at)) != std::string::npos;) {
            const auto end = text.find('\n', ++at);
            so += text.substr(at, end - at).ends_with(line_end);
          }
          return so == pools + sources;
        },
        60s);
  }

  /// Breaks every database: its directory is renamed, its server refuses connections, or its proxy forwards
  /// nothing.
  void break_all() {
    fs::rename(folder, directory.path() / "elsewhere");
    proxy.inject(Chaos::black_hole);
    server.kill();
  }

  Figures measure() const;

  int pools, sources;
  TemporaryDirectory directory;
  fs::path folder = directory.path() / "data";
  PostgresServer server{PostgresServer::Auth::trust, {"max_connections=300"}};
  ChaosProxy proxy{server.port()};
  ExporterProcess exporter;
};

double cpu(const Scrape& scrape) {
  return scrape.at("process_cpu_seconds_total");
}

Figures Fleet::measure() const {
  constexpr int scrapes = 5;
  const Scrape before = exporter.scrape();
  std::this_thread::sleep_for(3s);
  const Scrape rested = exporter.scrape();
  std::vector<double> took;
  std::string body;
  for (int i = 0; i < scrapes; ++i) {
    HttpAnswer answer = exporter.get("/metrics");
    CHECK(answer.status == 200);
    took.push_back(std::chrono::duration<double>(answer.took).count());
    body = std::move(answer.body);
  }
  const Scrape after = exporter.scrape();
  std::ranges::sort(took);
  double series = 0;
  for (std::size_t at = 0; (at = body.find('\n', at)) != std::string::npos; ++at)
    series += at + 1 < body.size() && body[at + 1] != '#';
  // The idle interval contains one of the scrapes that measure it; the second interval contains `scrapes`
  // more.
  const double scrape_cpu = (cpu(after) - cpu(rested)) / (scrapes + 1);
  return {.series = series,
          .threads = after.at("process_threads"),
          .memory = after.at("process_resident_memory_bytes"),
          .idle_cpu = std::max(0.0, cpu(rested) - cpu(before) - scrape_cpu) / 3,
          .scrape_seconds = took[scrapes / 2],
          .scrape_cpu = scrape_cpu};
}

void report(const Fleet& fleet, const std::string& state, const Figures& f) {
  MESSAGE(fmt::format(
      "{} pools and {} sources, {}: {:.0f} series, {:.0f} threads, {:.1f} MB, {:.1f} % of a processor "
      "at rest, a scrape {:.0f} ms and {:.2f} µs of CPU a series",
      fleet.pools, fleet.sources, state, f.series, f.threads, f.memory / 1e6, f.idle_cpu * 100,
      f.scrape_seconds * 1000, f.scrape_cpu / f.series * 1e6));
}

struct Life {
  Figures alive, dead;
};

/// Measures a fleet of that size while all is well, and while every database is down.
Life live(Size size) {
  Fleet fleet(size);
  REQUIRE(fleet.all_become(true));
  Life life{};
  life.alive = fleet.measure();
  report(fleet, "alive", life.alive);
  fleet.break_all();
  REQUIRE(fleet.all_become(false));
  life.dead = fleet.measure();
  report(fleet, "dead", life.dead);
  return life;
}

/// Threads and memory are exact. On a busy machine processor time shows only the order of growth: quadratic
/// growth would cost 4 times as much per series, and 16 times at rest.
void check_growth(const Figures& small, const Figures& large) {
  CHECK(large.threads < 100);
  CHECK(large.memory <= 4 * 1.5 * small.memory);
  CHECK(large.scrape_cpu / large.series <= 3.5 * small.scrape_cpu / small.series);
  CHECK(large.idle_cpu <= 12 * small.idle_cpu + 0.3);
}

}  // namespace

TEST_CASE(
    "a thousand pools and two hundred sources take few threads, and no more than their share of the rest") {
  const Life small = live({250, 50});
  const Life large = live({1000, 200});
  check_growth(small.alive, large.alive);
  check_growth(small.dead, large.dead);
}
