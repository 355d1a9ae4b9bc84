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
  void malformed(const PushedMetric& /*metric*/, std::span<const SampleLabel> /*attributes*/,
                 std::string_view /*why*/) override {}

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

constexpr std::uint64_t pushes = 8;

/// A receiver of pushes, and what it shares with its source.
struct Intake {
  std::shared_ptr<PushedState> state =
      std::make_shared<PushedState>(Mapping({}), "otel", PushNaming{}, PushLimits{});
  OtlpReceiver receiver{state, machine_clock(), std::size_t{16} << 20U};
};

/// A whole push, from its body to the sums of its pools, without the reading of them.
void receive(benchmark::State& state) {
  std::vector<std::string> bodies;
  for (std::uint64_t at = 0; at < pushes; ++at) bodies.push_back(push_of_500_pools(at));
  std::uint64_t pushed = 0;
  std::size_t held = 0;
  std::unique_ptr<Intake> intake;
  for (auto _ : state) {
    if (pushed % pushes == 0) {
      state.PauseTiming();
      intake = std::make_unique<Intake>();  // the times of the bodies begin again
      intake->receiver.receive("application/x-protobuf", bodies[pushed++ % pushes]);
      held = test::live_bytes();
      state.ResumeTiming();
    }
    intake->receiver.receive("application/x-protobuf", bodies[pushed++ % pushes]);
  }
  const PushCounts counts = intake->state->senders.access()->counts(machine_clock()->now());
  if (counts.used == 0 || counts.rejected != decltype(counts.rejected){})
    state.SkipWithError("a point is rejected");
  count_points(state);
  state.counters["held_bytes"] = static_cast<double>(held);
}
BENCHMARK(receive)->Name("otlp/receive")->Unit(benchmark::kMillisecond);

/// The reading of what was pushed, once after each push.
void read(benchmark::State& state) {
  Intake intake;
  std::uint64_t at = 0;
  for (auto _ : state) {
    state.PauseTiming();
    intake.receiver.receive("application/x-protobuf", push_of_500_pools(at++));
    state.ResumeTiming();
    const auto pools = intake.state->senders.access()->pools(machine_clock()->now()).pools;
    if (pools.size() != pushed_pools) state.SkipWithError("a pool is missing");
  }
}
BENCHMARK(read)->Name("otlp/read_500_pools")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dbpool::bench

BENCHMARK_MAIN();
