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

/// What a lease is for.
enum class LeasePurpose {
  work,
  probe,  ///< a canary that only looks: not counted as load by health
};

/// Exclusive use of one connection. Movable; one thread at a time. The destructor returns the connection; it
/// does not block and does not throw. It keeps the pool's inside alive, so it may outlive the pool.
class Lease {
 public:
  Lease(Lease&& other) noexcept : core_(other.core_), slot_(std::exchange(other.slot_, nullptr)) {}
  Lease& operator=(Lease&& other) noexcept;
  ~Lease();

  /// Runs one statement within the pool's command_timeout and counts its failure. throws DriverError.
  QueryResult execute(std::string_view sql);
  /// The connection itself. What goes wrong there is the caller's to report, by `discard()`.
  Connection& connection() noexcept;
  /// Closes the connection when it is returned.
  void discard() noexcept;
  /// Returns the connection now. Using the lease afterwards is an error, destroying it is not.
  void release() noexcept;
  /// Whether a check or a statement found that the other end had closed the connection.
  bool has_ended() const noexcept;
  /// Unique within the pool.
  std::uint64_t id() const noexcept;

  /// Runs `query` as a health check without holding a thread, bounded by validation_timeout, and counts it.
  /// `done` gets the lease back, on a scheduler worker, and must not throw. A connection that broke closes on
  /// return.
  static void check_async(Lease lease, const std::string& query, std::function<void(Lease)> done);

 private:
  friend class PoolCore;
  Lease(PoolCore& core, Slot& slot) noexcept : core_(&core), slot_(&slot) {}

  PoolCore* core_;
  Slot* slot_;
};

}  // namespace dbpool
