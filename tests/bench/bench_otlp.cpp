// Measures the intake of OTLP pushes: one sender, 500 pools with 12 points each, and half of the points are
// no pool's.

#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "bench/otlp_push.hpp"
#include "dbpool/sync/clock.hpp"
#include "sources/push/otlp/decode.hpp"
#include "sources/push/otlp/receiver.hpp"
#include "support/live_bytes.hpp"

namespace dbpool::bench {
namespace {

void count_points(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * pushed_points);
}

/// Wants the pools' metrics, and counts their points.
class Counted : public PointSink {
 public:
  bool wants(std::string_view metric) const override { return metric.starts_with("db.client"); }
  void resource(std::span<const SampleLabel> /*attributes*/) override {}
  void point(const PushedMetric& /*metric*/, const PushedPoint& point) override {
    benchmark::DoNotOptimize(point.value);
    ++points;
  }
  void malformed(const PushedMetric& /*metric*/, std::string_view /*why*/) override {}

  std::int64_t points = 0;
};

/// The decoder alone, which a push passes twice.
void decode(benchmark::State& state) {
  const std::string body = push_of_500_pools(0);
  for (auto _ : state) {
    Counted counted;
    decode_otlp(body, counted);
    if (counted.points != pushed_points / 2) state.SkipWithError("a point is missing");
  }
  count_points(state);
}
BENCHMARK(decode)->Name("otlp/decode")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dbpool::bench

BENCHMARK_MAIN();
