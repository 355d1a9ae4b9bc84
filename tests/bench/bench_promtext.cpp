// Measures the reading of an application's metrics text: 100,000 lines, and 200 of them belong to its pools.

#include <benchmark/benchmark.h>
#include <time.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "bench/application_text.hpp"
#include "sources/mapping/mapped_samples.hpp"
#include "sources/prometheus/distributions.hpp"
#include "sources/prometheus/text_reader.hpp"
#include "support/live_bytes.hpp"

namespace dbpool::bench {
namespace {

constexpr std::size_t piece_size = 16384;  // as libcurl delivers a body

const std::string& text() {
  static const std::string text = application_text();
  return text;
}

void count_bytes(benchmark::State& state) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(text().size()));
}

/// Picks what a mapping picks: the samples of one histogram, and no others.
class Picker : public SampleVisitor {
 public:
  void visit(const ScrapedSample& sample) override {
    if (sample.family == "hikaricp_connections_acquire_seconds") distributions_.add(sample);
  }
  std::size_t pools() const { return distributions_.in_seconds(TimeUnit::seconds).size(); }

 private:
  Distributions distributions_{"hikaricp_connections_acquire_seconds"};
};

void read_all(std::string_view all, TextReader& reader) {
  for (std::size_t at = 0; at < all.size(); at += piece_size) reader.read(all.substr(at, piece_size));
  reader.finish();
}

void read_ours(benchmark::State& state) {
  const std::string_view all = text();
  std::size_t held = 0;
  for (auto _ : state) {
    const std::size_t before = test::live_bytes();
    Picker picker;
    TextReader reader(TextFormat::prometheus, picker);
    read_all(all, reader);
    held = test::live_bytes() - before;
    if (picker.pools() != 10) state.SkipWithError("a pool is missing");
  }
  count_bytes(state);
  state.counters["held_bytes"] = static_cast<double>(held);
}
BENCHMARK(read_ours)->Name("promtext/dbpool")->Unit(benchmark::kMillisecond);

/// Reads the text through a mapping to the pools: all that a reading does but HTTP. Returns their number.
std::size_t read_pools(const Mapping& mapping) {
  MappedSamples samples(mapping);
  TextReader reader(TextFormat::prometheus, samples);
  read_all(text(), reader);
  KeptCounters kept;
  return samples.take("shop", kept).pools.size();
}

void map_samples(benchmark::State& state, const MappingOptions& options) {
  const Mapping mapping(options);
  for (auto _ : state) {
    if (read_pools(mapping) != 10) state.SkipWithError("a pool is missing");
  }
  count_bytes(state);
}
BENCHMARK_CAPTURE(map_samples, auto, by_presets()) -> Name("promtext/mapped/auto")
    -> Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(map_samples, custom, by_field())
    ->Name("promtext/mapped/custom")
    ->Unit(benchmark::kMillisecond);

/// Returns the seconds of processor time that one reading takes.
double cost_of(const Mapping& mapping) {
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  };
  const double begin = now();
  benchmark::DoNotOptimize(read_pools(mapping));
  return now() - begin;
}

/// Fails when all presets together cost much more than one field: their number must not matter. The least of
/// several turns, one of each in turn, does not depend on what else the machine does.
void compare_mappings(benchmark::State& state) {
  constexpr double most = 1.5;
  constexpr int turns = 5;
  const Mapping presets(by_presets()), field(by_field());
  double of_presets = cost_of(presets), of_field = cost_of(field);
  for (auto _ : state) {
    for (int i = 0; i < turns; ++i) {
      of_presets = std::min(of_presets, cost_of(presets));
      of_field = std::min(of_field, cost_of(field));
    }
  }
  state.counters["auto_to_custom"] = of_presets / of_field;
  if (of_presets > most * of_field) state.SkipWithError("auto costs more than 1.5 times custom");
}
BENCHMARK(compare_mappings)->Name("promtext/mapped/ratio")->Unit(benchmark::kMillisecond);

/// The floor: finds the line feeds and nothing else.
void find_lines(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(std::count(text().begin(), text().end(), '\n'));
  count_bytes(state);
}
BENCHMARK(find_lines)->Name("promtext/count_line_feeds")->Unit(benchmark::kMillisecond);

/// The floor of a reader that hands out lines: memchr for each.
void scan_lines(benchmark::State& state) {
  for (auto _ : state) {
    std::string_view rest = text();
    std::size_t lines = 0;
    for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
      rest.remove_prefix(end + 1);
      ++lines;
    }
    benchmark::DoNotOptimize(lines);
  }
  count_bytes(state);
}
BENCHMARK(scan_lines)->Name("promtext/memchr_lines")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dbpool::bench

BENCHMARK_MAIN();
