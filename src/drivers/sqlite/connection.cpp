#include "drivers/sqlite/connection.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <utility>

#include "drivers/sqlite/errors.hpp"

namespace dbpool {
namespace {

using std::chrono::milliseconds;

struct SqliteFinalize {
  void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};
using SqliteStatement = std::unique_ptr<sqlite3_stmt, SqliteFinalize>;

/// For work within one step: a statement can run until its deadline.
TimePoint now() {
  return std::chrono::steady_clock::now();
}

constexpr const char* blanks = " \t\r\n";

/// Returns whether `sql` is `PRAGMA busy_timeout` alone, which would read 0 under a busy handler of our own.
bool concerns_timeout(std::string_view sql) {
  const auto same = [](unsigned char a, unsigned char b) { return std::tolower(a) == b; };
  for (const std::string_view word : {"pragma", "busy_timeout"}) {
    sql.remove_prefix(std::min(sql.find_first_not_of(blanks), sql.size()));
    const auto begin = sql.substr(0, word.size());
    if (!std::ranges::equal(begin, word, same)) return false;
    sql.remove_prefix(word.size());
  }
  sql.remove_prefix(std::min(sql.find(';'), sql.size()));
  return sql.find_first_not_of(blanks, 1) == std::string_view::npos;
}

/// Makes SQLite stop at a deadline and wait for no lock, for as long as this exists. The user's own calls
/// keep the usual busy timeout.
class BoundedUse {
 public:
  BoundedUse(sqlite3* db, std::string_view sql, Deadline deadline) : db_(db), deadline_(deadline) {
    static constexpr int steps_between_checks = 1000;
    // SQLite's own handler would wait on this thread, and beyond the deadline. The pragma keeps it, but meets
    // no lock.
    if (!concerns_timeout(sql)) sqlite3_busy_handler(db_, &BoundedUse::note_lock, this);
    sqlite3_progress_handler(db_, steps_between_checks, &BoundedUse::is_over, this);
  }
  BoundedUse(const BoundedUse&) = delete;
  BoundedUse& operator=(const BoundedUse&) = delete;
  ~BoundedUse() {
    sqlite3_progress_handler(db_, 0, nullptr, nullptr);
    sqlite3_busy_timeout(db_, static_cast<int>(SqliteConnection::busy_timeout.count()));
  }

  /// Returns whether SQLite asked to wait for a lock. It does not ask if waiting cannot help.
  bool met_lock() const noexcept { return met_lock_; }

 private:
  static int note_lock(void* self, int /*times*/) {
    static_cast<BoundedUse*>(self)->met_lock_ = true;
    return 0;
  }
  static int is_over(void* self) { return static_cast<BoundedUse*>(self)->deadline_.passed(now()) ? 1 : 0; }

  sqlite3* db_;
  Deadline deadline_;
  bool met_lock_ = false;
};

/// A query. SQLite can only run it in one step; each time that it meets a lock adds a step.
class SqliteQuery : public Operation {
 public:
  SqliteQuery(SqliteConnection& connection, std::string sql, Deadline deadline, QueryResult* result)
      : connection_(connection), sql_(std::move(sql)), deadline_(deadline), result_(result) {}

  std::optional<IoWait> advance(TimePoint /*now*/) override {
    if (connection_.run(sql_, deadline_, result_)) return std::nullopt;
    pause_ = std::min(2 * pause_, longest_pause);
    return IoWait{-1, 0, std::min(now() + pause_, deadline_.when())};
  }
  const void* blocks_on() const noexcept override { return connection_.driver(); }

 private:
  SqliteConnection& connection_;
  static constexpr milliseconds longest_pause{25};

  std::string sql_;
  Deadline deadline_;
  QueryResult* result_;
  milliseconds pause_{1};
};

std::vector<std::string> column_names(sqlite3_stmt* statement) {
  std::vector<std::string> names;
  for (int i = 0; i < sqlite3_column_count(statement); ++i)
    names.emplace_back(sqlite3_column_name(statement, i));
  return names;
}

std::vector<std::optional<std::string>> read_row(sqlite3_stmt* statement) {
  std::vector<std::optional<std::string>> row;
  for (int i = 0; i < sqlite3_column_count(statement); ++i) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
    if (text == nullptr) {
      row.emplace_back();
    } else {
      row.emplace_back(std::in_place, text, static_cast<std::size_t>(sqlite3_column_bytes(statement, i)));
    }
  }
  return row;
}

}  // namespace

