#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <latch>
#include <thread>
#include <vector>

namespace dbpool::bench {

using Time = std::chrono::steady_clock;
using std::chrono::nanoseconds;

/// What a pool has to bear: so many threads, each of which acquires, holds, releases and comes again at once.
struct Load {
  unsigned threads = 1;
  nanoseconds hold{0};  ///< slept, not spun, while the connection is held
  nanoseconds run{0};   ///< for so long
};

/// What one thread saw.
struct Tally {
  std::vector<nanoseconds> waits;  ///< of the acquisitions that were timed
  nanoseconds held{0};             ///< of those too
  std::uint64_t cycles = 0;
};

/// What came of a load.
struct Outcome {
  double seconds = 0;
  double cycles = 0;
  double p50 = 0, p99 = 0, max = 0;  ///< wait, seconds
  double fairness = 0;               ///< Jain's index over cycles a thread: 1 = all got the same
  double efficiency = 0;             ///< share of the time in which as many connections as possible were held
};

/// Sums up what the threads saw within `elapsed`. At most `usable` connections could be held at once.
Outcome sum_up(std::vector<Tally> tallies, nanoseconds elapsed, unsigned usable);

/// Sleeps until `moment`.
void sleep_until(Time::time_point moment);

/// One thread's part of a load. Without a hold, reading the clock would be most of what is measured, so only
/// every 64th cycle is timed.
template <typename Pool>
Tally take_part(Pool& pool, const Load& load, const std::atomic<bool>& over) {
  constexpr std::uint64_t timed_every = 64;
  const bool holds = load.hold > nanoseconds::zero();
  Tally tally;
  tally.waits.reserve(1U << 16U);
  while (true) {
    const bool timed = holds || tally.cycles % timed_every == 0;
    const auto asked = timed ? Time::now() : Time::time_point{};
    const auto lease = pool.acquire();
    if (over.load(std::memory_order_relaxed)) return tally;
    ++tally.cycles;
    if (!timed) continue;
    const auto got = Time::now();
    tally.waits.push_back(got - asked);
    if (!holds) continue;
    sleep_until(got + load.hold);
    tally.held += Time::now() - got;
  }
}

/// Puts a pool of `usable` connections under `load`; all threads start together. Blocks for `load.run` and
/// until every thread is done.
template <typename Pool>
Outcome run(Pool& pool, const Load& load, unsigned usable) {
  std::vector<Tally> tallies(load.threads);
  std::atomic<bool> over = false;
  std::latch start(load.threads + 1);
  std::vector<std::jthread> threads;
  for (auto& tally : tallies) {
    threads.emplace_back([&] {
      start.arrive_and_wait();
      tally = take_part(pool, load, over);
    });
  }
  start.arrive_and_wait();
  const auto began = Time::now();
  sleep_until(began + load.run);
  over = true;
  const nanoseconds elapsed = Time::now() - began;
  threads.clear();
  return sum_up(std::move(tallies), elapsed, std::min(load.threads, usable));
}

}  // namespace dbpool::bench
