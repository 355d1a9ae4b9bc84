#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "dbpool/pool/driver.hpp"

namespace dbpool {

class PoolCore;
struct Slot;

/// The purpose of a lease.
enum class LeasePurpose {
  work,
  probe,  ///< a canary's measurement; health does not count it as load
};

/// Exclusive use of one connection. Movable; not thread-safe. The destructor returns the connection; it does
/// not block and does not throw. A lease may outlive its pool.
class Lease {
 public:
  Lease(Lease&& other) noexcept : core_(other.core_), slot_(std::exchange(other.slot_, nullptr)) {}
  Lease& operator=(Lease&& other) noexcept;
  ~Lease();

  /// Runs one statement within the pool's command_timeout and counts its failure. throws DriverError.
  QueryResult execute(std::string_view sql);
  /// Returns the connection. The pool does not see errors of direct calls; report them with `discard()`.
  Connection& connection() noexcept;
  /// Makes the pool close the connection when it is returned.
  void discard() noexcept;
  /// Returns the connection now. Afterwards the lease may only be destroyed or assigned.
  void release() noexcept;
  /// Returns whether a check or a statement found that the peer had closed the connection.
  bool has_ended() const noexcept;
  /// Returns an id that is unique within the pool.
  std::uint64_t id() const noexcept;

  /// Runs `query` as a health check within validation_timeout, and counts it. Holds no thread. Calls `done`
  /// with the lease on a scheduler worker; `done` must not throw. A broken connection is closed on return.
  static void check_async(Lease lease, const std::string& query, std::function<void(Lease)> done);

 private:
  friend class PoolCore;
  Lease(PoolCore& core, Slot& slot) noexcept : core_(&core), slot_(&slot) {}

  PoolCore* core_;
  Slot* slot_;
};

}  // namespace dbpool
