#include "daemon/event_log.hpp"

#include <chrono>
#include <memory>
#include <utility>

#include "dbpool/model/names.hpp"
#include "model/seconds.hpp"

namespace dbpool {
namespace {

std::int64_t whole(std::uint64_t count) {
  return static_cast<std::int64_t>(count);
}

}  // namespace

void EventLog::look(const EventNews& news, const PushCounts& counts) {
  for (const EventNews::Gone& client : news.gone) gone(client);
  for (const EventNews::Gone& leases : news.given_up) given_up(leases);
  for (const EventNews::Leak& leak : news.leaks) suspected(leak);
  for (const EventNews::Leak& leak : news.returned) returned(leak);
  rejected(counts);
  lost(counts);
}

void EventLog::gone(const EventNews::Gone& client) {
  logger_.log(LogLevel::info, "source", "client gone",
              {{"source", source_},
               {"pool", client.pool},
               {"client", client.client},
               {"leases", whole(client.leases)}});
}

void EventLog::given_up(const EventNews::Gone& leases) {
  logger_.log(LogLevel::warn, "source", "leases given back after a loss",
              {{"source", source_},
               {"pool", leases.pool},
               {"client", leases.client},
               {"leases", whole(leases.leases)}});
}

void EventLog::suspected(const EventNews::Leak& leak) {
  logger_.log(LogLevel::warn, "pool", "potential connection leak detected",
              {{"source", source_},
               {"pool", leak.pool},
               {"connection_id", leak.lease.connection_id},
               {"lease", whole(leak.lease.lease)},
               {"held_duration_seconds", rounded_seconds_of(leak.lease.held)},
               {"site", leak.lease.site}});
}

void EventLog::returned(const EventNews::Leak& leak) {
  logger_.log(LogLevel::info, "pool", "leaked connection returned",
              {{"source", source_},
               {"pool", leak.pool},
               {"connection_id", leak.lease.connection_id},
               {"lease", whole(leak.lease.lease)},
               {"held_duration_seconds", rounded_seconds_of(leak.lease.held)}});
}

void EventLog::rejected(const PushCounts& counts) {
  if (counts.rejected == logged_.rejected) return;
  if (!repeats_.admit("rejected", std::chrono::steady_clock::now())) return;
  std::vector<LogField> fields{{"source", source_}};
  for (std::size_t i = 0; i < counts.rejected.size(); ++i) {
    const std::uint64_t more = counts.rejected[i] - std::exchange(logged_.rejected[i], counts.rejected[i]);
    if (more > 0) fields.push_back({reject_reason_names[i], whole(more)});
  }
  logger_.log(LogLevel::warn, "source", "events rejected", fields);
}

void EventLog::lost(const PushCounts& counts) {
  const std::uint64_t before = logged_.lost.value_or(0), now = counts.lost.value_or(0);
  if (now <= before || !repeats_.admit("lost", std::chrono::steady_clock::now())) return;
  logged_.lost = now;
  logger_.log(LogLevel::warn, "source", "datagrams lost",
              {{"source", source_}, {"datagrams", whole(now - before)}});
}

void EventLog::opened(const std::string& address, std::size_t buffer) {
  logger_.log(LogLevel::info, "source", "listening for events",
              {{"source", source_}, {"address", address}, {"buffer_bytes", whole(buffer)}});
}

void EventLog::reopened(const std::string& path, const std::string& problem) {
  if (problem.empty()) {
    logger_.log(LogLevel::warn, "source", "socket opened again", {{"source", source_}, {"path", path}});
    return;
  }
  const auto suppressed = repeats_.admit(problem, std::chrono::steady_clock::now());
  if (!suppressed) return;
  logger_.log(LogLevel::warn, "source", "socket cannot be opened again",
              {{"source", source_}, {"path", path}, {"error", problem}, {"suppressed", whole(*suppressed)}});
}

EventsObserver logging_observer(const std::string& source, Logger& logger) {
  const auto log = std::make_shared<EventLog>(source, logger);
  return {[log](const EventNews& news, const PushCounts& counts) { log->look(news, counts); },
          [log](const std::string& address, std::size_t buffer) { log->opened(address, buffer); },
          [log](const std::string& path, const std::string& problem) { log->reopened(path, problem); }};
}

}  // namespace dbpool
