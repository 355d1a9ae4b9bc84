#include "bench/load.hpp"

#include <cmath>
#include <numeric>

namespace dbpool::bench {

namespace {

double in_seconds(nanoseconds d) {
  return std::chrono::duration<double>(d).count();
}

/// REQUIRES: `sorted` is sorted.
double quantile(const std::vector<nanoseconds>& sorted, double q) {
  if (sorted.empty()) return NAN;
  const auto rank = static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1));
  return in_seconds(sorted[rank]);
}

double jain(const std::vector<Tally>& tallies) {
  double sum = 0;
  double squares = 0;
  for (const auto& tally : tallies) {
    const auto cycles = static_cast<double>(tally.cycles);
    sum += cycles;
    squares += cycles * cycles;
  }
  return squares == 0 ? 0 : sum * sum / (static_cast<double>(tallies.size()) * squares);
}

}  // namespace

Outcome sum_up(std::vector<Tally> tallies, nanoseconds elapsed, unsigned usable) {
  std::vector<nanoseconds> waits;
  nanoseconds held{0};
  Outcome outcome;
  for (const auto& tally : tallies) {
    waits.insert(waits.end(), tally.waits.begin(), tally.waits.end());
    held += tally.held;
    outcome.cycles += static_cast<double>(tally.cycles);
  }
  std::sort(waits.begin(), waits.end());
  outcome.seconds = in_seconds(elapsed);
  outcome.p50 = quantile(waits, 0.5);
  outcome.p99 = quantile(waits, 0.99);
  outcome.max = quantile(waits, 1);
  outcome.fairness = jain(tallies);
  outcome.efficiency = in_seconds(held) / (outcome.seconds * usable);
  return outcome;
}

void sleep_until(Time::time_point moment) {
  std::this_thread::sleep_until(moment);
}

}  // namespace dbpool::bench
