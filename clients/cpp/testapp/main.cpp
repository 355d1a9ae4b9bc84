// An application with a pool of three connections, for clients/tests; clients/go/testapp does the same.
//
//   testapp run|bench dbpool URL, testapp flood N, testapp tick
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <source_location>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "dbpool/drivers/postgres.hpp"
#include "dbpool/model/error.hpp"
#include "dbpool_events/reported_pool.hpp"

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using dbpool_events::ReportedPool;
using dbpool_events::Sender;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr unsigned size = 3;
constexpr int callers = 6;
constexpr int turns = 50;
constexpr std::string_view traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

std::shared_ptr<dbpool::Pool> open(const std::string& url) {
  dbpool::PoolOptions options;
  options.name = "orders";
  options.min_size = size;
  options.max_size = size;
  auto pool = std::make_shared<dbpool::Pool>(
      options, dbpool::postgres_driver(dbpool::DsnSource(dbpool::Dsn{url})), dbpool::Runtime::start(2));
  pool->warm_up(10s);
  return pool;
}

/// Returns the callers' waits in ms.
std::vector<double> use_all(ReportedPool& pool) {
  std::mutex mutex;
  std::vector<double> waits;
  std::vector<std::jthread> threads;
  for (int i = 0; i < callers; ++i) {
    threads.emplace_back([&] {
      for (int turn = 0; turn < turns; ++turn) {
        const auto start = Clock::now();
        auto lease = pool.acquire();
        const Milliseconds waited = Clock::now() - start;
        std::this_thread::sleep_for(2ms);
        lease.release();
        const std::lock_guard lock(mutex);
        waits.push_back(waited.count());
      }
    });
  }
  threads.clear();
  return waits;
}

void time_out(ReportedPool& pool) {
  std::vector<dbpool_events::ReportedLease> held;
  for (unsigned i = 0; i < size; ++i) held.push_back(pool.acquire());
  try {
    pool.acquire({.timeout = 50ms, .site = {}});
    std::abort();
  } catch (const dbpool::AcquireTimeout&) {
    held.clear();
  }
}

void run(ReportedPool& pool, Sender* sender) {
  const std::vector<double> waits = use_all(pool);
  time_out(pool);
  const unsigned line = std::source_location::current().line() + 1;
  const auto leaked = pool.acquire({.timeout = {}, .site = {}, .trace = dbpool::trace_context(traceparent)});
  std::this_thread::sleep_for(1100ms);  // so that close() reads the gauges, which are sent once a second
  if (sender != nullptr) sender->close();
  std::cout << nlohmann::json{{"acquisitions", *pool.pool().snapshot().acquisitions},
                              {"waits", waits},
                              {"leaked_at", "main.cpp:" + std::to_string(line) + ' '}}
            << std::endl;
  std::quick_exit(0);  // so that it never comes back
}

/// Returns the time of one acquire and its release.
template <typename Pool>
double turn(Pool& pool) {
  constexpr int each = 500;
  const auto start = Clock::now();
  for (int i = 0; i < each; ++i) pool.acquire();
  return std::chrono::duration<double, std::nano>(Clock::now() - start).count() / each;
}

double median(std::vector<double> times) {
  std::ranges::nth_element(times, times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2));
  return times[times.size() / 2];
}

/// Prints the median time of an acquire and its release, of turns in alternation.
void bench(dbpool::Pool& bare, ReportedPool& reported) {
  constexpr int rounds = 201;
  std::vector<double> without, with;
  for (int i = 0; i < rounds; ++i) {
    without.push_back(turn(bare));
    with.push_back(turn(reported));
    std::this_thread::sleep_for(20ms);  // so that the queue never fills
  }
  std::cout << "bare " << median(without) << " ns, reported " << median(with) << " ns\n";
}

/// Ends with an event that found room in the queue after others did not.
void flood(Sender& sender, int events) {
  const Sender::Pool pool = sender.pool("flood");
  for (int i = 0; i < events; ++i) pool.acquire_timeout(1ms);
  for (std::uint64_t dropped = 0; dropped != sender.dropped(); ++events) {
    std::this_thread::sleep_for(1ms);
    dropped = sender.dropped();
    pool.acquire_timeout(1ms);
  }
  sender.close();
  std::cout << nlohmann::json{{"events", events}, {"dropped", sender.dropped()}} << std::endl;
}

void tick(Sender& sender) {
  while (true) {
    sender.pool("tick|a,b\nc:d e").acquire_timeout(1ms);
    std::this_thread::sleep_for(5ms);
  }
}

}  // namespace

int main(int, char** arguments) {
  const std::string mode = arguments[1];
  const auto sender = Sender::from_environment();
  if (mode == "flood") flood(*sender, std::atoi(arguments[2]));
  if (mode == "tick") tick(*sender);
  if (mode == "run" || mode == "bench") {
    ReportedPool reported(open(arguments[3]), sender);
    if (mode == "run") run(reported, sender.get());
    bench(*open(arguments[3]), reported);
  }
  return 0;
}
