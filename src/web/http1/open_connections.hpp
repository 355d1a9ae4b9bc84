#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <optional>

#include "dbpool/sync/guarded.hpp"

namespace dbpool {

/// The connections of a listener, oldest first. Bounds their number: a new one evicts the oldest of those
/// that wait for their clients, if possible one whose client has sent nothing that was not read: what an
/// honest client sends comes soon, and may only wait for its turn. To evict is to shut the socket down; the
/// connection's own task then closes it. Any thread may call it.
class OpenConnections : public std::enable_shared_from_this<OpenConnections> {
  struct Entry {
    int socket = -1;
    bool waits = true;
    bool evicted = false;
  };
  using Entries = std::list<Entry>;

 public:
  /// The place of one connection, until it is destroyed.
  class Place {
   public:
    Place(std::shared_ptr<OpenConnections> all, Entries::iterator entry) noexcept
        : all_(std::move(all)), entry_(entry) {}
    Place(Place&&) noexcept = default;
    Place& operator=(Place&&) = delete;
    ~Place();

    /// The server works on the request: the connection is not evicted.
    void work() { set_waiting(false); }
    /// The connection waits for its client again.
    void wait() { set_waiting(true); }
    /// Returns whether the connection had to make room for another one.
    bool is_evicted() const;

   private:
    void set_waiting(bool waits);

    std::shared_ptr<OpenConnections> all_;
    Entries::iterator entry_;
  };

  explicit OpenConnections(std::size_t most) noexcept : most_(most) {}

  /// Adds a connection. Returns its place; nullopt = all others are at work, or `shut_down` was called.
  /// REQUIRES: the socket stays open until the place is destroyed.
  std::optional<Place> add(int socket);
  /// Evicts one, if one waits. Returns whether one did.
  bool evict();
  /// Shuts all of them down. No further one is added.
  void shut_down();

 private:
  struct State {
    Entries entries;
    std::size_t evicted = 0;
    bool is_shut_down = false;
  };
  static bool evict(State& state);

  const std::size_t most_;
  Guarded<State> state_;
};

/// Returns how many connections a listener of a process may have that may open `descriptors`: 128 from 1024
/// on.
std::size_t connections_allowed(std::size_t descriptors) noexcept;

}  // namespace dbpool
