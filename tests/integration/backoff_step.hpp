#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "fault_scene.hpp"

namespace dbpool {

using WallSeconds = std::chrono::duration<double>;

inline WallSeconds wall_now() {
  return std::chrono::system_clock::now().time_since_epoch();
}

/// Returns the time at which that line was written.
inline WallSeconds written_at(const LogLine& line) {
  std::tm utc{};
  double seconds = 0;
  std::sscanf(line.at("ts").c_str(), "%d-%d-%dT%d:%d:%lf", &utc.tm_year, &utc.tm_mon, &utc.tm_mday,
              &utc.tm_hour, &utc.tm_min, &seconds);
  utc.tm_year -= 1900;
  utc.tm_mon -= 1;
  return WallSeconds(static_cast<double>(::timegm(&utc)) + seconds);
}

/// Returns the backoff after a step of that many seconds; 0: there was none.
inline WallSeconds step_after(double seconds) {
  return WallSeconds(std::clamp(2 * seconds, 1.0, 16.0));
}

/// Returns an upper bound for a successful contact on a busy machine.
inline WallSeconds contact_time() {
  return stretched(1s);
}

/// Checks that the pool recovered from its last outage at most one backoff step after `returned`, when its
/// database was back.
inline void check_that_it_came_in_one_step(const ExporterProcess& exporter, const std::string& pool,
                                           WallSeconds returned) {
  const auto lost = told(exporter, pool, "database connection lost");
  const auto recovered = told(exporter, pool, "connection pool recovered");
  REQUIRE_FALSE(lost.empty());
  REQUIRE(recovered.size() == lost.size());
  double last = 0;
  for (const LogLine& line : told(exporter, pool, "reconnection attempt")) {
    const WallSeconds at = written_at(line);
    if (at >= written_at(lost.back()) && at <= returned) last = std::atof(line.at("delay_s").c_str());
  }
  const WallSeconds took = written_at(recovered.back()) - returned;
  CAPTURE(last);
  CHECK(took.count() <= (step_after(last) + contact_time()).count());
}

/// Returns how many reads of the source have failed.
inline double failures_of(const ExporterProcess& exporter, const std::string& source) {
  return count(exporter, "dbpool_source_read_failures_total", {{"source", source}});
}

/// Checks that the source was read at most one backoff step after `returned`, when its target was back.
/// `failures`: failed reads until then.
inline void check_that_it_is_read_in_one_step(const ExporterProcess& exporter, const std::string& source,
                                              double failures, WallSeconds returned) {
  auto again = exporter.log("source read");
  std::erase_if(
      again, [&](const LogLine& line) { return line.at("source") != source || written_at(line) < returned; });
  REQUIRE_FALSE(again.empty());
  const WallSeconds took = written_at(again[0]) - returned;
  CAPTURE(failures);
  CHECK(took.count() <= (step_after(std::exp2(failures - 1)) + contact_time()).count());
}

}  // namespace dbpool
