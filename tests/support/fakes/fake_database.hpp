#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "dbpool/pool/driver.hpp"
#include "dbpool/sync/guarded.hpp"

namespace dbpool::test {

/// The state of a fake database. Any thread may change it.
struct FakeDatabase {
  explicit FakeDatabase(std::shared_ptr<const Clock> clock_) : clock(std::move(clock_)) {}

  std::shared_ptr<const Clock> clock;
  std::atomic<bool> up{true};              ///< false: connects are refused, and every connection is dead
  std::atomic<bool> silent{false};         ///< connects and pings get no answer and end at their deadline
  std::atomic<bool> query_refused{false};  ///< pings get an SQL error
  std::atomic<int> connects_to_fail{0};    ///< number of next connects that fail although it is up
  std::atomic<Duration> connect_takes{Duration::zero()};
  std::atomic<Duration> ping_takes{Duration::zero()};
  std::atomic<int> generation{0};  ///< connections of an older generation are dead
  std::atomic<int> open{0}, most_open{0}, connects{0}, pings{0};
  std::atomic<int> orphans{0};                   ///< number of operations that outlived their connection
  std::function<void(TimePoint)> while_waiting;  ///< set before use; called with the end of a wait
  Guarded<std::set<std::string>> unknown;        ///< statements that get an SQL error
  Guarded<std::set<std::string>> deadly;         ///< statements that end their connection
  Guarded<std::string> farewell{"fake database: connection lost"};  ///< error on an ended connection
  Guarded<std::map<std::string, QueryResult>> answers;  ///< by statement; others yield one row with a 1

  /// Ends every connection, as a restart does.
  void restart() { ++generation; }
};

}  // namespace dbpool::test
