#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/environment.hpp"
#include "dbpool/sync/clock.hpp"

namespace dbpool {

/// Reports to systemd how the process is, by the protocol of sd_notify(3). Does nothing if NOTIFY_SOCKET is
/// not set. Any thread may call it; a call blocks for a second at most, while systemd receives nothing.
class SystemdNotifier {
 public:
  explicit SystemdNotifier(const Environment& environment);

  /// Returns whether there is a systemd to report to.
  bool is_listening() const noexcept { return !path_.empty(); }
  /// Returns how often it wants to hear that the process is alive, at least (WatchdogSec=); nullopt = never.
  std::optional<Duration> watchdog_interval() const noexcept { return watchdog_interval_; }

  /// Reports that the process serves, after the start or a reload.
  void ready() const { send("READY=1"); }
  void reloading(TimePoint now) const;
  void stopping() const { send("STOPPING=1\nSTATUS=shutting down"); }
  /// Shows a line in `systemctl status`.
  void status(std::string_view line) const;
  void alive() const { send("WATCHDOG=1"); }

 private:
  void send(std::string_view message) const;

  std::string path_;  // "" = none; begins with @ if it is the name of an abstract socket
  std::optional<Duration> watchdog_interval_;
};

}  // namespace dbpool
