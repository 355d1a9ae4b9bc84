#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "snapshot/pool_source.hpp"
#include "sources/probe.hpp"
#include "sources/push/events/clients.hpp"
#include "sources/push/events/event_pool.hpp"
#include "sources/push/events/mapped_lines.hpp"
#include "sources/push/events/text_map.hpp"
#include "sources/push/events/wire.hpp"
#include "sources/push/refused_pools.hpp"

namespace dbpool {

/// The most that is kept of what clients report. Lines beyond it are rejected.
struct EventBounds {
  std::size_t pools = 500;
  std::size_t clients = 10'000;
  std::size_t leases = 65'536;  ///< open ones
};

/// What happened that an operator should know, besides the figures.
struct EventNews {
  struct Gone {
    std::string pool, client;
    std::uint64_t leases;  ///< that it had, and that count as given back
  };
  struct Leak {
    std::string pool;
    LeakReport lease;
  };
  std::vector<Gone> gone;
  /// Leases whose client is there, given back because their releases are probably lost.
  std::vector<Gone> given_up;
  std::vector<Leak> leaks;     ///< suspected since the news before
  std::vector<Leak> returned;  ///< suspects that a client has released
};

/// Everything that the clients of one source have reported. The counters of its pools never fall. Bounded by
/// EventBounds. Not thread-safe: its owner has a lock, and each call is short.
class EventBooks : private StatsdSink {
 public:
  struct Options {
    std::string source = {};  ///< the name in front of the pools' names
    EventPoolOptions pool = {};
    Duration stale_after = std::chrono::minutes(5);  ///< silence after which a client has vanished
    EventBounds bounds = {};
    /// How lines with other names make pools; nullopt = they are not read.
    std::optional<MappingOptions> mapping = std::nullopt;
  };

  /// `at`: of the start. An event that is older contradicts. throws Error for a mapping that was not checked.
  EventBooks(Options options, const Arrival& at);
  EventBooks(const EventBooks&) = delete;
  EventBooks& operator=(const EventBooks&) = delete;

  /// Adds the events of a datagram. REQUIRES: `at` is not before that of the datagram before.
  void receive(std::string_view datagram, const Arrival& at);
  /// Counts a datagram that was not used.
  void refuse(RejectReason why);
  /// Counts datagrams that the system has dropped. A source whose system counts them calls it with 0 first.
  void lose(std::uint64_t datagrams);

  /// Excludes a time in which this process was stopped, so that what clients have sent in it counts.
  void pardon(Duration pause);

  /// Returns the pools as they are now, with their leaks and the number of pools beyond the limit.
  ProbeResult pools(TimePoint now);
  /// Returns when the result of `pools` changes without a datagram because a client vanishes; a time in the
  /// past if a datagram has come since the last call of `pools`.
  TimePoint changes_at() const;
  /// The count of what was lost never falls, although a late datagram takes its loss back.
  PushCounts counts();
  /// Forgets clients that were silent for `stale_after`, and pools that have had no clients for an hour. A
  /// lease that is out `stale_after` after its client has lost datagrams counts as given back.
  void forget(TimePoint now);
  /// Returns what happened since the last call, at most 100 of each kind.
  EventNews take_news();

 private:
  /// What is known of the datagram that is being read.
  struct Current {
    Arrival at;
    bool is_first_line = true, has_come_before = false;
    std::string client = {};  ///< who sent the first line, with its number
    std::optional<std::uint64_t> number = std::nullopt;
  };

  bool wants(std::string_view name) const override {
    return name.starts_with(event_prefix) || (mapped_ && mapped_->wants(name));
  }
  void line(const StatsdLine& line) override;
  void malformed() override { refuse(RejectReason::malformed); }

  std::optional<RejectReason> read(const StatsdLine& line, std::string_view client);
  std::optional<RejectReason> add_mapped(const StatsdLine& line, std::string_view client);
  bool note_number(const StatsdLine& line, std::string_view client);
  std::optional<RejectReason> add(const EventLine& event, std::string_view client);
  bool contradicts(const EventLine& event, const EventPool* pool, const EventClient* client) const;
  EventPool* admit(std::string_view pool);
  bool drop_empty_pool();
  EventPool* find(std::string_view pool);
  void expire(TimePoint now);
  void give_up(TimePoint now);
  void sweep(TimePoint now);
  PoolKey key_of(std::string_view pool) const;

  const Options options_;
  const std::int64_t started_;  ///< Unix time in seconds
  EventClients clients_;
  TextMap<EventPool> pools_;             ///< by the tag
  std::unique_ptr<MappedLines> mapped_;  ///< nullptr = none
  RefusedPools refused_;
  PushCounts counts_;
  std::optional<std::uint64_t> dropped_;  ///< by the system
  std::uint64_t open_leases_ = 0;
  EventNews news_;
  Current current_;
  bool has_changed_ = false;
  TimePoint changes_at_ = TimePoint::max();
  TimePoint full_until_;  ///< no search for a pool without clients before that
};

}  // namespace dbpool
