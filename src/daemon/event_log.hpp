#pragma once

#include <string>

#include "log/logger.hpp"
#include "log/repeat_limiter.hpp"
#include "sources/push/events/events_source.hpp"

namespace dbpool {

/// Logs what the clients of one source of events do, and what was not used of their datagrams; never a text
/// of a datagram but the names of pools, clients and places. Any thread may call it, one at a time for each
/// function.
class EventLog {
 public:
  /// REQUIRES: `logger` outlives this object.
  EventLog(std::string source, Logger& logger) : source_(std::move(source)), logger_(logger) {}

  void look(const EventNews& news, const PushCounts& counts);
  void opened(const std::string& address, std::size_t buffer);
  void reopened(const std::string& path, const std::string& problem);

 private:
  void gone(const EventNews::Gone& client);
  void given_up(const EventNews::Gone& leases);
  void suspected(const EventNews::Leak& leak);
  void returned(const EventNews::Leak& leak);
  void rejected(const PushCounts& counts);
  void lost(const PushCounts& counts);

  const std::string source_;
  Logger& logger_;
  RepeatLimiter repeats_;
  PushCounts logged_;  ///< as of the last lines
};

/// Returns an observer of a source of events that logs. REQUIRES: `logger` outlives it.
EventsObserver logging_observer(const std::string& source, Logger& logger);

}  // namespace dbpool
