#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <vector>

#include "dbpool/model/pool_snapshot.hpp"
#include "dbpool/pool/lease.hpp"
#include "dbpool/pool/pool_observer.hpp"
#include "dbpool/pool/pool_options.hpp"
#include "dbpool/sync/scheduler.hpp"

namespace dbpool {

/// What one acquire asks for.
struct AcquireRequest {
  /// nullopt: the pool's acquire_timeout. A validation that takes longer goes on without the caller.
  std::optional<Duration> timeout;
  std::string site;  ///< a name for the caller; empty: the source location
};

/// What came of closing a pool's connections by hand.
struct CloseResult {
  unsigned closed_idle = 0;
  unsigned closing_active = 0;  ///< these close when they come back
};

/// A bounded set of connections to one database, lent one at a time.
///
/// Any thread may call any member. Callers that have to wait are served in the order they came, and nobody
/// overtakes them; idle connections are lent most recently used first, so that surplus ones age out.
/// Connections are opened and checked on the runtime's scheduler, never by a caller. The pool owns its
/// connections; leases keep what they need alive, so they may outlive the pool.
class Pool {
 public:
  /// Returns at once; opening the first `min_size` connections begins in the background, and a database that
  /// is down is no error. throws std::invalid_argument for options that contradict themselves.
  Pool(PoolOptions options, std::shared_ptr<Driver> driver, Runtime runtime,
       std::shared_ptr<PoolObserver> observer = nullptr);
  /// Closes idle connections; those still lent close when they return. Waiters get PoolClosed.
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// Lends a connection, waiting for one until the timeout. throws AcquireTimeout, AcquireRejected (the queue
  /// is full), PoolClosed.
  Lease acquire(const AcquireRequest& request = {},
                std::source_location where = std::source_location::current());
  /// Lends an idle connection that needs no validation first, or nullopt at once. Counts only when it
  /// succeeds.
  std::optional<Lease> try_acquire(std::source_location where = std::source_location::current());

  /// What acquire_async hands over: a lease, or why there is none.
  using AsyncResult = std::function<void(std::optional<Lease>, std::exception_ptr)>;
  /// Like `acquire`, but holds no thread while it waits; `done` runs on a scheduler worker and must not
  /// throw. The connection comes as it is: whoever uses this, such as a canary, checks it by
  /// `Lease::check_async`.
  void acquire_async(const AcquireRequest& request, LeasePurpose purpose, AsyncResult done,
                     std::source_location where = std::source_location::current());

  /// Blocks until the pool has finished initializing or `timeout` has passed. Returns true when at least
  /// `min_size` connections are open.
  bool warm_up(Duration timeout);
  /// Closes idle connections now and active ones on return. The next acquire opens `min_size` again.
  CloseResult close_connections();
  /// Takes no new acquires, turns waiters away, asks checks to stop, which those that keep a thread obey
  /// at once, and closes what comes back. Does not block.
  void shut_down();
  /// Shuts down and blocks until every lease is back or `timeout` has passed. Returns true when all are back.
  bool drain(Duration timeout);

  PoolPhase phase() const;
  /// One short lock and one copy.
  PoolSnapshot snapshot() const;
  std::vector<ConnectionSnapshot> connections() const;
  /// Leases suspected now, longest held first.
  std::vector<LeakReport> leaks() const;
  const PoolOptions& options() const noexcept;

 private:
  std::shared_ptr<PoolCore> core_;
};

}  // namespace dbpool
