#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "dbpool/model/dsn.hpp"
#include "dbpool/pool/driver.hpp"

namespace dbpool {

/// How SQLite keeps what a transaction may have to take back. `keep` changes nothing about a file.
enum class JournalMode { keep, wal, del, truncate, persist, memory, off };

/// The names of the modes, in the order of the enumeration. Those but `keep` are SQLite's own.
inline constexpr std::array<std::string_view, 7> journal_mode_names{"keep",    "wal",    "delete", "truncate",
                                                                    "persist", "memory", "off"};

/// What a driver may do to a file.
struct SqliteOptions {
  /// Whether a file that is missing may be made. `mode=rwc` in a URI allows it as well.
  bool create = false;
  /// The mode that every connection asks for. `keep`: an existing file keeps its own, and one that this
  /// driver makes gets WAL. A database that does not take the mode asked for is a failed connect.
  JournalMode journal_mode = JournalMode::keep;

  bool operator==(const SqliteOptions&) const = default;
};

/// Connects to a SQLite file. The DSN is a path, or a `file:` URI, or `:memory:`.
/// The file is left as it is: by default one that is missing, or has gone, is a failed connect until it is
/// there, and no journal mode is changed. `options` allow more. A file that the driver makes gets WAL.
/// Every connection has foreign_keys and secure_delete on, busy_timeout 5000 ms and synchronous NORMAL, which
/// are settings of the connection and not of the file. SQLite itself rolls back what a writer that crashed
/// left in a journal, and folds a write-ahead log into its file when the last connection closes.
/// `info` has the file that the DSN named when it was last read: at first, and by every connect.
/// A file that was deleted or replaced under an open connection breaks that connection at its next use.
std::shared_ptr<Driver> sqlite_driver(DsnSource dsn, SqliteOptions options = {});

/// The same with the DSN at hand. `sqlite_driver("orders.db", {.create = true})` makes the file if need be.
std::shared_ptr<Driver> sqlite_driver(std::string path_or_uri, SqliteOptions options = {});

/// What is wrong with a DSN for SQLite, also together with `options`, in our own words and without quoting
/// it;
/// "" when it is fine. Does not look at the file.
std::string sqlite_dsn_problem(const Dsn& dsn, const SqliteOptions& options = {});

}  // namespace dbpool
