#pragma once

#include <map>
#include <string>

namespace dbpool {

/// What the shipped files say, for servers that a test starts.
struct ShippedAlerts {
  /// alertmanager.example.yml with every receiver's notifications sent to
  /// http://127.0.0.1:`webhook`/RECEIVER, and its pauses shortened.
  static std::string alertmanager(int webhook);
  /// deploy/prometheus.yml with these loopback ports, and both files of rules; every duration is shortened,
  /// the expressions are otherwise untouched.
  static std::map<std::string, std::string> prometheus(int exporter, int alertmanager);
};

}  // namespace dbpool
