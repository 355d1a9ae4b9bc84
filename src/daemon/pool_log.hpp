#pragma once

#include <functional>
#include <memory>

#include "dbpool/pool/pool_observer.hpp"
#include "dbpool/pool/pool_options.hpp"
#include "log/logger.hpp"
#include "log/repeat_limiter.hpp"
#include "snapshot/snapshotter.hpp"

namespace dbpool {

/// Logs the events of one pool, in the words of the contract, and reports each change of its phase to a
/// callback. Any thread may call it.
class PoolLog : public PoolObserver {
 public:
  using OnPhaseChange = std::function<void(const std::string& pool)>;

  /// REQUIRES: `logger` outlives the pool.
  PoolLog(const PoolOptions& options, Logger& logger, OnPhaseChange on_phase_change)
      : min_size_(options.min_size),
        max_size_(options.max_size),
        logger_(logger),
        on_phase_change_(std::move(on_phase_change)) {}

  void notify(const std::string& pool, const PoolNotice& what) noexcept override;

 private:
  void tell(const std::string& pool, const notice::Initialized& n);
  void tell(const std::string& pool, const notice::ConnectionLost& n);
  void tell(const std::string& pool, const notice::ReconnectAttempt& n);
  void tell(const std::string& pool, const notice::Recovered& n);
  void tell(const std::string& pool, const notice::ConnectionEnded& n);
  void tell(const std::string& pool, const notice::Failure& n);
  void tell(const std::string& pool, const notice::LeakSuspected& n);
  void tell(const std::string& pool, const notice::LeakReturned& n);
  void tell(const std::string& pool, const notice::PhaseChanged& n);
  void tell(const std::string& pool, const notice::Closed& n);
  void log(LogLevel level, const std::string& pool, std::string_view message, std::vector<LogField> fields);

  const unsigned min_size_, max_size_;
  Logger& logger_;
  const OnPhaseChange on_phase_change_;
  RepeatLimiter failures_;
};

/// Logs a change of a pool's health and the reasons for it.
void log_health_change(Logger& logger, const HealthChange& change);

}  // namespace dbpool
