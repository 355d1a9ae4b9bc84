#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "dbpool/model/dsn.hpp"
#include "dbpool/pool/driver.hpp"

namespace dbpool {

/// SQLite's journal modes. `keep` leaves the mode of a file unchanged.
enum class JournalMode { keep, wal, del, truncate, persist, memory, off };

/// Names of the modes, in the order of the enumeration. All but `keep` are SQLite's own names.
inline constexpr std::array<std::string_view, 7> journal_mode_names{"keep",    "wal",    "delete", "truncate",
                                                                    "persist", "memory", "off"};

/// The changes that a driver may make to a file.
struct SqliteOptions {
  /// Whether to create a missing file. `mode=rwc` in a URI allows it too.
  bool create = false;
  /// The mode that every connection sets. `keep`: an existing file keeps its mode, and a file that this
  /// driver creates gets WAL where WAL works. A connect fails if the database refuses the mode set here.
  JournalMode journal_mode = JournalMode::keep;

  bool operator==(const SqliteOptions&) const = default;
};

/// Returns a driver for a SQLite file. The DSN is a path, a `file:` URI or `:memory:`.
/// By default the driver creates no file (a connect fails while it is missing) and changes no journal mode;
/// `options` allow more.
/// Every connection has foreign_keys and secure_delete on, busy_timeout 5000 ms and synchronous NORMAL. These
/// are settings of the connection, not of the file. SQLite itself rolls back the journal of a crashed writer,
/// and checkpoints a write-ahead log when the last connection closes.
/// `info` reports the file that the DSN named when it was last read: at construction and by every connect.
/// If the file is deleted or replaced, open connections to it break at their next use.
std::shared_ptr<Driver> sqlite_driver(DsnSource dsn, SqliteOptions options = {});

/// Same, with a given DSN. `sqlite_driver("orders.db", {.create = true})` creates the file if it is missing.
std::shared_ptr<Driver> sqlite_driver(std::string path_or_uri, SqliteOptions options = {});

/// Describes the error in a DSN for SQLite, or its conflict with `options`, without quoting the DSN; "" if it
/// has no error. Does not check the file.
std::string sqlite_dsn_problem(const Dsn& dsn, const SqliteOptions& options = {});

}  // namespace dbpool
