#include "support/servers/slow_clients.hpp"

#include <doctest/doctest.h>
#include <signal.h>

#include <algorithm>

#include "support/eventually.hpp"
#include "support/servers/exporter_process.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

using enum Slowness;

/// Returns the p99 of `count` scrapes. Each scrape must succeed.
std::chrono::nanoseconds p99_of_scrapes(const ExporterProcess& exporter, int count) {
  std::vector<std::chrono::nanoseconds> took;
  for (int i = 0; i < count; ++i) {
    const HttpAnswer answer = exporter.get("/metrics");
    REQUIRE(answer.status == 200);
    took.push_back(answer.took);
  }
  std::ranges::sort(took);
  return took[took.size() * 99 / 100];
}

/// Returns the share of one processor that the exporter has used since `began`; `cpu_before`: its processor
/// time then.
double load_since(const ExporterProcess& exporter, double cpu_before,
                  std::chrono::steady_clock::time_point began) {
  const double cpu = exporter.scrape().at("process_cpu_seconds_total") - cpu_before;
  return cpu / std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

/// Returns pools from number `first` on, of fifteen that would keep 90 files open.
std::string greedy_fleet(const TemporaryDirectory& directory, int first = 0) {
  std::string config = "pools:\n";
  for (int i = first; i < 15; ++i) {
    const std::string name = "pool" + std::to_string(i);
    config += "  - {name: " + name + ", dsn: " + (directory.path() / name).string() + ", create: true}\n";
  }
  return config;
}

/// Returns many pools without connections, whose metrics take some MiB.
std::string large_fleet() {
  std::string config = "pools:\n";
  for (int i = 0; i < 300; ++i) {
    config +=
        "  - {name: pool" + std::to_string(i) + ", dsn: ':memory:', min_size: 0, canary: {interval: 0}}\n";
  }
  return config;
}

}  // namespace

TEST_CASE("forty slow clients do not make a scrape slow") {
  const ExporterProcess exporter;
  const SlowClients slow(exporter.port(), 40, {silent, drips_head, drips_body, hardly_reads});
  REQUIRE(eventually([&] { return slow.hung_up() > 40; }, 10s));
  // The best of three, because the machine may be busy.
  auto best = p99_of_scrapes(exporter, 200);
  for (int i = 0; i < 2 && best >= 50ms; ++i) best = std::min(best, p99_of_scrapes(exporter, 200));
  CHECK(best < stretched(50ms));
}

TEST_CASE("among two hundred slow clients every scrape is answered within five seconds") {
  const ExporterProcess exporter;
  const SlowClients slow(exporter.port(), 200, {silent, drips_head, drips_body, hardly_reads});
  REQUIRE(eventually([&] { return slow.hung_up() > 64; }, 10s));
  for (int i = 0; i < 4; ++i) {
    const auto patience = std::chrono::ceil<std::chrono::seconds>(stretched(5s));
    const HttpAnswer answer = http_exchange(exporter.port(), "GET", "/metrics", {.patience = patience});
    CHECK(answer.status == 200);
    CHECK(answer.took < stretched(5s));
  }
}

TEST_CASE("clients that read a large answer slowly are hung up on, and others get theirs") {
  const ExporterProcess exporter({.config = large_fleet()});
  const auto reading_it_all = std::chrono::seconds(exporter.get("/metrics").body.size() / 160'000);
  REQUIRE(reading_it_all >= 15s);
  const SlowClients slow(exporter.port(), 80, {reads_steadily});
  const auto healthy = [&](std::chrono::seconds patience) {
    return http_exchange(exporter.port(), "GET", "/-/healthy", {.patience = patience});
  };
  REQUIRE(eventually([&] { return healthy(1s).status == 0; }, 10s));
  const HttpAnswer answer = healthy(60s);
  CHECK(answer.status == 200);
  CHECK(answer.took < reading_it_all - 2s);
}

TEST_CASE(
    "pools that want more descriptors than there are leave some to the web server, until there are enough") {
  const TemporaryDirectory files;
  ExporterProcess exporter({.config = greedy_fleet(files), .launcher = {"prlimit", "--nofile=64:64"}});
  const auto complaints = exporter.log("too few file descriptors");
  REQUIRE(complaints.size() == 1);
  CHECK(complaints[0].at("level") == "error");
  CHECK(complaints[0].at("limit") == "64");
  const auto shortage = [&] {
    for (const LogLine& line : exporter.log("database error")) {
      if (line.at("error").find("too few file descriptors") != std::string::npos) return true;
    }
    return false;
  };
  CHECK(eventually(shortage, 10s));

  const double cpu_before = exporter.scrape().at("process_cpu_seconds_total");
  const auto began = std::chrono::steady_clock::now();
  {
    const SlowClients slow(exporter.port(), 60, {silent, drips_head});
    REQUIRE(eventually([&] { return slow.hung_up() >= 24; }, 20s));
    CHECK(load_since(exporter, cpu_before, began) < 0.6);
    CHECK(exporter.scrape().at("process_open_fds") <= 64);
  }

  // The last pools found no free descriptors. After others have closed, there are enough.
  const auto up = [&](int i) {
    return exporter.metric("dbpool_up", {{"source", "pool" + std::to_string(i)}});
  };
  REQUIRE(up(14) == 0);
  exporter.configure(greedy_fleet(files, 12));
  exporter.process().signal(SIGHUP);
  for (int i = 12; i < 15; ++i) CHECK(eventually([&] { return up(i) == 1; }, 25s));
  CHECK_FALSE(exporter.scrape().mentions({{"source", "pool0"}}));
}
