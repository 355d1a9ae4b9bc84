#pragma once

#include <csignal>
#include <optional>

#include "dbpool/sync/clock.hpp"

namespace dbpool {

/// The signals that the main thread waits for. The constructor blocks them in its thread and in all threads
/// that start later, and ignores SIGPIPE and SIGXFSZ.
class Signals {
 public:
  enum class Kind { stop, reload };

  /// REQUIRES: no other thread runs yet.
  Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// Blocks until SIGTERM or SIGINT (stop) or SIGHUP (reload) arrives.
  Kind wait() const;
  /// Does the same for `timeout` at most; nullopt if no signal arrived.
  std::optional<Kind> wait_for(Duration timeout) const;

 private:
  sigset_t set_{};
};

}  // namespace dbpool
