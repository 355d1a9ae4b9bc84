#include "dbpool/drivers/sqlite.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

#include "dbpool/sync/guarded.hpp"
#include "drivers/sqlite_connection.hpp"
#include "drivers/sqlite_errors.hpp"

namespace dbpool {
namespace {

using namespace std::chrono_literals;

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const char* const digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      decoded += static_cast<char>(byte);
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

/// The file that a path or a `file:` URI names, without a URI's parameters: they may hold a key.
std::string file_of(std::string_view path_or_uri) {
  if (!path_or_uri.starts_with("file:")) return std::string(path_or_uri);
  std::string_view path = path_or_uri.substr(5);
  path = path.substr(0, path.find_first_of("?#"));
  if (path.starts_with("//")) path.remove_prefix(std::min(path.find('/', 2), path.size()));
  return percent_decoded(path);
}

/// What the connects of one driver have in common. Any thread.
struct SqliteContext {
  const DsnSource dsn;
  Guarded<std::string> file;  // as the DSN last said

  explicit SqliteContext(DsnSource dsn_) : dsn(std::move(dsn_)) {}

  /// Reads the DSN afresh. throws Error.
  std::string path_or_uri() {
    std::string read = dsn.read().reveal();
    *file.access() = file_of(read);
    return read;
  }
};

/// Opens the file and switches the pragmas on.
class SqliteConnect : public ConnectOperation {
 public:
  SqliteConnect(std::shared_ptr<SqliteContext> context, Deadline deadline)
      : context_(std::move(context)), deadline_(deadline) {}

  std::optional<IoWait> advance() override;
  const void* blocks_on() const noexcept override { return context_.get(); }
  std::unique_ptr<Connection> take() override { return std::move(connection_); }

 private:
  void open();
  void prepare();
  void run(const std::string& sql, QueryResult* result = nullptr);
  void set(const std::string& pragma, const std::string& value);

  const std::shared_ptr<SqliteContext> context_;
  std::string path_;  // known once the DSN has been read
  Deadline deadline_;
  std::unique_ptr<SqliteConnection> connection_;
};

std::optional<IoWait> SqliteConnect::advance() {
  try {
    if (!connection_) open();
    prepare();
    return std::nullopt;
  } catch (const DriverError& error) {
    const bool locked = error.kind() == ErrorKind::timeout;
    const TimePoint now = std::chrono::steady_clock::now();
    // SQLite does not wait, busy timeout or not, where two connections switch a file to WAL at once.
    if (locked && !deadline_.passed(now)) return IoWait{-1, 0, std::min(now + 5ms, deadline_.when())};
    throw DriverError(locked ? ErrorKind::timeout : ErrorKind::connect,
                      "cannot open sqlite database \"" + path_ + "\": " + error.what());
  }
}

void SqliteConnect::open() {
  static constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI |
                               SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const std::string path_or_uri = [this] {
    try {
      return context_->path_or_uri();
    } catch (const Error& error) {
      throw DriverError(ErrorKind::connect, error.what());
    }
  }();
  path_ = file_of(path_or_uri);
  sqlite3* db = nullptr;
  const int code = sqlite3_open_v2(path_or_uri.c_str(), &db, flags, nullptr);
  SqliteHandle owned(db);
  if (code == SQLITE_OK) {
    connection_ = std::make_unique<SqliteConnection>(std::move(owned), path_, context_.get());
    return;
  }
  const auto directory = std::filesystem::path(path_).parent_path();
  std::error_code unknown;
  if (!directory.empty() && !std::filesystem::exists(directory, unknown) && !unknown) {
    throw DriverError(ErrorKind::connect,
                      "its directory does not exist; expected a path in an existing directory, "
                      "a file: URI or :memory:");
  }
  throw sqlite_error(ErrorKind::connect, "open failed", db);
}

void SqliteConnect::prepare() {
  sqlite3* const db = static_cast<sqlite3*>(connection_->native_handle());
  set("foreign_keys", "1");
  set("secure_delete", "1");
  set("synchronous", "1");  // NORMAL
  // A file that cannot do WAL answers with the mode that it keeps; one that is read-only with an error.
  if (sqlite3_db_readonly(db, "main") == 0) run("PRAGMA journal_mode = WAL");
}

/// Does not wait for a lock: `advance` begins again after a moment.
void SqliteConnect::run(const std::string& sql, QueryResult* result) {
  if (!connection_->run(sql, deadline_, result))
    throw DriverError(ErrorKind::timeout, "the database is locked by somebody else");
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
  explicit SqliteDriver(DsnSource dsn) : context_(std::make_shared<SqliteContext>(std::move(dsn))) {
    try {
      context_->path_or_uri();
    } catch (const Error&) {
      // A secret file that is not there yet; connecting will say so.
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

std::shared_ptr<Driver> sqlite_driver(DsnSource dsn) {
  return std::make_shared<SqliteDriver>(std::move(dsn));
}

std::shared_ptr<Driver> sqlite_driver(std::string path_or_uri) {
  return sqlite_driver(DsnSource(Dsn(std::move(path_or_uri))));
}

}  // namespace dbpool
