#pragma once

#include <chrono>
#include <memory>

#include "dbpool/pool/pool.hpp"
#include "support/fakes/null_driver.hpp"

namespace dbpool::bench {

inline constexpr unsigned connections = 10;

/// Our pool with its defaults: statistics, leak tracking and site capture are all on. It has the same
/// interface as its peers: `acquire()` blocks, and the returned object releases the connection when it is
/// destroyed.
class DbpoolPool {
 public:
  static constexpr const char* name = "dbpool";

  DbpoolPool() : pool_(options(), std::make_shared<test::NullDriver>(), Runtime::start()) {
    if (!pool_.warm_up(std::chrono::seconds(10))) throw Error("the pool did not open its connections");
  }
  Lease acquire(const AcquireRequest& request = {}) { return pool_.acquire(request); }
  PoolSnapshot snapshot() const { return pool_.snapshot(); }

 private:
  static PoolOptions options() {
    PoolOptions options;
    options.min_size = connections;
    options.max_size = connections;
    return options;
  }

  Pool pool_;
};

}  // namespace dbpool::bench
