#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dbpool/model/error.hpp"
#include "dbpool/model/pool_snapshot.hpp"
#include "dbpool/sync/deadline.hpp"
#include "dbpool/sync/scheduler.hpp"

namespace dbpool {

/// Work that goes on in steps between which it holds no thread. One thread at a time. A client library that
/// only knows blocking calls does all of its work in one step, bounded by the deadline the operation was made
/// with. Destroying an operation before it is done abandons the work.
class Operation {
 public:
  virtual ~Operation() = default;
  /// Goes as far as it can without waiting. Returns what to wait for before the next call, nullopt when done.
  /// throws DriverError when the work failed or its deadline has passed; the operation has then ended.
  virtual std::optional<IoWait> advance() = 0;
  /// On what `advance()` may keep its thread for long, because its library only blocks or works on files: the
  /// address of something that operations of one driver have in common. nullptr: it never does. Says the same
  /// from beginning to end.
  virtual const void* blocks_on() const noexcept { return nullptr; }
};

/// The rows a statement returned, as text; nullopt is NULL.
struct QueryResult {
  std::vector<std::string> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;
  std::uint64_t affected_rows = 0;
};

/// One open connection. One thread at a time. Its destructor closes it and does not throw.
class Connection {
 public:
  /// More rows than this are an error: a pool's caller wants few.
  static constexpr std::size_t max_rows = 100'000;

  virtual ~Connection() = default;

  /// Runs one statement to its end. Its rows go to `result`; without one they are dropped. A connection that
  /// misses `deadline` is broken afterwards. Neither connection nor result may go before the operation.
  /// `advance()` throws DriverError: query (the database said no), timeout, network (the connection is
  /// broken), other.
  virtual std::unique_ptr<Operation> start_query(std::string sql, Deadline deadline,
                                                 QueryResult* result = nullptr) = 0;
  /// Runs one statement on this thread. Blocks until `deadline`. throws what `start_query` says.
  QueryResult execute(std::string_view sql, Deadline deadline);
  /// True when it must not be lent again: lost, or left inside a transaction or a result. Reads memory only.
  virtual bool is_broken() const noexcept = 0;
  /// The client library's own handle (`sqlite3*`, `PGconn*`, `SQLHDBC`), still owned by the connection.
  virtual void* native_handle() noexcept = 0;
};

/// An operation that ends with an open connection.
class ConnectOperation : public Operation {
 public:
  /// REQUIRES: `advance()` returned nullopt; called once.
  virtual std::unique_ptr<Connection> take() = 0;
};

/// Opens connections to one database. Any thread may call it.
class Driver {
 public:
  virtual ~Driver() = default;
  /// Does not block. Every failure, also of reading a DSN file, comes from `advance()`:
  /// DriverError connect, authentication, timeout or network.
  virtual std::unique_ptr<ConnectOperation> start_connect(Deadline deadline) = 0;
  /// driver, database and user; no labels.
  virtual PoolInfo info() const = 0;
};

/// Runs `operation` on this thread, which waits where the operation waits. throws what `advance()` throws.
void run_here(Operation& operation);
/// The same, but only until `until`; the operation can then go on elsewhere. Returns whether it has ended.
bool run_here(Operation& operation, const Clock& clock, TimePoint until);

/// Runs `operation` on the scheduler's workers; `done` gets nullptr or what `advance()` threw, on a worker.
/// Never calls `done` after the scheduler has stopped.
void run_on(const std::shared_ptr<Scheduler>& scheduler, std::shared_ptr<Operation> operation,
            std::function<void(std::exception_ptr)> done);

/// Opens one connection on this thread. throws DriverError.
std::unique_ptr<Connection> connect(Driver& driver, Deadline deadline);

}  // namespace dbpool
