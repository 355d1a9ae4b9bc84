// Measures the intake of events: the parser, the books, and a Unix socket whose sender waits while it is
// full.

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "dbpool/sync/clock.hpp"
#include "sources/push/events/datagram_batch.hpp"
#include "sources/push/events/event_books.hpp"
#include "sources/push/events/inbox.hpp"
#include "support/datagram_sender.hpp"

namespace dbpool::bench {
namespace {

constexpr int lines_of_datagram = 64;
/// More than the window of a sequence, so that it begins anew with the first datagram.
constexpr std::uint64_t different_datagrams = 2000;

/// A datagram as a client sends it: 32 leases of one of 20 pools, each acquired and released.
std::string datagram_number(std::uint64_t number) {
  const std::string pool = "#pool:pool-" + std::to_string(number % 20) + ",client:web-4711-1700000000";
  std::string datagram;
  for (int i = 0; i < lines_of_datagram / 2; ++i) {
    const std::string lease = ",lease:" + std::to_string(number * lines_of_datagram + i);
    datagram += "dbpool.acquired:0.125|ms|" + pool + lease + ",site:Cart.java:112 checkout";
    if (i == 0) datagram += ",seq:" + std::to_string(number + 1);
    datagram += "\ndbpool.released:3.5|ms|" + pool + lease + "\n";
  }
  return datagram;
}

std::vector<std::string> many_datagrams() {
  std::vector<std::string> datagrams;
  for (std::uint64_t number = 0; number < different_datagrams; ++number)
    datagrams.push_back(datagram_number(number));
  return datagrams;
}

Arrival machine_now() {
  return {machine_clock()->now(), machine_clock()->wall()};
}

EventBooks new_books() {
  return EventBooks({.source = "apps", .pool = {.leak_detection_timeout = std::chrono::seconds(30)}},
                    machine_now());
}

void require_all_used(benchmark::State& state, EventBooks& books) {
  const PushCounts counts = books.counts();
  if (counts.rejected != decltype(counts.rejected){}) state.SkipWithError("a line is rejected");
  if (counts.lost.value_or(0) != 0) state.SkipWithError("a datagram is lost");
}

class CountedLines : public StatsdSink {
 public:
  bool wants(std::string_view name) const override { return name.starts_with(event_prefix); }
  void line(const StatsdLine& line) override {
    benchmark::DoNotOptimize(line.values[0]);
    ++lines;
  }
  void malformed() override {}

  std::int64_t lines = 0;
};

void parse(benchmark::State& state) {
  const std::string datagram = datagram_number(1);
  CountedLines counted;
  for (auto _ : state) parse_statsd(datagram, counted);
  if (counted.lines != state.iterations() * lines_of_datagram) state.SkipWithError("a line is missing");
  state.SetItemsProcessed(counted.lines);
}
BENCHMARK(parse)->Name("events/parse");

void receive(benchmark::State& state) {
  const std::vector<std::string> datagrams = many_datagrams();
  EventBooks books = new_books();
  std::size_t next = 0;
  for (auto _ : state) {
    books.receive(datagrams[next++ % different_datagrams], machine_now());
  }
  require_all_used(state, books);
  state.SetItemsProcessed(state.iterations() * lines_of_datagram);
}
BENCHMARK(receive)->Name("events/receive");

/// A socket with one sender, which waits while it is full. Received on this thread, so that its time is that
/// of one core.
void receive_on_path(benchmark::State& state) {
  const std::string path =
      std::filesystem::temp_directory_path() / ("bench_events." + std::to_string(::getpid()));
  const auto inbox = open_path_inbox({.path = path});
  const std::vector<std::string> datagrams = many_datagrams();
  std::atomic<bool> is_over = false, has_ended = false;
  std::uint64_t sent = 0;
  std::thread sender([&] {
    const test::DatagramSender to(path);
    for (std::uint64_t number = 0; !is_over; ++number)
      sent += to.send(datagrams[number % different_datagrams]) == 0 ? 1 : 0;
    has_ended = true;
  });
  DatagramBatch batch;
  std::uint64_t received = 0;
  EventBooks books = new_books();
  const auto drain = [&] {
    const auto there = batch.receive(*inbox);
    for (const Datagram& datagram : there) books.receive(datagram.bytes, machine_now());
    received += there.size();
    return !there.empty();
  };
  for (auto _ : state) {
    while (!drain()) {
    }
  }
  const std::uint64_t in_time = received;
  is_over = true;
  while (!has_ended) drain();
  while (drain()) {
  }
  sender.join();
  if (received != sent) state.SkipWithError("a datagram was lost");
  require_all_used(state, books);
  state.SetItemsProcessed(static_cast<std::int64_t>(in_time) * lines_of_datagram);
}
BENCHMARK(receive_on_path)->Name("events/receive_on_path")->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace dbpool::bench

BENCHMARK_MAIN();
