// Measures the cost of recording a duration, of copying a pool's figures and of rendering them.

#include <benchmark/benchmark.h>
#include <prometheus/histogram.h>

#include <chrono>
#include <string>

#include "bench/dbpool_pool.hpp"
#include "exposition/render.hpp"

namespace dbpool::bench {
namespace {

using std::chrono::nanoseconds;

/// Returns durations that spread over all buckets, so that the processor cannot predict the next one.
nanoseconds next(nanoseconds d) {
  return nanoseconds((d.count() * 6364136223 + 1442695041) % 50'000'000);
}

void record_ours(benchmark::State& state) {
  HistogramRecorder histogram(acquisition_buckets());
  nanoseconds d{1};
  for (auto _ : state) {
    histogram.record(d = next(d));
    benchmark::DoNotOptimize(&histogram);
  }
}
BENCHMARK(record_ours)->Name("record/dbpool");

void record_peer(benchmark::State& state) {
  prometheus::Histogram histogram(acquisition_buckets()->seconds());
  nanoseconds d{1};
  for (auto _ : state) histogram.Observe(std::chrono::duration<double>(d = next(d)).count());
}
BENCHMARK(record_peer)->Name("record/prometheus-cpp");

void record_nothing(benchmark::State& state) {
  nanoseconds d{1};
  for (auto _ : state) benchmark::DoNotOptimize(d = next(d));
}
BENCHMARK(record_nothing)->Name("record/nothing");

void snapshot(benchmark::State& state) {
  DbpoolPool pool;
  for (auto _ : state) benchmark::DoNotOptimize(pool.snapshot());
}
BENCHMARK(snapshot)->Name("snapshot/1");

FleetSnapshot fleet_of(int pools) {
  DbpoolPool pool;
  for (int i = 0; i < 1000; ++i) pool.acquire();
  FleetSnapshot fleet;
  for (int i = 0; i < pools; ++i) {
    PoolReport report{SourceKind::owned, pool.snapshot(), {.status = HealthStatus::healthy, .findings = {}}};
    report.figures.key = PoolKey({.source = "pool_" + std::to_string(i)});
    fleet.sources.push_back({report.figures.label(), report.kind, {}, {report}});
  }
  return fleet;
}

void render_as(benchmark::State& state, MetricsFormat format) {
  const FleetSnapshot fleet = fleet_of(static_cast<int>(state.range(0)));
  std::string text;
  for (auto _ : state) text = render_text(fleet, format);

  double series = text.starts_with('#') ? 0 : 1;
  for (std::size_t at = text.find('\n'); at + 1 < text.size(); at = text.find('\n', at + 1)) {
    if (text[at + 1] != '#') ++series;
  }
  state.counters["series"] = series;
  state.counters["s/series"] =
      benchmark::Counter(series, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void render(benchmark::State& state) {
  render_as(state, MetricsFormat::prometheus);
}
BENCHMARK(render)->Arg(1)->Arg(100)->Arg(1000)->Unit(benchmark::kMicrosecond);

void render_openmetrics(benchmark::State& state) {
  render_as(state, MetricsFormat::openmetrics);
}
BENCHMARK(render_openmetrics)->Arg(1000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace dbpool::bench

BENCHMARK_MAIN();
