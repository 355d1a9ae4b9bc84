#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "dbpool/pool/connection_ended.hpp"
#include "dbpool/pool/driver.hpp"
#include "support/fakes/fake_clock.hpp"
#include "support/fakes/fake_database.hpp"

namespace dbpool::test {

/// How often an operation without an answer checks for a stop request.
constexpr Duration look_around = std::chrono::milliseconds(100);

/// A delay followed by an outcome.
class FakeOperation : public ConnectOperation {
 public:
  FakeOperation(std::shared_ptr<FakeDatabase> database, Duration takes, Deadline deadline)
      : database_(std::move(database)), due_(database_->clock->now() + takes), deadline_(deadline) {}

  std::optional<IoWait> advance(TimePoint now) override {
    if (database_->silent || due_ > deadline_.when()) {
      if (!deadline_.passed(now)) return wait_until(std::min(deadline_.when(), now + look_around));
      end();
      throw DriverError(ErrorKind::timeout, "fake database: no answer in time");
    }
    if (now < due_) return wait_until(due_);
    finish();
    return std::nullopt;
  }
  std::unique_ptr<Connection> take() override { return nullptr; }

 protected:
  virtual void finish() = 0;
  virtual void end() {}
  std::shared_ptr<FakeDatabase> database_;

 private:
  IoWait wait_until(TimePoint moment) const {
    if (database_->while_waiting) database_->while_waiting(moment);
    return {-1, 0, moment};
  }

  TimePoint due_;
  Deadline deadline_;
};

class FakeConnection : public Connection {
 public:
  explicit FakeConnection(std::shared_ptr<FakeDatabase> database)
      : database_(std::move(database)), generation_(database_->generation) {
    const int open = ++database_->open;
    int most = database_->most_open;
    while (open > most && !database_->most_open.compare_exchange_weak(most, open)) {
    }
  }
  ~FakeConnection() override {
    --database_->open;
    database_->orphans += static_cast<int>(in_use_.use_count() - 1);
  }

  std::unique_ptr<Operation> start_query(std::string sql, Deadline deadline, QueryResult* result) override {
    struct Query : FakeOperation {
      Query(FakeConnection& connection, std::string sql, Deadline until, QueryResult* rows)
          : FakeOperation(connection.database_, connection.database_->ping_takes, until),
            connection_(connection),
            use_(connection.in_use_),
            sql_(std::move(sql)),
            rows_(rows) {}
      void finish() override { connection_.answer(sql_, rows_); }
      void end() override { connection_.broken_ = true; }
      FakeConnection& connection_;
      std::shared_ptr<void> use_;
      std::string sql_;
      QueryResult* rows_;
    };
    ++database_->pings;
    return std::make_unique<Query>(*this, std::move(sql), deadline, result);
  }
  bool is_broken() const noexcept override { return broken_; }
  void* native_handle() noexcept override { return this; }

 private:
  void answer(const std::string& sql, QueryResult* rows) {
    const bool dies = database_->deadly.access()->contains(sql);
    if (!database_->up || database_->generation != generation_ || dies) {
      broken_ = true;
      throw ConnectionEnded(*database_->farewell.access());
    }
    if (database_->query_refused || database_->unknown.access()->contains(sql))
      throw DriverError(ErrorKind::query, "fake database: syntax error", "42601");
    if (sql == "BEGIN") broken_ = true;
    if (rows == nullptr) return;
    const auto answers = database_->answers.access();
    const auto answer = answers->find(sql);
    *rows = answer == answers->end() ? QueryResult{{"?column?"}, {{"1"}}, 1} : answer->second;
  }

  std::shared_ptr<FakeDatabase> database_;
  int generation_;
  bool broken_ = false;
  std::shared_ptr<void> in_use_ = std::make_shared<int>();  ///< shared with each operation
};

class FakeDriver : public Driver {
 public:
  explicit FakeDriver(std::shared_ptr<FakeDatabase> database) : database_(std::move(database)) {}

  std::unique_ptr<ConnectOperation> start_connect(Deadline deadline) override {
    struct Connecting : FakeOperation {
      using FakeOperation::FakeOperation;
      void finish() override {
        int to_fail = database_->connects_to_fail;
        const bool fails =
            to_fail > 0 && database_->connects_to_fail.compare_exchange_strong(to_fail, to_fail - 1);
        if (!database_->up || fails) throw DriverError(ErrorKind::connect, "fake database: refused");
      }
      std::unique_ptr<Connection> take() override { return std::make_unique<FakeConnection>(database_); }
    };
    ++database_->connects;
    return std::make_unique<Connecting>(database_, database_->connect_takes, deadline);
  }
  PoolInfo info() const override { return {"fake", "db", "user", {}}; }

 private:
  std::shared_ptr<FakeDatabase> database_;
};

}  // namespace dbpool::test
