#pragma once

#include <csignal>
#include <optional>

#include "dbpool/sync/clock.hpp"

namespace dbpool {

/// The signals that the main thread waits for. While one of these exists they are blocked in the thread that
/// made it and in all threads begun since; SIGPIPE and SIGXFSZ are ignored.
class Signals {
 public:
  enum class Kind { stop, reload };

  /// REQUIRES: no other thread runs yet.
  Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// Blocks until SIGTERM or SIGINT (stop) or SIGHUP (reload) comes.
  Kind wait() const;
  /// As above, for `timeout` at most; nullopt when nothing came.
  std::optional<Kind> wait_for(Duration timeout) const;

 private:
  sigset_t set_{};
};

}  // namespace dbpool
