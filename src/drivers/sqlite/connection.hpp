#pragma once

#include <sqlite3.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "dbpool/pool/driver.hpp"
#include "drivers/sqlite/file_id.hpp"

namespace dbpool {

struct SqliteClose {
  void operator()(sqlite3* db) const noexcept { sqlite3_close_v2(db); }
};
using SqliteHandle = std::unique_ptr<sqlite3, SqliteClose>;

/// The file of a connection as it was opened; without an id there is none.
struct SqliteFile {
  std::string path;  ///< absolute
  std::optional<FileId> id;
};

/// A connection of SQLite, used by one thread at a time. A statement ends at its deadline, which is checked
/// every 1,000 instructions of SQLite. An operation waits for a lock between its steps, so it occupies no
/// thread.
class SqliteConnection : public Connection {
 public:
  /// How long the user's own calls wait for a lock; also the value of `PRAGMA busy_timeout`.
  static constexpr std::chrono::milliseconds busy_timeout{5000};

  /// `driver`: any address that connections of one driver share.
  SqliteConnection(SqliteHandle db, SqliteFile file, const void* driver);

  std::unique_ptr<Operation> start_query(std::string sql, Deadline deadline, QueryResult* result) override;
  bool is_broken() const noexcept override;
  void* native_handle() noexcept override { return db_.get(); }
  const void* driver() const noexcept { return driver_; }

  /// Runs one statement; stores its rows in `result`, or drops them if it is null. Returns false, with
  /// nothing changed, if another user holds a lock that may be released. throws DriverError.
  bool run(std::string_view sql, Deadline deadline, QueryResult* result);

 private:
  void check_file();
  void execute_whole(std::string_view sql, Deadline deadline, QueryResult* result);
  void step_through(sqlite3_stmt* statement, Deadline deadline, QueryResult* result);
  [[noreturn]] void fail(Deadline deadline);

  SqliteHandle db_;
  SqliteFile file_;
  const void* driver_;
  bool lost_ = false;
};

}  // namespace dbpool
