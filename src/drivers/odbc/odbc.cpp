#include "dbpool/drivers/odbc.hpp"

#include <cstdlib>
#include <utility>

#include "drivers/odbc/connection.hpp"

namespace dbpool {
namespace {

/// State that the connects of one driver share. Any thread may use it.
struct OdbcContext {
  DsnSource dsn;
  std::shared_ptr<OdbcLane> lane;
  Guarded<PoolInfo> info;  // from the connection string as last read

  OdbcContext(DsnSource dsn_, std::shared_ptr<OdbcThreads> threads)
      : dsn(std::move(dsn_)), lane(std::make_shared<OdbcLane>(std::move(threads))) {}

  /// Reads the connection string again. throws DriverError (connect).
  OdbcTarget target() {
    const auto text = [this] {
      try {
        return dsn.read();
      } catch (const Error& error) {
        throw DriverError(ErrorKind::connect, std::string("cannot connect by ODBC: ") + error.what());
      }
    }();
    OdbcTarget target = read_odbc_target(text);
    *info.access() = target.info;
    return target;
  }
};

class OdbcConnect : public ConnectOperation {
 public:
  OdbcConnect(std::shared_ptr<OdbcContext> context, Deadline deadline)
      : context_(std::move(context)), deadline_(deadline) {}
  ~OdbcConnect() override {
    if (call_) leave();
  }

  std::optional<IoWait> advance(TimePoint now) override {
    if (!call_) begin();
    const auto wait = poll();
    if (!wait) {
      call_.reset();
      connection_ = std::make_unique<OdbcConnection>(std::exchange(session_, nullptr), context_->lane);
    } else if (deadline_.passed(now)) {
      time_out();
    }
    return wait;
  }

  std::unique_ptr<Connection> take() override { return std::move(connection_); }

 private:
  void begin() {
    OdbcTarget target = context_->target();
    place_ = target.place;
    session_ = std::make_shared<OdbcSession>(std::move(target));
    call_.emplace(
        *context_->lane, [session = session_, deadline = deadline_] { session->connect(deadline); },
        [session = session_] { session->close(); });
  }

  std::optional<IoWait> poll() {
    try {
      return call_->poll(deadline_);
    } catch (const DriverError&) {
      call_.reset();
      close();
      throw;
    }
  }

  OdbcCall::Left leave() {
    const auto left = call_->leave();
    call_.reset();
    if (left == OdbcCall::Left::over) close();
    return left;
  }

  /// Frees the handles of a failed connect on another thread, because that may block.
  void close() {
    context_->lane->run_in_any_case([session = std::exchange(session_, nullptr)] { session->close(); });
  }

  [[noreturn]] void time_out() {
    const bool began = leave() != OdbcCall::Left::never_began;
    throw DriverError(ErrorKind::timeout,
                      "cannot connect by ODBC to " + place_ + ": " +
                          (began ? "no answer in time" : "no thread was free for it by its deadline"));
  }

  std::shared_ptr<OdbcContext> context_;
  Deadline deadline_;
  std::string place_;
  std::shared_ptr<OdbcSession> session_;
  std::optional<OdbcCall> call_;
  std::unique_ptr<OdbcConnection> connection_;
};

class OdbcDriver : public Driver {
 public:
  OdbcDriver(DsnSource dsn, std::shared_ptr<OdbcThreads> threads)
      : context_(std::make_shared<OdbcContext>(std::move(dsn), std::move(threads))) {
    context_->info.access()->driver = "odbc";
    // A DSN that cannot be read yet is not an error here: the pool keeps trying, and each read sets info().
    try {
      context_->target();
    } catch (const DriverError&) {
      return;
    }
  }

  std::unique_ptr<ConnectOperation> start_connect(Deadline deadline) override {
    return std::make_unique<OdbcConnect>(context_, deadline);
  }

  PoolInfo info() const override { return *context_->info.access(); }

 private:
  std::shared_ptr<OdbcContext> context_;
};

}  // namespace

std::shared_ptr<OdbcThreads> odbc_threads(OdbcLimits limits) {
  return std::make_shared<OdbcThreads>(limits);
}

void set_odbc_encoding() {
  ::setenv("PGCLIENTENCODING", "UTF8", 0);
}

bool await_rest(const OdbcThreads& threads, Deadline deadline) {
  return threads.await_rest(deadline);
}

std::shared_ptr<Driver> odbc_driver(DsnSource dsn, std::shared_ptr<OdbcThreads> threads) {
  return std::make_shared<OdbcDriver>(std::move(dsn), std::move(threads));
}

}  // namespace dbpool
