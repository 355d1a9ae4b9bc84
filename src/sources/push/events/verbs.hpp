#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "dbpool/model/names.hpp"
#include "sources/push/events/wire.hpp"

namespace dbpool {

/// How the names of our events begin. What follows is a verb.
inline constexpr std::string_view event_prefix = "dbpool.";

/// What an event says: its name without the prefix. The gauges come last.
enum class Verb {
  acquired,
  released,
  acquire_timeout,
  connected,
  acquire_rejected,
  connect_failed,
  closed,
  error,
  idle,
  active,
  opening,
  waiting,
  min,
  max,
};
inline constexpr std::size_t gauge_count = 6;

/// Bounds of what an event may say. What is beyond them is malformed; a site is cut.
struct EventLimits {
  static constexpr std::size_t name = 256;  ///< bytes of a pool, a client or a lease
  static constexpr std::size_t site = 512;  ///< bytes
  static constexpr std::size_t trace = 64;  ///< bytes of a trace_id; a longer one is ignored
  static constexpr std::chrono::hours duration = std::chrono::hours(24 * 7);
  static constexpr double count = 1e6;  ///< events that one line counts
};

/// A valid line of ours. All views point into the datagram.
struct EventLine {
  Verb verb = Verb::acquired;
  std::span<const double> values;  ///< milliseconds, counts or connections, by the verb
  double weight = 1;               ///< how many events each value stands for
  std::string_view pool = {}, lease = {}, site = {}, trace_id = {};  ///< "" = not sent
  std::optional<CloseReason> reason = std::nullopt;
  ErrorKind error = ErrorKind::other;
  std::optional<std::int64_t> time = std::nullopt;  ///< Unix time in seconds

  bool is_gauge() const noexcept { return verb >= Verb::idle; }
  /// Returns how many events each value stands for. REQUIRES: of a verb with durations.
  std::uint64_t times() const noexcept;
  /// Returns how many events the line counts. REQUIRES: of a verb that counts.
  std::uint64_t count() const noexcept;
};

/// Reads a line whose name begins with the prefix. nullopt: the verb is not known, or its type, its values or
/// its tags are not allowed.
std::optional<EventLine> read_event(const StatsdLine& line);

/// Returns a value of a verb with durations.
std::chrono::nanoseconds duration_of(double milliseconds);

}  // namespace dbpool
