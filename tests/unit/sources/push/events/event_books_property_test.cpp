#include <doctest/doctest.h>

#include <array>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "sources/push/events/event_books.hpp"
#include "support/reported_events.hpp"

using namespace std::chrono_literals;
using namespace dbpool;
using namespace dbpool::test;

namespace {

/// What a pool must show.
struct ExpectedPool {
  std::uint64_t acquisitions = 0, releases = 0, errors = 0;
  std::map<std::string, std::set<int>> out;  ///< open leases by client

  std::uint64_t open() const {
    std::uint64_t sum = 0;
    for (const auto& [client, leases] : out) sum += leases.size();
    return sum;
  }
};

/// Clients that report at random, lose datagrams, repeat themselves, fall silent and come back. It keeps
/// books of its own, in the plainest way.
class RandomClients {
 public:
  explicit RandomClients(unsigned seed) : random_(seed) {}

  void step() {
    if (below(50) == 0) scene.clock.advance(20s);
    const std::string client(1, static_cast<char>('a' + below(4)));
    const std::string name = below(2) == 0 ? "x" : "y";
    const int lease = below(8);
    expire();
    switch (below(4)) {
      case 0:
      case 1:
        return acquire(client, name, lease);
      case 2:
        return release(client, name, lease);
      default:
        return error(client, name);
    }
  }
  /// Lets the clients vanish that were silent for the 60 s of the source.
  void expire() {
    for (auto heard = heard_.begin(); heard != heard_.end();) {
      if (scene.clock.now() - heard->second < 60s) {
        ++heard;
        continue;
      }
      for (auto& [name, pool] : pools) pool.out.erase(heard->first);
      heard = heard_.erase(heard);
    }
    scene.result();
  }

  EventScene scene{{.pool = {.leak_detection_timeout = 30s}, .stale_after = 60s}};
  std::map<std::string, ExpectedPool> pools;
  std::uint64_t contradictions = 0, used = 0;

 private:
  int below(int end) { return std::uniform_int_distribution(0, end - 1)(random_); }

  void send(const std::string& verb, const std::string& client, const std::string& pool,
            const std::string& tags) {
    scene.receive("dbpool." + verb + "|#pool:" + pool + ",client:" + client + tags);
  }
  void hear(const std::string& client) { heard_[client] = scene.clock.now(); }
  void contradict(const std::string& client) {
    ++contradictions;
    if (heard_.contains(client)) hear(client);
  }

  void acquire(const std::string& client, const std::string& name, int lease) {
    send("acquired:5|ms", client, name, ",lease:" + std::to_string(lease));
    const auto pool = pools.find(name);
    if (pool != pools.end() && pool->second.out[client].contains(lease)) return contradict(client);
    hear(client);
    pools[name].out[client].insert(lease);
    ++pools[name].acquisitions;
    ++used;
  }
  void release(const std::string& client, const std::string& name, int lease) {
    send("released:7|ms", client, name, ",lease:" + std::to_string(lease));
    const auto pool = pools.find(name);
    if (pool == pools.end() || pool->second.out[client].erase(lease) == 0) return contradict(client);
    hear(client);
    ++pool->second.releases;
    ++used;
  }
  void error(const std::string& client, const std::string& name) {
    send("error:1|c", client, name, "");
    hear(client);
    ++pools[name].errors;
    ++used;
  }

  std::mt19937 random_;
  std::map<std::string, TimePoint> heard_;
};

}  // namespace

TEST_CASE("whatever clients report, the books are exact") {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    RandomClients clients(seed);
    for (int step = 0; step < 2000; ++step) {
      clients.step();
      for (const auto& [name, expected] : clients.pools) {
        const PoolSnapshot pool = clients.scene.pool("apps/" + name);
        CAPTURE(step);
        CAPTURE(name);
        if (expected.acquisitions > 0) {
          REQUIRE(pool.active.value_or(0) == expected.open());
          REQUIRE(pool.acquisitions == expected.acquisitions);
          REQUIRE(pool.releases == expected.releases);
          REQUIRE(pool.acquisition_duration->count() == expected.acquisitions);
          REQUIRE(pool.usage_duration->count() == expected.releases);
          REQUIRE(*pool.leaks_detected - *pool.leaks_recovered == pool.leaked.value_or(0));
          REQUIRE(pool.leaked.value_or(0) <= expected.open());
        }
        if (expected.errors > 0) REQUIRE(pool.errors[index_of(ErrorKind::other)] == expected.errors);
      }
    }
    CHECK(clients.scene.rejected(RejectReason::contradiction) == clients.contradictions);
    CHECK(clients.scene.books.counts().used == clients.used);
  }
}

TEST_CASE("whatever numbers arrive, the count of what was lost never falls") {
  std::mt19937 random(7);
  EventScene scene;
  std::uint64_t before = 0, base = 1;
  for (int step = 0; step < 3000; ++step) {
    base += random() % 3;
    if (random() % 200 == 0) base = random() % 5000;
    const std::uint64_t number = base + random() % 8;
    scene.receive("dbpool.error:1|c|#client:" + std::to_string(random() % 3) +
                  ",seq:" + std::to_string(number));
    const auto lost = scene.books.counts().lost;
    REQUIRE(lost.value_or(0) >= before);
    before = lost.value_or(0);
  }
  CHECK(before > 0);
}
