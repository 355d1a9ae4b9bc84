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

/// One open connection and its state. A lease or check that holds the slot may use `connection` without the
/// pool's lock, which guards all other members. Times are stopwatch readings.
struct Slot {
  enum class State { idle, active, checking };
  /// The last known state of the peer.
  enum class Contact {
    kept,
    lost,   ///< a check got no valid answer: the database may be down
    ended,  ///< the peer closed it, as servers do with idle connections: the database may be up
  };

  std::unique_ptr<Connection> connection;
  std::uint64_t id = 0;
  std::size_t index = 0;  ///< in PoolState::slots
  State state = State::checking;
  Duration opened_at{0}, expires_at{0}, last_used{0}, last_checked{0};
  WallTime created_at;
  std::uint64_t times_used = 0;
  bool healthy = true;                ///< the last check passed
  Contact contact = Contact::kept;    ///< set by the last check or by a statement that failed
  std::optional<CloseReason> doomed;  ///< why it closes when it is returned; nullopt = stays open
  LeasePurpose purpose = LeasePurpose::work;
  LeaseRecord lease;  ///< while active
};

/// The state that a pool's lock guards.
struct PoolState {
  PoolState(const PoolOptions& options, WallTime now)
      : ledger({options.acquisition_buckets, options.error_window, options.wait_window,
                options.latency_objective},
               now),
        leaks(options.leak_detection_timeout) {}

  /// Returns the number of connections that are open or being opened.
  std::size_t live() const noexcept { return slots.size() + opening; }

  PoolPhase phase = PoolPhase::initializing;
  std::vector<std::unique_ptr<Slot>> slots;
  std::vector<Slot*> idle;  ///< most recently used last
  WaitQueue waiters;
  TimePoint next_expiry = TimePoint::max();  ///< the next run of expire_waiters
  unsigned opening = 0;
  unsigned checking = 0;
  unsigned probing = 0;
  PoolLedger ledger;
  LeakDetector leaks;

  Backoff reconnect{std::chrono::seconds(1), std::chrono::seconds(16)};     // while recovering
  Backoff retry{std::chrono::milliseconds(100), std::chrono::seconds(16)};  // while other connections live
  std::optional<TimePoint> next_attempt;  ///< when a reconnect or retry is due; nullopt = none planned
  unsigned attempts = 0;                  ///< reconnects in this outage
  std::optional<TimePoint> proof_due;     ///< start of an outage unless a connect succeeds; nullopt = none
  Duration unready_since{0};              ///< start of initialization or of the outage
  bool refill = true;                     ///< false from close_connections() until the next acquire
  std::optional<bool> last_connect_ok, last_contact_ok;

  std::shared_ptr<PoolCore> itself;  ///< set if the pool is destroyed before its leases are returned
  std::uint64_t next_connection = 1;
  std::uint64_t next_lease = 1;
  Duration last_housekeeping{0};
  std::minstd_rand random{std::random_device{}()};
};

}  // namespace dbpool
