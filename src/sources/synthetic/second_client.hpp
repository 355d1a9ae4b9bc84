#pragma once

#include <memory>

#include "dbpool/pool/driver.hpp"
#include "dbpool/sync/guarded.hpp"
#include "sources/recurring.hpp"
#include "sources/synthetic/books.hpp"
#include "sources/synthetic/timed_operation.hpp"

namespace dbpool {

/// A client that learns why the measuring client waits, for longer than its timeout, in a pool without
/// servers. PgBouncer keeps a client that waits in its queue even while it cannot open a server, and gives
/// the reason (server_login_retry) only to a client that asks later. If this one has to wait too, it waits
/// until it is answered or disconnected, so there are never more than two.
class SecondClient : public Recurring {
 public:
  struct Pace {
    Duration interval;  ///< from one attempt to the next
    Duration timeout;   ///< of the measuring client, and of a login
  };

  SecondClient(std::shared_ptr<const PoolSource> pooler, std::shared_ptr<Driver> driver, const Pace& pace,
               const Runtime& runtime, std::shared_ptr<Guarded<SyntheticBooks>> books);

 private:
  void turn() override;
  void connected(const std::exception_ptr& failure);
  void answered(const std::exception_ptr& failure);
  bool is_due() const;
  void note(const std::exception_ptr& failure) const;

  const std::shared_ptr<const PoolSource> pooler_;
  const std::shared_ptr<Driver> driver_;
  const Pace pace_;
  const std::shared_ptr<Guarded<SyntheticBooks>> books_;
  // Used only by the running task.
  std::unique_ptr<ConnectOperation> connecting_;
  std::unique_ptr<Connection> connection_;
  QueryResult answer_;
  std::unique_ptr<Operation> asking_;      // uses the connection and `answer_`
  std::unique_ptr<TimedOperation> timed_;  // runs `asking_`
};

}  // namespace dbpool
