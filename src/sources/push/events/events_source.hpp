#pragma once

#include <functional>
#include <memory>
#include <string>

#include "sources/push/events/events_options.hpp"
#include "sources/push/events/receiver.hpp"
#include "sources/push/push_source.hpp"

namespace dbpool {

/// What a source of events reports besides its figures. It is called on a worker, without a lock.
struct EventsObserver {
  /// What happened since the last call, and what was counted so far. Every 5 s.
  std::function<void(const EventNews& news, const PushCounts& counts)> on_look;
  /// An inbox was opened, with the size of its buffer in bytes.
  std::function<void(const std::string& address, std::size_t buffer)> on_open;
  /// A path was opened anew, with "", or cannot be, with the reason.
  std::function<void(const std::string& path, const std::string& problem)> on_reopened;
};

/// Returns the books of a source. throws Error for options that were not checked.
SharedBooks event_books(const ProbeOptions& source, const EventsOptions& options, const Clock& clock);

/// Returns the pools of the books. After a time in which the process was stopped, clients that are there and
/// leases that were given back meanwhile have their time.
std::shared_ptr<PushedPools> events_pools(SharedBooks books, EventsObserver observer, TimePoint now);

/// Returns what opens the path and the port of the options. Its door is open while both are.
OpenDoor events_door(const EventsOptions& options, const SharedBooks& books, const Runtime& runtime,
                     const EventsObserver& observer);

}  // namespace dbpool
