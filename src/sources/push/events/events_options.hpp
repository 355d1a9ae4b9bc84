#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "dbpool/model/histogram_recorder.hpp"
#include "dbpool/sync/clock.hpp"
#include "sources/mapping/mapping_options.hpp"
#include "sources/push/push_address.hpp"

namespace dbpool {

/// Options of a source that applications report events to. It has a path, a UDP port or both.
struct EventsOptions {
  static constexpr unsigned usual_mode = 0660;

  std::string path = {};                                       ///< of a Unix datagram socket; "" = none
  unsigned mode = usual_mode;                                  ///< permissions of the socket
  std::string group = {};                                      ///< its group; "" = that of this process
  std::optional<PushAddress> listen = std::nullopt;            ///< of UDP
  bool allow_remote = false;                                   ///< whether that may be another than loopback
  Duration stale_after = std::chrono::minutes(5);              ///< silence after which a client has vanished
  Duration leak_detection_timeout = std::chrono::seconds(30);  ///< 0 = off
  std::vector<double> histogram_buckets = acquisition_buckets()->seconds();  ///< of acquisitions, seconds
  MappingOptions mapping = {};                                               ///< of lines with other names
  Duration error_window = std::chrono::seconds(60);  ///< for the snapshot's errors_recent
  Duration wait_window = std::chrono::seconds(60);   ///< for the snapshot's wait_recent_peak

  bool operator==(const EventsOptions&) const = default;
};

}  // namespace dbpool
