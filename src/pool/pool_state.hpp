#pragma once

#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "dbpool/observe/leak_detector.hpp"
#include "dbpool/observe/pool_ledger.hpp"
#include "dbpool/pool/driver.hpp"
#include "dbpool/pool/lease.hpp"
#include "dbpool/pool/pool_options.hpp"
#include "pool/backoff.hpp"
#include "pool/wait_queue.hpp"

namespace dbpool {

/// One open connection and what is known of it. Whoever has it out (a lease, a check) may use `connection`
/// without the pool's lock; everything else is guarded by it. Times are stopwatch readings.
struct Slot {
  enum class State { idle, active, checking };
  /// What is known of the other end.
  enum class Contact {
    kept,
    lost,   ///< a check got no sensible answer: the database may be away
    ended,  ///< the other end closed it, as servers do with what is idle: only a connect tells more
  };

  std::unique_ptr<Connection> connection;
  std::uint64_t id = 0;
  std::size_t index = 0;  ///< in PoolState::slots
  State state = State::checking;
  Duration opened_at{0}, expires_at{0}, last_used{0}, last_checked{0};
  WallTime created_at;
  std::uint64_t times_used = 0;
  bool healthy = true;                ///< the last check passed
  Contact contact = Contact::kept;    ///< as a check or a statement found it last
  std::optional<CloseReason> doomed;  ///< why it closes as soon as it is nobody's
  LeasePurpose purpose = LeasePurpose::work;
  LeaseRecord lease;  ///< while active
};

/// Everything that a pool's lock guards.
struct PoolState {
  PoolState(const PoolOptions& options, WallTime now)
      : ledger({options.acquisition_buckets, options.error_window, options.wait_window}, now),
        leaks(options.leak_detection_timeout) {}

  /// Connections that exist or are about to.
  std::size_t live() const noexcept { return slots.size() + opening; }

  PoolPhase phase = PoolPhase::initializing;
  std::vector<std::unique_ptr<Slot>> slots;
  std::vector<Slot*> idle;  ///< the most recently used last
  WaitQueue waiters;
  TimePoint next_expiry = TimePoint::max();  ///< when waiters are looked through for those to turn away
  unsigned opening = 0;
  unsigned checking = 0;
  unsigned probing = 0;
  PoolLedger ledger;
  LeakDetector leaks;

  Backoff reconnect{std::chrono::seconds(1), std::chrono::seconds(16)};     // while recovering
  Backoff retry{std::chrono::milliseconds(100), std::chrono::seconds(16)};  // while other connections live
  std::optional<TimePoint> next_attempt;  ///< when a reconnect or retry is due
  unsigned attempts = 0;                  ///< of this outage
  std::optional<TimePoint> proof_due;     ///< all have ended; by then one must be open, or it is an outage
  Duration unready_since{0};              ///< when initialization or the outage began
  bool refill = true;                     ///< false from a close by hand until the next acquire
  std::optional<bool> last_connect_ok, last_contact_ok;

  std::shared_ptr<PoolCore> itself;  ///< set when the pool goes while leases are out
  std::uint64_t next_connection = 1;
  std::uint64_t next_lease = 1;
  Duration last_housekeeping{0};
  std::minstd_rand random{std::random_device{}()};
};

}  // namespace dbpool
