#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "dbpool/sync/clock.hpp"
#include "sources/push/events/sequence.hpp"
#include "sources/push/events/text_map.hpp"

namespace dbpool {

/// One process that reports events, or all those that do not say which one they are.
struct EventClient {
  std::string_view name;  ///< "" = not said
  TimePoint heard;
  std::optional<Sequence> sequence = std::nullopt;  ///< of its datagrams, where it numbers them
  /// When datagrams of it were found lost: at first since it was asked for, and at last.
  std::optional<TimePoint> first_loss = std::nullopt, last_loss = std::nullopt;

  void note_loss() {
    last_loss = heard;
    if (!first_loss) first_loss = heard;
  }
};

/// The clients of one source that are not silent. A client keeps its address until it is erased. Not
/// thread-safe.
class EventClients {
 public:
  explicit EventClients(std::size_t most) : most_(most) {}

  /// Returns the client with that name; nullptr if it is not known.
  EventClient* find(std::string_view name);
  bool has_room() const noexcept { return clients_.size() < most_; }
  /// Adds a client. REQUIRES: it is not known, and there is room.
  EventClient& add(std::string_view name, TimePoint now);
  void erase(const EventClient& client);
  /// Returns the clients that were not heard after `last`.
  std::vector<const EventClient*> silent_since(TimePoint last) const;
  /// Returns when the client that is silent for longest was heard last; nullopt without clients.
  std::optional<TimePoint> longest_silent_since() const;
  std::size_t size() const noexcept { return clients_.size(); }

  /// A loss of a client.
  struct Loss {
    const EventClient* client = nullptr;
    TimePoint at;
  };
  /// Returns the first loss of each client that has one at `last` or before. Its next one is then a later
  /// one, if there is any.
  std::vector<Loss> take_losses(TimePoint last);
  /// Notes that the system has dropped datagrams, of any client.
  void note_drops();
  /// Excludes a time in which this process was stopped from the silence of all clients.
  void pardon(Duration pause);

  /// Adds the number of a datagram of a client. Returns false if the datagram has come before.
  bool arrive(EventClient& client, std::uint64_t number);
  /// Returns how many datagrams of all clients are missing; less when a late one arrives. nullopt: no client
  /// has numbered its datagrams.
  std::optional<std::uint64_t> lost() const noexcept { return lost_; }

 private:
  std::size_t most_;
  TextMap<EventClient> clients_;
  std::optional<std::uint64_t> lost_;
};

}  // namespace dbpool
