#pragma once

#include <cstddef>
#include <cstdint>
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
  bool has_room = true;  ///< whether memory may grow for it
};

/// The last interval of one stream of points.
struct Stream {
  std::uint64_t start = 0, time = 0;  ///< Unix time in nanoseconds
  TimePoint arrived;                  ///< when its last point came
};

/// Tells the streams of one series apart. Several processes may send one series, because their resources are
/// equal, and each that restarts begins a new stream.
class Streams {
 public:
  static constexpr std::size_t most = 64;

  /// Where a point belongs.
  struct Place {
    std::size_t index = 0;  ///< of the stream
    bool is_new = false;    ///< begins a stream; the one before it with this index, if any, has ended
    std::optional<RejectReason> rejected = std::nullopt;  ///< the point is not used
  };

  /// Finds the stream of a point, which is then the stream's last. `temporality`: delta, or else cumulative.
  ///
  /// Cumulative points of one stream have the same start. Delta points of one stream follow each other: they
  /// have the same start, begin where the last one ended or, after a loss, later. A point that is not newer
  /// than its stream, or repeats an interval that a stream has left behind, is stale.
  Place place(const PointTime& at, Temporality temporality);

  const std::vector<Stream>& all() const noexcept { return streams_; }
  /// Returns how long after the point before it in its stream the last point was made, in nanoseconds; 0 =
  /// not known.
  std::uint64_t step() const noexcept { return step_; }

 private:
  bool repeats(const PointTime& at) const;
  std::vector<Stream>::iterator followed_by(const PointTime& at);
  Place begin(const PointTime& at);

  std::vector<Stream> streams_;
  std::uint64_t step_ = 0;
};

}  // namespace dbpool
