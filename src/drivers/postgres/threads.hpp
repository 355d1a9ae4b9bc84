#pragma once

#include <memory>
#include <utility>

#include "net/expendable_threads.hpp"
#include "net/name_resolver.hpp"

namespace dbpool {

/// See dbpool/drivers/postgres.hpp. Any thread may use the members.
class PostgresThreads {
 public:
  explicit PostgresThreads(NameResolver::Resolve resolve = system_addresses) : names(std::move(resolve)) {}
  /// Looks names up on threads that others use as well.
  PostgresThreads(NameResolver::Resolve resolve, std::shared_ptr<ExpendableThreads> lookups)
      : names(std::move(resolve), std::move(lookups)) {}

  NameResolver names;
  /// For PQcancel, which blocks while a server hangs. A cancellation is skipped if no thread is free.
  ExpendableThreads cancellations{4, 0};
};

}  // namespace dbpool
