#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <vector>

#include "dbpool/model/pool_snapshot.hpp"
#include "dbpool/model/trace_context.hpp"
#include "dbpool/pool/lease.hpp"
#include "dbpool/pool/pool_observer.hpp"
#include "dbpool/pool/pool_options.hpp"
#include "dbpool/sync/scheduler.hpp"

namespace dbpool {

/// Options of one acquire.
struct AcquireRequest {
  /// nullopt: the pool's acquire_timeout. A validation that takes longer continues without the caller.
  std::optional<Duration> timeout;
  std::string site;         ///< the caller's name, for leak reports and exemplars; empty: the source location
  TraceContext trace = {};  ///< the caller's span, for exemplars
};

/// The result of `Pool::close_connections`.
struct CloseResult {
  unsigned closed_idle = 0;
  unsigned closing_active = 0;  ///< these are closed when they are returned
};

/// A bounded set of connections to one database, lent one at a time.
///
/// Any thread may call any member. Waiting callers are served in the order of arrival, before newcomers. Idle
/// connections are lent most recently used first, so that surplus ones reach max_idle_time. The runtime's
/// scheduler opens connections and runs the periodic checks; a validation on acquire may run on the caller's
/// thread. The pool owns its connections. Leases may outlive the pool.
class Pool {
 public:
  /// Starts to open `min_size` connections in the background. Does not block; a database that is down is not
  /// an error. throws std::invalid_argument if the options contradict each other.
  Pool(PoolOptions options, std::shared_ptr<Driver> driver, Runtime runtime,
       std::shared_ptr<PoolObserver> observer = nullptr);
  /// Closes idle connections now and lent ones when they are returned. Waiting callers get PoolClosed.
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// Lends a connection. Blocks at most until the timeout. throws AcquireTimeout, AcquireRejected (the queue
  /// is full), PoolClosed.
  Lease acquire(const AcquireRequest& request = {},
                std::source_location where = std::source_location::current());
  /// Lends an idle connection if the next one needs no validation; otherwise returns nullopt. Does not block.
  /// Only a success is counted.
  std::optional<Lease> try_acquire(std::source_location where = std::source_location::current());

  /// Receives the result of acquire_async: a lease, or the reason for its absence.
  using AsyncResult = std::function<void(std::optional<Lease>, std::exception_ptr)>;
  /// Same as `acquire`, but holds no thread while it waits. Calls `done` on a scheduler worker; `done` must
  /// not throw. The connection is not validated: the caller checks it by `Lease::check_async`.
  void acquire_async(const AcquireRequest& request, LeasePurpose purpose, AsyncResult done,
                     std::source_location where = std::source_location::current());

  /// Blocks until initialization ends, at most for `timeout`. Returns whether at least `min_size` connections
  /// are open.
  bool warm_up(Duration timeout);
  /// Closes idle connections now and active ones on return. The next acquire opens up to `min_size` again.
  CloseResult close_connections();
  /// Replaces the latency_objective of the options; 0 = off. Acquisitions that end from now on are judged by
  /// it. Neither the count of slow ones so far nor `options()` changes.
  void set_latency_objective(Duration objective);
  /// Refuses new and waiting acquires, closes idle connections now and active ones on return, and asks checks
  /// to stop. Checks that hold a thread stop soon, others by their deadline. Does not block.
  void shut_down();
  /// Shuts down and blocks until every lease is returned, at most for `timeout`. Returns whether all are.
  bool drain(Duration timeout);

  PoolPhase phase() const;
  /// Returns the figures now. One short lock and one copy.
  PoolSnapshot snapshot() const;
  std::vector<ConnectionSnapshot> connections() const;
  /// Returns the suspected leases, longest held first.
  std::vector<LeakReport> leaks() const;
  /// Returns the options that the pool was made with.
  const PoolOptions& options() const noexcept;

 private:
  std::shared_ptr<PoolCore> core_;
};

}  // namespace dbpool
