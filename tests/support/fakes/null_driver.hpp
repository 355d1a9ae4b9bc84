#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "dbpool/pool/driver.hpp"

namespace dbpool::test {

/// A connection without a database: every check and statement succeeds at once. For measuring the cost of a
/// pool.
class NullConnection final : public Connection {
 public:
  std::unique_ptr<Operation> start_query(std::string /*sql*/, Deadline /*deadline*/,
                                         QueryResult* /*result*/) override {
    return std::make_unique<Done>();
  }
  bool is_broken() const noexcept override { return false; }
  void* native_handle() noexcept override { return nullptr; }

 private:
  class Done final : public Operation {
    std::optional<IoWait> advance(TimePoint /*now*/) override { return std::nullopt; }
  };
};

/// Connects at once.
class NullDriver final : public Driver {
 public:
  std::unique_ptr<ConnectOperation> start_connect(Deadline /*deadline*/) override {
    return std::make_unique<Connected>();
  }
  PoolInfo info() const override { return {.driver = "null", .database = {}, .user = {}, .labels = {}}; }

 private:
  class Connected final : public ConnectOperation {
    std::optional<IoWait> advance(TimePoint /*now*/) override { return std::nullopt; }
    std::unique_ptr<Connection> take() override { return std::make_unique<NullConnection>(); }
  };
};

}  // namespace dbpool::test
