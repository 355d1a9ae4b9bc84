#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dbpool/model/histogram.hpp"
#include "dbpool/model/names.hpp"
#include "dbpool/model/pool_key.hpp"
#include "dbpool/model/pooled_client.hpp"

namespace dbpool {

using WallTime = std::chrono::system_clock::time_point;

/// Descriptive fields of a pool. Empty = not known.
struct PoolInfo {
  std::string driver;
  std::string database;
  std::string user;
  std::map<std::string, std::string> labels;  ///< from the configuration; for dbpool_pool_info only
};

/// The figures of one pool at one moment. A value.
/// nullopt = this source cannot know it, unless the field gives another reason. It shows as no series and as
/// JSON null.
struct PoolSnapshot {
  using Count = std::optional<std::uint64_t>;
  using Seconds = std::optional<double>;
  using Time = std::optional<WallTime>;

  PoolKey key;
  bool unread = false;  ///< only the key is known, because the last reading of its source failed
  PoolInfo info;
  std::optional<PoolPhase> phase;  ///< owned pools only

  // Connections now. The states exclude each other.
  Count idle, active, opening, checking;
  Count unknown;                      ///< in an unknown state
  Count healthy;                      ///< passed their last check
  Count probing;                      ///< active, lent to a canary without `hold`; not judged as load
  Count min, max;                     ///< configured; max includes overflow; nullopt = unlimited or not known
  Count configured;                   ///< max without overflow
  Count overflow;                     ///< connections beyond `configured`
  Count idle_in_transaction;          ///< of the active ones: in a transaction, with no statement running
  Count waiting_for_lock;             ///< of the active ones: wait for a lock of the database
  Count active_peak;                  ///< since start
  std::optional<double> utilization;  ///< active / max, if the source reports it without max; 1 = all
  Seconds max_age;                    ///< configured; nullopt = no limit or not known

  // Callers now.
  Count waiting;
  Count probing_waiters;     ///< of `waiting`: this exporter's own probes; not judged as callers
  Seconds oldest_waiter;     ///< 0 = no caller waits
  Seconds wait_peak;         ///< since start
  Seconds wait_recent_peak;  ///< within the wait window (60 s), including callers that still wait
  Seconds wait_judged_peak;  ///< as above, without waits that began before the last recovery

  // Totals since start.
  Count acquisitions, releases, acquisition_timeouts, acquisition_rejections;
  Count acquisitions_slow;        ///< acquisitions and timeouts that took longer than `acquisition_objective`
  Seconds acquisition_objective;  ///< in effect for `acquisitions_slow`; both are known, or neither
  Count created, reused, connect_failures;
  std::array<Count, close_reason_names.size()> closed;  ///< by CloseReason
  Count health_checks, health_check_failures;
  std::array<Count, error_kind_count> errors;  ///< by ErrorKind
  Count leaks_detected, leaks_recovered, reconnect_attempts;
  /// Immutable, so copies of a snapshot share them; nullptr = this source cannot know it.
  std::shared_ptr<const Histogram> acquisition_duration, usage_duration, connect_duration,
      health_check_duration;

  // Errors in sliding windows.
  Count errors_recent;  ///< within the error window (60 s); began after the last recovery
  Count errors_last_hour;

  Count leaked;  ///< leases suspected now

  // Times, on the wall clock.
  Time created_at, last_health_check, last_error_at;
  Time last_timeout_at;    ///< last acquire timeout, unless the wait began before the last recovery
  std::string last_error;  ///< "" = none yet; no secret
  std::optional<ErrorKind> last_error_kind;
  Seconds response_time;                ///< round trip of the last health check that passed
  std::optional<bool> last_connect_ok;  ///< nullopt = none tried yet
  std::optional<bool> last_contact_ok;  ///< last connect, health check or probe; nullopt = none yet

  // Poolers and servers only.
  Count clients_active, clients_waiting;
  Count clients_used, clients_max;  ///< of a whole pooler, by its own count; and its limit
  Count server_connections;         ///< sessions of a whole server
  Count server_connections_max;     ///< that it allows to users without reserved slots
  bool probe_only = false;          ///< no client but this exporter's own was ever seen in it
  std::optional<bool> paused, disabled;
  std::string pool_mode;   ///< session, transaction or statement; "" = not known
  bool saturated = false;  ///< accepts no further caller now; its figures may be unknown
  std::string limited_by;  ///< the exhausted setting that pools share; "" = none, or not known
  Seconds query_seconds, transaction_seconds, wait_seconds;
  Count queries, transactions;
  Seconds oldest_transaction;
  std::string source_status;  ///< a JSON endpoint's own word for its status; "" = none

  /// Returns the `pool` label.
  const std::string& label() const noexcept { return key.label(); }
  /// Returns idle + active + checking + unknown; nullopt if all four are unknown.
  Count total() const;
};

/// The holder of a connection, as the database server reports it. Empty or nullopt = not known.
struct ServerSession {
  std::int64_t pid = 0;
  std::string database, user, application, client, state;
  std::optional<std::uint64_t> client_port;  ///< nullopt = a local socket, or not known
  std::optional<WallTime> last_query_start;
  std::optional<std::string> query;                   ///< only if configured, because it may hold secrets
  std::optional<PooledClient> behind = std::nullopt;  ///< the client to which a pooler has lent it
};

/// A lease that is held longer than the leak limit.
struct LeakReport {
  std::string connection_id;
  std::uint64_t lease = 0;
  std::chrono::nanoseconds held{0};
  std::string site;                ///< the acquiring code: the caller's name for it, or file:line function
  std::vector<std::string> stack;  ///< innermost frame first; empty unless leak_stack is on
  std::optional<ServerSession> session = std::nullopt;  ///< only if the server was asked
};

/// One connection of an owned pool.
struct ConnectionSnapshot {
  std::string id;
  std::string state;  ///< idle, active or checking
  WallTime created_at;
  std::optional<WallTime> last_used;  ///< nullopt = never lent
  std::uint64_t times_used = 0;
  std::chrono::nanoseconds age{0};
};

}  // namespace dbpool
