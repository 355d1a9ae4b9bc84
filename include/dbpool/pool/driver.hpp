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

/// Work in steps that holds no thread between them. Not thread-safe. With a client library that has only
/// blocking calls, all work is one step, bounded by the operation's deadline. Destroying an unfinished
/// operation abandons the work.
class Operation {
 public:
  virtual ~Operation() = default;
  /// Works until it must wait. Returns the event to wait for before the next call; nullopt when done. `now`:
  /// when this step begins, on the clock of the deadline; the step judges its deadline by it. A step that can
  /// last, in a library that only blocks, must bound itself by its deadline on the machine's steady clock.
  /// throws DriverError if the work failed or its deadline passed; the operation has then ended.
  virtual std::optional<IoWait> advance(TimePoint now) = 0;
  /// Identifies the resource that `advance()` may block on; operations of one driver return the same address.
  /// nullptr if it never blocks. The answer does not change during the operation.
  virtual const void* blocks_on() const noexcept { return nullptr; }
};

/// The rows of a statement, as text; nullopt is NULL.
struct QueryResult {
  std::vector<std::string> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;
  std::uint64_t affected_rows = 0;
};

/// One open connection. Not thread-safe. The destructor closes the connection and does not throw.
class Connection {
 public:
  /// A statement that returns more rows fails, which bounds the memory of a result.
  static constexpr std::size_t max_rows = 100'000;

  virtual ~Connection() = default;

  /// Starts one statement. Its rows are written to `result`, or dropped if `result` is nullptr. A connection
  /// that misses `deadline` is broken. REQUIRES: connection and result outlive the operation.
  /// `advance()` throws DriverError: query (the database refused), timeout, network (the connection is
  /// broken), other.
  virtual std::unique_ptr<Operation> start_query(std::string sql, Deadline deadline,
                                                 QueryResult* result = nullptr) = 0;
  /// Runs one statement on this thread. Blocks at most until `deadline`. throws as `start_query` does.
  QueryResult execute(std::string_view sql, Deadline deadline);
  /// Returns whether it must not be lent again: lost, or left in a transaction or a result. Does no I/O.
  virtual bool is_broken() const noexcept = 0;
  /// Returns the handle of the client library (`sqlite3*`, `PGconn*`, `SQLHDBC`). The connection owns it.
  virtual void* native_handle() noexcept = 0;
};

/// An operation that ends with an open connection.
class ConnectOperation : public Operation {
 public:
  /// Returns the connection. REQUIRES: `advance()` returned nullopt; called once.
  virtual std::unique_ptr<Connection> take() = 0;
};

/// Opens connections to one database. Any thread may call it.
class Driver {
 public:
  virtual ~Driver() = default;
  /// Starts a connect. Does not block. `advance()` throws all failures, also of reading a DSN file:
  /// DriverError connect, authentication, timeout or network.
  virtual std::unique_ptr<ConnectOperation> start_connect(Deadline deadline) = 0;
  /// Returns driver, database and user; no labels.
  virtual PoolInfo info() const = 0;
};

/// Runs `operation` on this thread, by the machine's clock, and blocks while it waits. throws the exceptions
/// of `advance()`.
void run_here(Operation& operation);
/// Same, but by `clock`, and stops at `until`. Returns whether the operation ended; if not, it can continue
/// elsewhere.
bool run_here(Operation& operation, const Clock& clock, TimePoint until);

/// Runs `operation` on the runtime's workers, by its clock. Calls `done` on a worker with nullptr or the
/// exception of `advance()`. Does not call `done` after the scheduler has stopped.
void run_on(const Runtime& runtime, std::shared_ptr<Operation> operation,
            std::function<void(std::exception_ptr)> done);

/// Opens one connection on this thread. throws DriverError.
std::unique_ptr<Connection> connect(Driver& driver, Deadline deadline);

}  // namespace dbpool
