#pragma once

#include <chrono>

#include "dbpool/sync/guarded.hpp"
#include "web/web_config.hpp"

namespace dbpool {

/// Keeps requests below a limit: a bucket of `burst` tokens, which gets one each `interval`. Any thread may
/// call it.
class RequestRate {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Returns whether a request may be answered now, and counts it. Another limit than the last begins anew.
  bool admits(const RateLimit& limit, TimePoint now);

 private:
  struct State {
    RateLimit limit;
    TimePoint full_at;  ///< when the bucket is full again
  };
  Guarded<State> state_;
};

}  // namespace dbpool
