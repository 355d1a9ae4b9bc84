#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daemon/systemd_notifier.hpp"
#include "dbpool/sync/clock.hpp"
#include "snapshot/fleet_snapshot.hpp"
#include "web/own_request.hpp"

namespace dbpool {

/// The reports that systemd gets at regular times: a line of status, and that the process is alive. One
/// thread at a time.
class SystemdReports {
 public:
  /// `listening`: where the web server listens. REQUIRES: the notifier outlives it.
  SystemdReports(const SystemdNotifier& systemd, const std::vector<ListenAddress>& listening);

  /// Makes the reports if they are due: every 5 s, or four times within the watchdog's interval if that is
  /// shorter. Reports `status()` if it has changed, and feeds the watchdog if the web server has answered
  /// the request that the report before has sent. Call it once a second.
  void tick(TimePoint now, const std::function<std::string()>& status);

 private:
  void feed_watchdog();

  const SystemdNotifier& systemd_;
  Duration interval_;
  std::optional<ListenAddress> web_server_;  // nullopt: it cannot be asked without a look-up of its name
  std::optional<TimePoint> last_;
  std::string status_;
  std::optional<OwnRequest> request_;
};

/// Returns how many pools there are and which are not healthy, such as `12 pools, 1 unhealthy`.
std::string status_line(const FleetSnapshot& fleet);

}  // namespace dbpool
