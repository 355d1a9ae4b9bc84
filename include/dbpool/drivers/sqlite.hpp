#pragma once

#include <memory>
#include <string>

#include "dbpool/model/dsn.hpp"
#include "dbpool/pool/driver.hpp"

namespace dbpool {

/// Connects to a SQLite file. The DSN is a path, or a `file:` URI. Every connection has foreign_keys and
/// secure_delete on, busy_timeout 5000 ms, journal_mode WAL and synchronous NORMAL (a database that cannot do
/// WAL, such as `:memory:` or a read-only file, keeps its own journal mode).
/// `info` has the file that the DSN named when it was last read: at first, and by every connect.
/// A file that was deleted or replaced under an open connection breaks that connection at its next use.
std::shared_ptr<Driver> sqlite_driver(DsnSource dsn);

/// The same with the DSN at hand.
std::shared_ptr<Driver> sqlite_driver(std::string path_or_uri);

}  // namespace dbpool
