#pragma once

#include <Poco/Data/DataException.h>
#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Data/Session.h>
#include <Poco/Data/SessionPool.h>
#include <soci/connection-pool.h>

#include <chrono>
#include <string>
#include <thread>

#include "bench/dbpool_pool.hpp"

namespace dbpool::bench {

/// SOCI keeps no statistics and lets newcomers overtake. It lends sessions without using them, so they stay
/// closed.
class SociPool {
 public:
  static constexpr const char* name = "soci";

  class Lease {
   public:
    explicit Lease(soci::connection_pool& pool) : pool_(pool), position_(pool.lease()) {}
    ~Lease() { pool_.give_back(position_); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

   private:
    soci::connection_pool& pool_;
    std::size_t position_;
  };
  Lease acquire() { return Lease(pool_); }

 private:
  soci::connection_pool pool_{connections};
};

/// Poco throws when the pool is empty, so the caller retries.
class PocoPool {
 public:
  static constexpr const char* name = "poco";
  static constexpr std::chrono::microseconds retry_after{100};

  PocoPool() : pool_(registered(), ":memory:", connections, connections) {}

  Poco::Data::Session acquire() {
    while (true) {
      try {
        return pool_.get();
      } catch (const Poco::Data::SessionPoolExhaustedException&) {
        std::this_thread::sleep_for(retry_after);
      }
    }
  }

 private:
  static std::string registered() {
    Poco::Data::SQLite::Connector::registerConnector();
    return Poco::Data::SQLite::Connector::KEY;
  }

  Poco::Data::SessionPool pool_;
};

}  // namespace dbpool::bench
