#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "support/otlp_payload.hpp"

namespace dbpool::bench {

inline constexpr int pushed_pools = 500;
inline constexpr int points_of_pool = 12;  ///< six of the pool, and six of an application's other metrics
inline constexpr std::int64_t pushed_points = std::int64_t{pushed_pools} * points_of_pool;

/// The points of one metric, one for each pool. `at`: makes the values and times of one push differ from the
/// next.
inline test::OtlpMetric of_all_pools(std::string name, PointKind kind, std::uint64_t at,
                                     const std::string& state = {}) {
  constexpr std::uint64_t second = 1'000'000'000;
  test::OtlpMetric metric{.name = std::move(name), .unit = "s", .kind = kind};
  for (int pool = 0; pool < pushed_pools; ++pool) {
    test::OtlpPoint point{.start = second, .time = (at + 2) * second, .value = 3};
    point.attributes.emplace_back("db.client.connection.pool.name", "pool-" + std::to_string(pool));
    if (!state.empty()) point.attributes.emplace_back("db.client.connection.state", state);
    point.count = 10 * (at + 1);
    point.sum = 0.5 * static_cast<double>(at + 1);
    point.bounds = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5};
    point.counts = {at + 1, at + 1, at + 1, at + 1, at + 1, at + 1, at + 1, at + 1, at + 1, at + 1, 0};
    metric.points.push_back(std::move(point));
  }
  return metric;
}

/// The push number `at` of one sender with 500 pools. Half of its points are of metrics that no pool has.
inline std::string push_of_500_pools(std::uint64_t at) {
  test::OtlpResource shop{{{"service.name", "shop"}, {"service.instance.id", "i-1"}}, "jdbc", {}};
  const auto add = [&](std::string name, PointKind kind, const std::string& state = {}) {
    shop.metrics.push_back(of_all_pools(std::move(name), kind, at, state));
  };
  add("db.client.connection.count", PointKind::sum, "used");
  add("db.client.connection.count", PointKind::sum, "idle");
  add("db.client.connection.max", PointKind::sum);
  add("db.client.connection.pending_requests", PointKind::sum);
  add("db.client.connection.wait_time", PointKind::histogram);
  add("db.client.connection.use_time", PointKind::histogram);
  for (const char* name :
       {"http.server.active_requests", "jvm.memory.used", "jvm.thread.count", "jvm.class.loaded"}) {
    add(name, PointKind::sum);
  }
  add("http.server.request.duration", PointKind::histogram);
  add("rpc.server.duration", PointKind::histogram);
  return test::otlp_protobuf({shop});
}

}  // namespace dbpool::bench
