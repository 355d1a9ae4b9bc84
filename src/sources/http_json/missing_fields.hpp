#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace dbpool {

/// The outcome of looking for one field in one reading.
struct FieldLookup {
  std::string field;
  std::string problem;  ///< why the field was not found, for messages; "" = found, or without a value now
};

/// A memory of the fields that were found, so that a field that appears only sometimes does not count as
/// missing. Not thread-safe.
class MissingFields {
 public:
  using Duration = std::chrono::nanoseconds;
  static constexpr Duration memory = std::chrono::hours(1);

  /// Returns the problems of the fields that were found neither now nor within `memory`, in the order of
  /// `lookups`. `now` is on the steady clock.
  std::vector<std::string> after(const std::vector<FieldLookup>& lookups, Duration now);

 private:
  std::map<std::string, Duration> found_;  ///< when each field was last found
};

}  // namespace dbpool
