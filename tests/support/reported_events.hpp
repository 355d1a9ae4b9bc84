#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sources/push/events/event_books.hpp"
#include "support/fakes/fake_clock.hpp"

namespace dbpool::test {

/// The books of a source called `apps`, on a clock that moves only by command.
class EventScene {
 public:
  explicit EventScene(EventBooks::Options options = {})
      : books(named(std::move(options)), Arrival{clock.now(), clock.wall()}) {}

  void receive(std::string_view datagram) { books.receive(datagram, {clock.now(), clock.wall()}); }
  /// Receives a datagram. Returns why it was not used; "" if all of it was.
  std::string outcome_of(std::string_view datagram) {
    const PushCounts before = books.counts();
    receive(datagram);
    const PushCounts after = books.counts();
    std::string reasons;
    for (std::size_t i = 0; i < after.rejected.size(); ++i) {
      if (after.rejected[i] > before.rejected[i]) reasons += reject_reason_names[i];
    }
    return reasons;
  }
  ProbeResult result() { return books.pools(clock.now()); }
  /// Returns the pool with that label; one without a key if there is none.
  PoolSnapshot pool(const std::string& label) {
    for (PoolSnapshot& found : result().pools) {
      if (found.label() == label) return std::move(found);
    }
    return {};
  }
  std::uint64_t rejected(RejectReason why) { return books.counts().rejected[index_of(why)]; }

  FakeClock clock;
  EventBooks books;

 private:
  static EventBooks::Options named(EventBooks::Options options) {
    options.source = "apps";
    return options;
  }
};

}  // namespace dbpool::test
