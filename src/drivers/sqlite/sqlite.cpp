#include "dbpool/drivers/sqlite.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

#include "dbpool/sync/guarded.hpp"
#include "drivers/sqlite/connection.hpp"
#include "drivers/sqlite/dsn.hpp"
#include "drivers/sqlite/errors.hpp"
#include "drivers/sqlite/file_id.hpp"

namespace dbpool {
namespace {

using namespace std::chrono_literals;

/// State that the connects of one driver share. Any thread may use it.
struct SqliteContext {
  const DsnSource dsn;
  const SqliteOptions options;
  Guarded<std::string> file;  // from the DSN as last read
  /// The file that this driver has created, until its journal mode is set; nullopt = none.
  Guarded<std::optional<FileId>> made;

  SqliteContext(DsnSource dsn_, SqliteOptions options_) : dsn(std::move(dsn_)), options(options_) {}

  /// Reads the DSN again. throws Error.
  std::string path_or_uri() {
    const Dsn read = dsn.read();
    const std::string problem = sqlite_dsn_problem(read, options);
    if (!problem.empty()) throw Error("malformed DSN: " + problem);
    *file.access() = sqlite_target(read.reveal()).file;
    return read.reveal();
  }

  bool may_create(const SqliteTarget& target) const {
    using Mode = SqliteTarget::Mode;
    return target.mode == Mode::rwc || (target.mode == Mode::unsaid && options.create);
  }
};

/// Opens the file and sets the pragmas.
class SqliteConnect : public ConnectOperation {
 public:
  SqliteConnect(std::shared_ptr<SqliteContext> context, Deadline deadline)
      : context_(std::move(context)), deadline_(deadline) {}

  std::optional<IoWait> advance(TimePoint now) override;
  const void* blocks_on() const noexcept override { return context_.get(); }
  std::unique_ptr<Connection> take() override { return std::move(connection_); }

 private:
  void open();
  void make_file() const;
  void check_kind() const;
  std::string cause(sqlite3* db) const;
  void prepare();
  void set_journal_mode();
  void run(const std::string& sql, QueryResult* result = nullptr);
  void set(const std::string& pragma, const std::string& value);

