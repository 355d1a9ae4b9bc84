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

/// The load on a pool: each thread acquires, holds, releases and repeats at once.
struct Load {
  unsigned threads = 1;
  nanoseconds hold{0};  ///< slept, not spun, while the connection is held
  nanoseconds run{0};   ///< duration of the load
};

/// The measurements of one thread.
struct Tally {
  std::vector<nanoseconds> waits;  ///< of the timed acquisitions
  nanoseconds held{0};             ///< sum of the hold times; 0 without a hold
  std::uint64_t cycles = 0;
};

/// The result of a load.
struct Outcome {
  double seconds = 0;
  double cycles = 0;
  double p50 = 0, p99 = 0, max = 0;  ///< wait, seconds
  double fairness = 0;               ///< Jain's index over cycles per thread: 1 = equal shares
  double efficiency = 0;             ///< held time as a share of the possible maximum
};

/// Combines the measurements of all threads over `elapsed`. `usable`: the most connections that can be held
/// at once.
Outcome sum_up(std::vector<Tally> tallies, nanoseconds elapsed, unsigned usable);

/// Sleeps until `moment`.
void sleep_until(Time::time_point moment);

/// Runs one thread's part of a load. Without a hold only every 64th cycle is timed, because reading the clock
/// would otherwise dominate.
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

/// Runs `load` on a pool of `usable` connections; all threads start together. Blocks for `load.run` and until
/// every thread is done.
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
