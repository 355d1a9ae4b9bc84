// Measures the reading of an application's metrics text: 100,000 lines, and 200 of them belong to its pools.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "bench/application_text.hpp"
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

void read_ours(benchmark::State& state) {
  const std::string_view all = text();
  std::size_t held = 0;
  for (auto _ : state) {
    const std::size_t before = test::live_bytes();
    Picker picker;
    TextReader reader(TextFormat::prometheus, picker);
    for (std::size_t at = 0; at < all.size(); at += piece_size) reader.read(all.substr(at, piece_size));
    reader.finish();
    held = test::live_bytes() - before;
    if (picker.pools() != 10) state.SkipWithError("a pool is missing");
  }
  count_bytes(state);
  state.counters["held_bytes"] = static_cast<double>(held);
}
BENCHMARK(read_ours)->Name("promtext/dbpool")->Unit(benchmark::kMillisecond);

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
