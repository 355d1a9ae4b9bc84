#pragma once

#include <string>
#include <variant>

#include "dbpool/model/pool_snapshot.hpp"
#include "dbpool/sync/clock.hpp"

namespace dbpool {

/// What a pool tells its observer.
namespace notice {
struct Initialized {
  unsigned connections;
  Duration took;
};
/// The last connection is gone and none can be had, or the first could not be.
struct ConnectionLost {
  std::string error;
};
struct ReconnectAttempt {
  unsigned attempt;  ///< 1 is the first of this outage
  Duration delay;    ///< waited before it
};
struct Recovered {
  unsigned connections;
  Duration outage;
};
/// A check found that the other end had closed the connection, as servers do with what is idle. It is
/// replaced, and that is no failure.
struct ConnectionEnded {
  std::string error;
};
/// A connect, validation, health check or statement failed.
struct Failure {
  ErrorKind kind;
  std::string error;
};
struct LeakSuspected {
  LeakReport leak;
};
struct LeakReturned {
  LeakReport leak;
};
/// The pool's phase changed; judge it now.
struct PhaseChanged {
  PoolPhase from, to;
};
struct Closed {
  unsigned closed_idle, closing_active;
};
}  // namespace notice

using PoolNotice =
    std::variant<notice::Initialized, notice::ConnectionLost, notice::ReconnectAttempt, notice::Recovered,
                 notice::ConnectionEnded, notice::Failure, notice::LeakSuspected, notice::LeakReturned,
                 notice::PhaseChanged, notice::Closed>;

/// Hears of what a pool does. Called from any thread, by several at once, never under a lock of the pool.
/// It must not throw and should be quick: a caller of the pool may be waiting for it.
class PoolObserver {
 public:
  virtual ~PoolObserver() = default;
  virtual void notify(const std::string& pool, const PoolNotice& what) noexcept = 0;
};

}  // namespace dbpool
