#pragma once

#include <string>
#include <variant>

#include "dbpool/model/pool_snapshot.hpp"
#include "dbpool/sync/clock.hpp"

namespace dbpool {

/// Notices from a pool to its observer.
namespace notice {
struct Initialized {
  unsigned connections;
  Duration took;
};
/// An outage began: the pool has lost its last connection, or could not open one.
struct ConnectionLost {
  std::string error;
};
struct ReconnectAttempt {
  unsigned attempt;  ///< 1 = the first of this outage
  Duration delay;    ///< the wait before it
};
struct Recovered {
  unsigned connections;
  Duration outage;
};
/// A check found that the peer had closed the connection, as servers do with idle connections. The pool
/// replaces it; this is not a failure.
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
/// The pool's phase changed; assess its health now.
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

/// Receives the notices of pools. Called from any thread, concurrently, and never under a lock of the pool.
/// It must not throw and should be quick, because a caller of the pool may wait for it.
class PoolObserver {
 public:
  virtual ~PoolObserver() = default;
  virtual void notify(const std::string& pool, const PoolNotice& what) noexcept = 0;
};

}  // namespace dbpool
