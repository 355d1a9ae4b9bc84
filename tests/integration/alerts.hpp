#pragma once

#include <map>
#include <string>
#include <vector>

namespace dbpool {

/// The shipped files, adapted to servers that a test starts.
struct ShippedAlerts {
  /// The factor by which durations are shortened, from DBPOOL_ALERTS_HURRY or 15: 15 s become 1 s, 3 minutes
  /// 12 s.
  static int hurry();
  /// Returns alertmanager.example.yml with every receiver's notifications sent to
  /// http://127.0.0.1:`webhook`/RECEIVER, and with shortened pauses.
  static std::string alertmanager(int webhook);
  /// Returns deploy/prometheus.yml with these loopback ports, and both rule files; every duration is
  /// shortened, the expressions are otherwise unchanged.
  static std::map<std::string, std::string> prometheus(int exporter, int alertmanager);
  /// Returns deploy/fleet/agent.yml for the exporters on these loopback ports, shortened. `centre`: the port
  /// that it sends to.
  static std::map<std::string, std::string> agent(const std::string& cluster,
                                                  const std::vector<int>& exporters, int centre);
  /// Returns deploy/fleet/central.yml and its rule files, shortened.
  static std::map<std::string, std::string> centre(int alertmanager);
};

}  // namespace dbpool
