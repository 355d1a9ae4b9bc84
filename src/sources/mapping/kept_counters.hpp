#pragma once

#include <map>
#include <string>

namespace dbpool {

/// Which counters `KeptCounters` keeps from falling. A target that is read shows its own restart. Of what
/// is pushed, the series themselves never fall, and no counter that is computed from them may.
enum class Kept { differences, all };

/// What a source remembers from one reading to the next of counters that are differences, such as
/// observations less timeouts. The two are read at different moments, so their difference may fall where the
/// counter has not.
class KeptCounters {
 public:
  explicit KeptCounters(Kept which = Kept::differences) : which_(which) {}

  Kept which() const noexcept { return which_; }
  /// Returns `difference`, or its last value where that is more, unless `minuend` has fallen, which is a new
  /// start; with `Kept::all` there is none. `key`: of the counter.
  double kept(const std::string& key, double difference, double minuend);
  /// Ends a reading: forgets the counters that were not in it, except with `Kept::all`.
  void next_reading();

 private:
  struct Counter {
    double difference, minuend;
  };
  Kept which_;
  std::map<std::string, Counter> last_, now_;
};

}  // namespace dbpool
