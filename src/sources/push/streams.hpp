#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "dbpool/model/names.hpp"
#include "dbpool/sync/clock.hpp"
#include "sources/push/point.hpp"

namespace dbpool {

/// When a point was made, and when it came.
struct PointTime {
  std::uint64_t start = 0, time = 0;  ///< Unix time in nanoseconds; start 0 = not sent
  TimePoint arrived;
  bool has_room = true;             ///< whether memory may grow for it
  std::uint64_t counted_until = 0;  ///< what was made until then has been counted before; 0 = nothing has
};

/// The last interval of one stream of points.
struct Stream {
  std::uint64_t start = 0, time = 0;  ///< Unix time in nanoseconds
  TimePoint arrived;                  ///< when its last point came
  bool is_delta = false;
  bool is_resumed = false;  ///< it went on after another one of the same start
};

/// Tells the streams of one series apart. Several processes may send one series, because their resources are
/// equal, and each that restarts begins a new stream.
class Streams {
 public:
  static constexpr std::size_t most = 64;

  /// Where a point belongs.
  struct Place {
    std::size_t index = 0;     ///< of the stream
    bool is_new = false;       ///< begins a stream; the one before it with this index, if any, has ended
    bool is_baseline = false;  ///< begins a cumulative stream whose value has been counted before
    std::optional<RejectReason> rejected = std::nullopt;  ///< the point is not used
  };
  /// Returns how far a point is ahead of the last one of a stream; nullopt = it is behind it.
  using Lead = std::function<std::optional<double>(std::size_t stream)>;

  /// Finds the stream of a point, which is then the stream's last. `temporality`: delta, or else cumulative.
  ///
  /// A stream has one temporality. Delta points of one stream follow each other: they have the same start,
  /// begin where the last one ended or, after a loss, later. Cumulative points of one stream have the same
  /// start, and none is behind the one before it. One that is begins another stream: the sender has counted
  /// anew, or another process sends under the same start. A point that is ahead of several such streams
  /// belongs to the one that it is least ahead of, so processes that share a start never count twice. A point
  /// that is not newer than its stream, or repeats an interval that a stream has left behind, is stale.
  Place place(const PointTime& at, Temporality temporality, const Lead& lead);

  /// Returns the index of the stream with a start that was heard last; nullopt if there is none.
  std::optional<std::size_t> find(std::uint64_t start, Temporality temporality) const;
  const std::vector<Stream>& all() const noexcept { return streams_; }
  /// Returns whether several processes have sent cumulative points under one start, in turns.
  bool has_shared_start() const noexcept { return has_shared_start_; }
  /// Returns how long after the point before it in its stream the last point was made, in nanoseconds; 0 =
  /// not known.
  std::uint64_t step() const noexcept { return step_; }

 private:
  Place place_delta(const PointTime& at);
  Place place_cumulative(const PointTime& at, const Lead& lead);
  std::optional<std::size_t> least_behind(const PointTime& at, std::size_t newest, const Lead& lead) const;
  Place go_on(std::size_t index, const PointTime& at);
  Place begin_again(std::size_t newest, const PointTime& at);
  bool repeats(const PointTime& at) const;
  std::optional<std::size_t> followed_by(const PointTime& at) const;
  Place begin(const PointTime& at, Temporality temporality);

  std::vector<Stream> streams_;
  std::uint64_t step_ = 0;
  bool has_shared_start_ = false;
};

}  // namespace dbpool