  const std::shared_ptr<SqliteContext> context_;
  SqliteTarget target_;  // set once the DSN has been read
  Deadline deadline_;
  std::unique_ptr<SqliteConnection> connection_;
};

std::optional<IoWait> SqliteConnect::advance(TimePoint now) {
  try {
    if (!connection_) open();
    prepare();
    return std::nullopt;
  } catch (const DriverError& error) {
    const bool locked = error.kind() == ErrorKind::timeout;
    // SQLite fails at once, whatever the busy timeout, if two connections switch a file to WAL at the same
    // time.
    if (locked && !deadline_.passed(now)) return IoWait{-1, 0, std::min(now + 5ms, deadline_.when())};
    throw DriverError(locked ? ErrorKind::timeout : ErrorKind::connect,
                      "cannot open sqlite database \"" + target_.file + "\": " + error.what());
  }
}

void SqliteConnect::open() {
  const std::string path_or_uri = [this] {
    try {
      return context_->path_or_uri();
    } catch (const Error& error) {
      throw DriverError(ErrorKind::connect, error.what());
    }
  }();
  target_ = sqlite_target(path_or_uri);
  if (!target_.in_memory) {
    if (context_->may_create(target_)) make_file();
    check_kind();
  }
  // Taken before the file is opened, so that a replacement in between is noticed at the first use.
  const std::string path = target_.in_memory ? "" : std::filesystem::absolute(target_.file).string();
  const auto id = target_.in_memory ? std::nullopt : file_id(path);
  // SQLite allows a mode only if the flags include it.
  const int creates = target_.mode == SqliteTarget::Mode::rwc ? SQLITE_OPEN_CREATE : 0;
  const int flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | creates;
  sqlite3* db = nullptr;
  const int code = sqlite3_open_v2(path_or_uri.c_str(), &db, flags, nullptr);
  SqliteHandle owned(db);
  if (code != SQLITE_OK) throw DriverError(ErrorKind::connect, cause(db));
  connection_ = std::make_unique<SqliteConnection>(std::move(owned), SqliteFile{path, id}, context_.get());
}

/// Creates the file if it does not exist. Does not open it, because closing a descriptor would release every
/// lock that this process has on the file.
void SqliteConnect::make_file() const {
  static constexpr mode_t as_sqlite_does = S_IFREG | S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH;
  const auto made = context_->made.access();
  if (::mknod(target_.file.c_str(), as_sqlite_does, 0) == 0) {
    *made = file_id(target_.file);
    return;
  }
  const int reason = errno;
  if (reason == EEXIST || reason == ENOENT) return;
  throw DriverError(ErrorKind::connect,
                    "it does not exist and cannot be made: " + std::generic_category().message(reason));
}

/// Refuses a directory, and a character device, pipe or socket, which SQLite would read as an empty database.
void SqliteConnect::check_kind() const {
  std::error_code unknown;
  const auto type = std::filesystem::status(target_.file, unknown).type();
  using std::filesystem::file_type;
  if (type == file_type::directory) throw DriverError(ErrorKind::connect, "it is a directory");
  if (type == file_type::character || type == file_type::fifo || type == file_type::socket)
    throw DriverError(ErrorKind::connect, "it is no regular file");
}

/// Returns why the file could not be opened.
std::string SqliteConnect::cause(sqlite3* db) const {
  const std::filesystem::path file = target_.file;
  std::error_code unknown;
  const auto is_absent = [&unknown](const std::filesystem::path& path) {
    return !std::filesystem::exists(path, unknown) && !unknown;
  };
  const int reason = sqlite3_system_errno(db);
  const bool looked = !target_.in_memory && reason == ENOENT;
  if (looked && file.has_parent_path() && is_absent(file.parent_path())) {
    return "its directory does not exist; expected a path in an existing directory, a file: URI or :memory:";
  }
  if (looked && std::filesystem::is_symlink(file, unknown) && is_absent(file))
    return "it is a symbolic link to a file that does not exist";
  if (looked && is_absent(file)) {
    const bool unsaid = target_.mode == SqliteTarget::Mode::unsaid;
    return std::string("it does not exist; ") + (unsaid ? "create: true" : "mode=rwc in its URI") +
           " would allow making it";
  }
  std::string text = sqlite_error(ErrorKind::connect, "open failed", db).what();
  if (reason != 0) text += ": " + std::generic_category().message(reason);
  return text;
}

void SqliteConnect::prepare() {
  set("foreign_keys", "1");
  set("secure_delete", "1");
  set("synchronous", "1");  // NORMAL
  set_journal_mode();
}

/// Does nothing unless the options name a mode or this driver has created the file.
void SqliteConnect::set_journal_mode() {
  const bool asked = context_->options.journal_mode != JournalMode::keep;
  const auto made = *context_->made.access();
  if (!asked && (!made || file_id(target_.file) != made)) return;
  const auto wanted = asked ? context_->options.journal_mode : JournalMode::wal;
  const std::string name(journal_mode_names.at(static_cast<std::size_t>(wanted)));
  QueryResult now;
  run("PRAGMA journal_mode", &now);
  if (now.rows.at(0).at(0) != name) run("PRAGMA journal_mode = " + name, &now);
  // A created file may be on a filesystem without WAL; it then keeps SQLite's own mode.
  if (asked && now.rows.at(0).at(0) != name) {
    throw DriverError(ErrorKind::connect, "it keeps journal_mode " + now.rows.at(0).at(0).value_or("NULL") +
                                              " and does not take " + name);
  }
  const auto pending = context_->made.access();
  if (*pending == made) pending->reset();
}

/// Does not wait for a lock: `advance` tries again after 5 ms.
void SqliteConnect::run(const std::string& sql, QueryResult* result) {
  if (!connection_->run(sql, deadline_, result))
    throw DriverError(ErrorKind::timeout, "the database is locked by another connection");
}

void SqliteConnect::set(const std::string& pragma, const std::string& value) {
  run("PRAGMA " + pragma + " = " + value);
  QueryResult now;
  run("PRAGMA " + pragma, &now);
  if (now.rows.size() == 1 && now.rows.front().front() == value) return;
  throw DriverError(ErrorKind::connect, "this SQLite does not obey PRAGMA " + pragma);
}

class SqliteDriver : public Driver {
 public:
  SqliteDriver(DsnSource dsn, SqliteOptions options)
      : context_(std::make_shared<SqliteContext>(std::move(dsn), options)) {
    try {
      context_->path_or_uri();
    } catch (const Error&) {
      // A secret file that does not exist yet, or a malformed DSN: connecting reports it.
    }
  }

  std::unique_ptr<ConnectOperation> start_connect(Deadline deadline) override {
    return std::make_unique<SqliteConnect>(context_, deadline);
  }

  PoolInfo info() const override {
    return {.driver = "sqlite", .database = *context_->file.access(), .user = {}, .labels = {}};
  }

 private:
  const std::shared_ptr<SqliteContext> context_;
};

}  // namespace

std::shared_ptr<Driver> sqlite_driver(DsnSource dsn, SqliteOptions options) {
  return std::make_shared<SqliteDriver>(std::move(dsn), options);
}

std::shared_ptr<Driver> sqlite_driver(std::string path_or_uri, SqliteOptions options) {
  return sqlite_driver(DsnSource(Dsn(std::move(path_or_uri))), options);
}

}  // namespace dbpool
