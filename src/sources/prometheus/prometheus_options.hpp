#pragma once

#include "dbpool/sync/clock.hpp"
#include "sources/http/options.hpp"
#include "sources/mapping/mapping_options.hpp"

namespace dbpool {

/// Options of an endpoint in Prometheus' text format: where it is, and how its series become pools.
struct PrometheusOptions {
  HttpOptions http;
  MappingOptions mapping;
  Duration error_window = std::chrono::seconds(60);  ///< for the snapshot's errors_recent

  bool operator==(const PrometheusOptions&) const = default;
};

}  // namespace dbpool
