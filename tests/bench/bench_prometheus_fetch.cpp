// Measures a whole reading of the source prometheus: over HTTP from loopback, through the mapping, to
// snapshots.

#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "bench/application_text.hpp"
#include "sources/prometheus/probe.hpp"
#include "support/servers/scripted_http_server.hpp"

namespace dbpool::bench {
namespace {

void fetch(benchmark::State& state, const MappingOptions& mapping) {
  const std::string text = application_text();
  const ScriptedHttpServer server([&](const std::string&) { return http_answer("200 OK", text); });
  PrometheusOptions options;
  options.http.url = server.url();
  options.mapping = mapping;
  const auto probe = prometheus_probe({.name = "shop"}, options, std::make_shared<NameResolver>());
  for (auto _ : state) {
    const auto reading =
        probe->start_read(Deadline(std::chrono::steady_clock::now() + std::chrono::minutes(1)));
    run_here(*reading);
    if (reading->take().pools.size() != 10) state.SkipWithError("a pool is missing");
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(text.size()));
}
// The server works on a thread of its own, so only the time on the clock has a meaning.
BENCHMARK_CAPTURE(fetch, auto, by_presets()) -> Name("prometheus/fetch_to_snapshot/auto")
    -> Unit(benchmark::kMillisecond) -> UseRealTime();
BENCHMARK_CAPTURE(fetch, custom, by_field())
    ->Name("prometheus/fetch_to_snapshot/custom")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace dbpool::bench
