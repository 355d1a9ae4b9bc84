#pragma once

#include <optional>

namespace dbpool {

/// A quantity that was added up over `seconds` in which it was known.
struct TimedSum {
  double value = 0;
  double seconds = 0;

  /// Returns the quantity per second; nullopt if it was never known.
  std::optional<double> rate() const { return seconds > 0 ? std::optional(value / seconds) : std::nullopt; }
};

/// What is known of a pool over a part of the past that ends now. A value.
struct Window {
  double seconds = 0;  ///< its length; 0 = nothing is known yet
  TimedSum use;  ///< seconds that connections were in use; of a pooler that its servers were in transactions
  double uses = 0;               ///< how many uses that were
  TimedSum waits;                ///< seconds that callers waited
  TimedSum wanted;               ///< connections in use and callers waiting, for a second each
  TimedSum busy;                 ///< seconds in which the pool was busy (`is_busy`)
  TimedSum full;                 ///< seconds in which it was busy and could not grow (`is_full`)
  std::optional<double> leaked;  ///< how many more suspected leaks there are than at its begin

  /// Returns the mean length of a use in seconds; nullopt if none ended.
  std::optional<double> mean_use() const { return uses > 0 ? std::optional(use.value / uses) : std::nullopt; }
};

/// The windows that a diagnosis compares. Each begins when the pool was first seen, if that is later.
struct Windows {
  Window recent;  ///< the last 30 s
  Window five_minutes;
  Window hour;
  /// Whether `use` has the use by callers. Otherwise it has the transactions or queries of a pooler.
  bool use_is_by_callers = false;
};

/// Returns the connections wanted at once, by Little's law: the seconds of use and of waiting per second
/// where both are counted for every caller, else the mean of the connections in use and callers waiting;
/// nullopt = not known.
inline std::optional<double> demand(const Windows& windows) {
  const Window& window = windows.five_minutes;
  const auto use = window.use.rate(), waits = window.waits.rate();
  if (windows.use_is_by_callers && use && waits) return *use + *waits;
  return window.wanted.rate();
}

}  // namespace dbpool
