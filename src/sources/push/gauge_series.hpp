#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sources/push/streams.hpp"

namespace dbpool {

/// A gauge: the last values of the processes that send it, added up.
class GaugeSeries {
 public:
  /// Sets the value of the process that began at the point's start; nullopt = the process has no value any
  /// more. Returns why the point was rejected.
  std::optional<RejectReason> set(const PointTime& at, std::optional<double> value);
  /// Returns the sum of the values that arrived at `not_before` or later; nullopt if there are none. A
  /// process does not count after another one began behind its last point, which is a restart, until it sends
  /// again.
  std::optional<double> value(TimePoint not_before) const;
  /// Returns whether the value is 0 because it fell to 0 from above: an SDK that stops sends such a maximum.
  bool fell_to_zero(TimePoint not_before) const;
  /// Returns the time between the last point and the one before it, as of Streams.
  std::uint64_t step() const noexcept { return streams_.step(); }
  std::size_t bytes() const noexcept { return values_.capacity() * (sizeof(Value) + sizeof(Stream)); }

 private:
  struct Value {
    std::optional<double> last;
    bool fell = false;
  };

  std::vector<std::size_t> counting(TimePoint not_before) const;

  Streams streams_;
  std::vector<Value> values_;  ///< of each stream
};

}  // namespace dbpool
