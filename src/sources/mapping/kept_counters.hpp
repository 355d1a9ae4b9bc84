#pragma once

#include <map>
#include <string>

namespace dbpool {

/// What a source remembers from one reading to the next of counters that are differences, such as
/// observations less timeouts. The two are read at different moments, so their difference may fall where the
/// counter has not.
class KeptCounters {
 public:
  /// Returns `difference`, or its last value where that is more, unless `minuend` has fallen, which is a new
  /// start. `key`: of the counter.
  double kept(const std::string& key, double difference, double minuend);
  /// Ends a reading: forgets the counters that were not in it.
  void next_reading();

 private:
  struct Counter {
    double difference, minuend;
  };
  std::map<std::string, Counter> last_, now_;
};

}  // namespace dbpool