SqliteConnection::SqliteConnection(SqliteHandle db, SqliteFile file, const void* driver)
    : db_(std::move(db)), file_(std::move(file)), driver_(driver) {
  sqlite3_busy_timeout(db_.get(), static_cast<int>(busy_timeout.count()));
}

std::unique_ptr<Operation> SqliteConnection::start_query(std::string sql, Deadline deadline,
                                                         QueryResult* result) {
  return std::make_unique<SqliteQuery>(*this, std::move(sql), deadline, result);
}

bool SqliteConnection::is_broken() const noexcept {
  if (lost_ || sqlite3_get_autocommit(db_.get()) == 0) return true;
  sqlite3_stmt* statement = nullptr;
  while ((statement = sqlite3_next_stmt(db_.get(), statement)) != nullptr) {
    if (sqlite3_stmt_busy(statement) != 0) return true;
  }
  return false;
}

bool SqliteConnection::run(std::string_view sql, Deadline deadline, QueryResult* result) {
  check_file();
  if (deadline.passed(now())) fail(deadline);
  if (result != nullptr) *result = {};
  const BoundedUse bounded(db_.get(), sql, deadline);
  try {
    execute_whole(sql, deadline, result);
    return true;
  } catch (const DriverError& error) {
    if (error.kind() != ErrorKind::timeout || !bounded.met_lock() || lost_) throw;
    return false;
  }
}

void SqliteConnection::execute_whole(std::string_view sql, Deadline deadline, QueryResult* result) {
  if (sql.find('\0') != std::string_view::npos) {
    throw DriverError(ErrorKind::query, "sqlite statement failed: it contains a zero byte");
  }
  const char* const end = sql.data() + sql.size();
  const char* rest = nullptr;
  const auto prepare = [&](const char* begin) {
    sqlite3_stmt* statement = nullptr;
    const int length = static_cast<int>(end - begin);
    const int code = sqlite3_prepare_v2(db_.get(), begin, length, &statement, &rest);
    SqliteStatement owned(statement);
    if (code != SQLITE_OK) fail(deadline);
    return owned;
  };
  const SqliteStatement statement = prepare(sql.data());
  // Only blanks and comments, which prepare to nothing, may follow the statement.
  while (rest != end) {
    if (prepare(rest))
      throw DriverError(ErrorKind::query, "sqlite statement failed: more than one statement given");
  }
  if (statement) step_through(statement.get(), deadline, result);
}

void SqliteConnection::step_through(sqlite3_stmt* statement, Deadline deadline, QueryResult* result) {
  const sqlite3_int64 changes_before = sqlite3_total_changes64(db_.get());
  if (result != nullptr) result->columns = column_names(statement);
  for (int code = sqlite3_step(statement); code != SQLITE_DONE; code = sqlite3_step(statement)) {
    if (code != SQLITE_ROW) fail(deadline);
    if (result == nullptr) continue;
    if (result->rows.size() == max_rows) {
      throw DriverError(ErrorKind::other, "sqlite statement failed: it returned more than " +
                                              std::to_string(max_rows) + " rows");
    }
    result->rows.push_back(read_row(statement));
  }
  const bool changed = sqlite3_total_changes64(db_.get()) != changes_before;
  if (result != nullptr && changed)
    result->affected_rows = static_cast<std::uint64_t>(sqlite3_changes64(db_.get()));
}

/// Throws if the file was deleted or replaced: SQLite would continue with it, and its changes would be lost.
/// SQLite itself does not check symbolic links on the path.
void SqliteConnection::check_file() {
  int moved = 0;
  const int code = sqlite3_file_control(db_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  const bool was_moved = code == SQLITE_OK && moved != 0;
  if (!was_moved && (!file_.id || file_id(file_.path) == file_.id)) return;
  lost_ = true;
  throw DriverError(ErrorKind::network,
                    "sqlite statement failed: database file \"" + file_.path + "\" was deleted or replaced");
}

void SqliteConnection::fail(Deadline deadline) {
  if (deadline.passed(now())) {
    lost_ = true;
    throw DriverError(ErrorKind::timeout, "sqlite statement failed: it was not done by its deadline");
  }
  const ErrorKind kind = sqlite_statement_kind(sqlite3_extended_errcode(db_.get()));
  lost_ = lost_ || kind == ErrorKind::network;
  throw sqlite_error(kind, "sqlite statement failed", db_.get());
}

}  // namespace dbpool
