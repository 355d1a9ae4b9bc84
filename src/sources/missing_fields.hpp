#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace dbpool {

/// How one reading looked for one field.
struct FieldLookup {
  std::string field;
  std::string problem;  ///< why it was not found, to be shown; "" = it was, or has no value now
};

/// Remembers which fields were found, so that one that only sometimes appears is not called missing. Not
/// thread-safe.
class MissingFields {
 public:
  using Duration = std::chrono::nanoseconds;
  static constexpr Duration memory = std::chrono::hours(1);

  /// The problems of the fields that were found neither now nor within `memory`, in the order of `lookups`.
  /// `now` is on the steady clock.
  std::vector<std::string> after(const std::vector<FieldLookup>& lookups, Duration now);

 private:
  std::map<std::string, Duration> found_;  ///< when last
};

}  // namespace dbpool
