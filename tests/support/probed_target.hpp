#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "dbpool/model/error.hpp"
#include "sources/probe.hpp"

namespace dbpool {

/// A target that a test reads by its probe, on the test's own thread.
struct ProbedTarget {
  /// Makes one reading, which ends within `bound`. throws what the reading throws.
  ProbeResult read(Duration bound = std::chrono::minutes(1)) const {
    const auto reading = probe->start_read(Deadline(std::chrono::steady_clock::now() + bound));
    run_here(*reading);
    return reading->take();
  }
  /// Makes one reading. Returns its error; "" if it succeeds.
  std::string problem(Duration bound = std::chrono::minutes(1)) const {
    try {
      read(bound);
      return "";
    } catch (const Error& error) {
      return error.what();
    }
  }

  std::unique_ptr<Probe> probe;
};

}  // namespace dbpool
