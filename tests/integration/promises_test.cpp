#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <thread>
#include <vector>

#include "support/eventually.hpp"
#include "support/servers/exporter_process.hpp"
#include "support/servers/postgres_server.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

constexpr double megabyte = 1e6;

double resident(const ExporterProcess& exporter) {
  return exporter.scrape().at("process_resident_memory_bytes") / megabyte;
}

/// Returns the initialization times of twenty pools of 2 connections, in ms, sorted. `entry` returns the
/// configuration of the pool with that number, besides its name.
template <typename Entry>
std::vector<double> initializations(const Entry& entry) {
  std::string config = "pools:\n";
  for (int i = 0; i < 20; ++i) config += fmt::format("  - {{name: pool{}, min_size: 2, {}}}\n", i, entry(i));
  const ExporterProcess exporter({.config = config});
  const auto told = [&] { return exporter.log("connection pool initialized"); };
  REQUIRE(eventually([&] { return told().size() == 20; }, 20s));
  std::vector<double> took;
  for (const LogLine& line : told()) {
    CHECK(line.at("connections") == "2");
    took.push_back(std::atof(line.at("duration_ms").c_str()));
  }
  std::ranges::sort(took);
  return took;
}

void check_p95(const std::vector<double>& took) {
  MESSAGE("a pool of 2 is initialized: p95 ", took[18], " ms, longest ", took[19], " ms");
  CHECK(took[0] > 0);
  CHECK(took[18] < std::chrono::duration<double, std::milli>(stretched(2s)).count());
}

double mean(const std::vector<double>& all, std::size_t from, std::size_t to) {
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>(from);
  const auto end = all.begin() + static_cast<std::ptrdiff_t>(to);
  return std::accumulate(begin, end, 0.0) / static_cast<double>(to - from);
}

}  // namespace

TEST_CASE("the first scrape is answered within 200 ms of the start") {
  std::vector<double> took;
  for (int i = 0; i < 5; ++i) {
    const auto began = std::chrono::steady_clock::now();
    const ExporterProcess exporter;
    REQUIRE(exporter.get("/metrics").status == 200);
    took.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count());
  }
  std::ranges::sort(took);
  MESSAGE("to the first scrape: median ", took[2], " ms, longest ", took[4], " ms");
  CHECK(took[2] <= std::chrono::duration<double, std::milli>(stretched(200ms)).count());
}

TEST_CASE("nineteen of twenty pools of 2 are initialized within two seconds") {
  SUBCASE("on SQLite") {
    const TemporaryDirectory files;
    check_p95(initializations([&](int i) {
      return fmt::format("dsn: {}, create: true", (files.path() / std::to_string(i)).string());
    }));
  }
  SUBCASE("on PostgreSQL") {
    const PostgresServer server;
    check_p95(initializations([&](int) { return fmt::format("driver: postgres, dsn: '{}'", server.dsn()); }));
  }
}

TEST_CASE("with its default pool the exporter takes no more than 20 MB") {
  const ExporterProcess exporter;
  REQUIRE(eventually([&] { return exporter.get("/-/ready").status == 200; }, 5s));
  for (int i = 0; i < 20; ++i) exporter.scrape();
  MESSAGE("resident at rest: ", resident(exporter), " MB");
  CHECK(resident(exporter) <= 20);
}

TEST_CASE("a hundred canaries on a pool of 10 take less than 100 MB, and no more as time goes by") {
  const ExporterProcess exporter(
      {.config = "pools: [{name: orders, dsn: ':memory:', min_size: 10, max_size: 10, canary: {interval: "
                 "1ms, concurrency: 100, hold: 1ms}}]"});
  const auto acquisitions = [&] {
    return exporter.metric("dbpool_acquisitions_total", {{"pool", "orders"}}).value_or(0);
  };
  REQUIRE(eventually([&] { return acquisitions() > 100; }, 10s));
  std::vector<double> memory;
  const auto begin = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - begin < 15s) {
    memory.push_back(resident(exporter));
    std::this_thread::sleep_for(100ms);
  }
  const std::size_t third = memory.size() / 3;
  const double second = mean(memory, third, 2 * third), last = mean(memory, 2 * third, memory.size());
  MESSAGE(acquisitions(), " acquisitions; resident: most ", std::ranges::max(memory), " MB, second third ",
          second, " MB, last third ", last, " MB");
  CHECK(acquisitions() > 10'000);
  CHECK(std::ranges::max(memory) < 100);
  CHECK(last < second + 2);
}
