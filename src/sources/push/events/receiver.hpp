#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "dbpool/sync/guarded.hpp"
#include "dbpool/sync/scheduler.hpp"
#include "sources/push/events/event_books.hpp"
#include "sources/push/events/inbox.hpp"

namespace dbpool {

/// What a source and its receivers share.
using SharedBooks = std::shared_ptr<Guarded<EventBooks>>;

/// Adds the datagrams of one inbox to the books. A task on the scheduler receives, and posts itself again
/// after 1,024 datagrams, so that others get their turns. The lock of the books is free between two
/// datagrams.
///
/// Every 5 s it looks whether senders can still find its path. If not, it opens the path anew.
class EventReceiver {
 public:
  using Open = std::function<std::unique_ptr<Inbox>()>;
  /// Called on a worker when the path has been opened anew, with "", or cannot be, with the reason.
  using OnReopened = std::function<void(const std::string& problem)>;

  /// Opens the inbox on this thread. Does not block. throws what `open` throws.
  EventReceiver(Open open, SharedBooks books, const Runtime& runtime, OnReopened on_reopened = nullptr);
  /// Removes the path, and receives no more. A running task ends by itself.
  ~EventReceiver();
  EventReceiver(const EventReceiver&) = delete;
  EventReceiver& operator=(const EventReceiver&) = delete;

  /// Returns what is open, as the page shows it.
  const std::string& address() const noexcept { return address_; }
  /// Returns the size in bytes of the buffer that the system gave for datagrams that wait.
  std::size_t buffer() const noexcept { return buffer_; }

 private:
  class Core;
  std::shared_ptr<Core> core_;
  std::string address_;
  std::size_t buffer_;
};

}  // namespace dbpool
