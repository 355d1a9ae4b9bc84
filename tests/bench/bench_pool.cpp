// Measures acquire and release alone, and pools under contention: ours, SOCI's and Poco's.

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <semaphore>
#include <string>
#include <thread>

#include "bench/dbpool_pool.hpp"
#include "bench/load.hpp"
#include "bench/peer_pools.hpp"

namespace dbpool::bench {
namespace {

/// Keeps a second thread waiting, because the C library skips atomic instructions in a process with one
/// thread.
class ParkedThread {
 public:
  ~ParkedThread() { go_.release(); }

 private:
  std::binary_semaphore go_{0};
  std::jthread thread_{[this] { go_.acquire(); }};
};

template <typename Pool>
void alone(benchmark::State& state) {
  const ParkedThread parked;
  Pool pool;
  for (auto _ : state) {
    const auto lease = pool.acquire();
    benchmark::DoNotOptimize(&lease);
  }
}

/// Our pool, whose callers pass a trace.
class TracedPool : public DbpoolPool {
 public:
  Lease acquire() { return DbpoolPool::acquire(request_); }

 private:
  const AcquireRequest request_{
      .timeout = {},
      .site = {},
      .trace = trace_context("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")};
};

/// Returns how long one contended case runs: DBPOOL_BENCH_SECONDS, 2 s by default.
nanoseconds run_time() {
  const char* seconds = std::getenv("DBPOOL_BENCH_SECONDS");
  return std::chrono::duration_cast<nanoseconds>(
      std::chrono::duration<double>(seconds == nullptr ? 2.0 : std::strtod(seconds, nullptr)));
}

template <typename Pool>
void contended(benchmark::State& state, Load load) {
  Pool pool;
  Outcome outcome;
  for (auto _ : state) {
    outcome = run(pool, load, connections);
    state.SetIterationTime(outcome.seconds);
  }
  state.counters["cycles/s"] = outcome.cycles / outcome.seconds;
  state.counters["p50_us"] = outcome.p50 * 1e6;
  state.counters["p99_us"] = outcome.p99 * 1e6;
  state.counters["max_us"] = outcome.max * 1e6;
  state.counters["jain"] = outcome.fairness;
  if (load.hold > nanoseconds::zero()) state.counters["efficiency"] = outcome.efficiency;
}

template <typename Pool>
void add() {
  benchmark::RegisterBenchmark((std::string("alone/") + Pool::name).c_str(), alone<Pool>);
  for (const unsigned threads : {2U, 8U, 100U}) {
    for (const int hold_ms : {0, 1}) {
      const std::string name = std::string("contended/") + Pool::name +
                               "/threads:" + std::to_string(threads) + "/hold_ms:" + std::to_string(hold_ms);
      benchmark::RegisterBenchmark(name.c_str(), contended<Pool>,
                                   Load{threads, std::chrono::milliseconds(hold_ms), run_time()})
          ->UseManualTime()
          ->Iterations(1)
          ->Unit(benchmark::kMillisecond);
    }
  }
}

}  // namespace
}  // namespace dbpool::bench

int main(int argc, char** argv) {
  dbpool::bench::add<dbpool::bench::DbpoolPool>();
  benchmark::RegisterBenchmark("alone/dbpool/traced", dbpool::bench::alone<dbpool::bench::TracedPool>);
  dbpool::bench::add<dbpool::bench::SociPool>();
  dbpool::bench::add<dbpool::bench::PocoPool>();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
