#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <vector>

#include "support/eventually.hpp"
#include "support/servers/exporter_process.hpp"

namespace dbpool {

/// Returns the second longest of a hundred scrapes, all of which must succeed.
inline std::chrono::nanoseconds p99_of_a_scrape(const ExporterProcess& exporter) {
  std::vector<std::chrono::nanoseconds> took;
  for (int i = 0; i < 100; ++i) {
    const HttpAnswer answer = exporter.get("/metrics");
    REQUIRE(answer.status == 200);
    took.push_back(answer.took);
  }
  std::ranges::sort(took);
  return took[98];
}

/// Checks that the p99 of a scrape is below a stretched 50 ms in one of three rounds: a busy machine may fail
/// one round, but an exporter that waits for a database fails all. `before_again` is called before each later
/// round and restores the condition under test.
inline void check_that_scrapes_are_fast(
    const ExporterProcess& exporter, const std::function<void()>& before_again = [] {}) {
  std::chrono::nanoseconds best = p99_of_a_scrape(exporter);
  for (int round = 0; round < 2 && best >= stretched(std::chrono::milliseconds(50)); ++round) {
    before_again();
    best = std::min(best, p99_of_a_scrape(exporter));
  }
  MESSAGE("p99 of a scrape: ", std::chrono::duration<double, std::milli>(best).count(), " ms");
  CHECK(best < stretched(std::chrono::milliseconds(50)));
}

}  // namespace dbpool
