// Any datagrams yield sound figures, exact books and counters that never fall, in bounded memory.
#include <memory>
#include <string>

#include "fuzz_target.hpp"
#include "shown_reading.hpp"
#include "sources/push/events/event_books.hpp"
#include "support/fakes/fake_clock.hpp"
#include "support/live_bytes.hpp"

using namespace dbpool;
using test::Input;
using test::require;
using test::ShownReading;

namespace {

constexpr std::size_t most_memory = std::size_t{2} << 20U;

EventBooks::Options small_books() {
  using namespace std::chrono_literals;
  return {.source = test::read_source,
          .pool = {.leak_detection_timeout = 2s},
          .stale_after = 10s,
          .bounds = {.pools = test::most_pools, .clients = 4, .leases = 16}};
}

/// Books that are exact after each datagram. Half a second passes between two.
class Scene {
 public:
  void receive(std::string_view datagram) {
    const PushCounts before = books_.counts();
    books_.receive(datagram, {clock_.now(), clock_.wall()});
    const PushCounts after = books_.counts();
    require(after.used >= before.used && after.lost.value_or(0) >= before.lost.value_or(0),
            "no count of lines falls", datagram);
    require(after.senders <= 4, "clients are bounded", datagram);
    clock_.advance(std::chrono::milliseconds(500));
  }
  void require_exact(std::string_view input) {
    for (const PoolSnapshot& pool : books_.pools(clock_.now()).pools) {
      require(pool.active.value_or(0) >= pool.leaked.value_or(0) || !pool.active || has_gauge_,
              "a leak is out", input);
      if (!pool.acquisitions) continue;
      require(pool.usage_duration->count() == *pool.releases, "each release has its time", input);
      require(pool.acquisition_duration->count() == *pool.acquisitions + *pool.acquisition_timeouts,
              "each acquisition and each timeout has its wait", input);
    }
  }
  /// Shows the figures, which costs a hundred times as much as a datagram.
  void require_sound(std::string_view input) {
    const ShownReading shown(SourceKind::events, books_.pools(clock_.now()));
    shown.require_sound(input);
  }
  /// All clients vanish, and their leases with them.
  void let_vanish(std::string_view input) {
    clock_.advance(std::chrono::minutes(1));
    require_exact(input);
    require_sound(input);
    require(books_.counts().senders == 0, "a silent client vanishes", input);
    for (const PoolSnapshot& pool : books_.pools(clock_.now()).pools) {
      require(pool.active.value_or(0) == 0, "no lease outlives its client", input);
      require(pool.leaks_detected == pool.leaks_recovered, "no leak outlives its client", input);
    }
  }
  void expect_gauges() { has_gauge_ = true; }

 private:
  FakeClock clock_;
  EventBooks books_{small_books(), {clock_.now(), clock_.wall()}};
  bool has_gauge_ = false;
};

}  // namespace

/// Input: datagrams, each up to the next byte 0xFF, which no valid one has.
int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(bytes), size);
  const std::size_t before = test::live_bytes();
  Scene scene;
  if (input.find("dbpool.active") != std::string_view::npos) scene.expect_gauges();
  Input datagrams(bytes, size);
  do {
    scene.receive(datagrams.until('\xFF'));
    scene.require_exact(input);
  } while (!datagrams.empty());
  scene.require_sound(input);
  require(test::live_bytes() <= before + most_memory, "memory is bounded", input);
  scene.let_vanish(input);
  return 0;
}
