#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dbpool/model/histogram.hpp"
#include "dbpool/model/names.hpp"

namespace dbpool {

using WallTime = std::chrono::system_clock::time_point;

/// What describes a pool and does not count anything. Empty = not known.
struct PoolInfo {
  std::string driver;
  std::string database;
  std::string user;
  std::map<std::string, std::string> labels;  ///< configured; for dbpool_pool_info only
};

/// One moment of one pool: a value, read by everything right of the source that made it.
/// nullopt always means "this source cannot know", and shows as no series and as JSON null.
struct PoolSnapshot {
  using Count = std::optional<std::uint64_t>;
  using Seconds = std::optional<double>;
  using Time = std::optional<WallTime>;

  std::string pool;     ///< the `pool` label; for an owned pool its configured name
  bool unread = false;  ///< nothing is known but its name, because its source's last reading failed
  PoolInfo info;
  std::optional<PoolPhase> phase;  ///< owned pools only

  // Connections now, in exclusive states.
  Count idle, active, opening, checking;
  bool part_of_another = false;  ///< the pool of a whole target tells these connections as well
  Count unknown;                 ///< of which only the total is known
  Count healthy;                 ///< whose last validation passed
  Count probing;      ///< active ones that a canary without `hold` has right now; not judged as load
  Count min, max;     ///< configured; max includes overflow; nullopt = unlimited or not known
  Count configured;   ///< max without overflow
  Count overflow;     ///< in use beyond `configured`
  Count active_peak;  ///< since start
  std::optional<double> utilization;  ///< active / max, where the source tells that and not max; 1 = all
  Seconds max_age;                    ///< configured; nullopt = no limit or not known

  // Callers now.
  Count waiting;
  Count probing_waiters;     ///< of `waiting`, those of ours that measure; not judged as callers
  Seconds oldest_waiter;     ///< 0 when nobody waits
  Seconds wait_peak;         ///< since start
  Seconds wait_recent_peak;  ///< within the wait window (60 s), waiters still waiting included
  Seconds wait_judged_peak;  ///< as above, without waits that began before the last recovery

  // Totals since start.
  Count acquisitions, releases, acquisition_timeouts, acquisition_rejections;
  Count created, reused, connect_failures;
  std::array<Count, close_reason_names.size()> closed;  ///< by CloseReason
  Count health_checks, health_check_failures;
  std::array<Count, error_kind_count> errors;  ///< by ErrorKind
  Count leaks_detected, leaks_recovered, reconnect_attempts;
  std::optional<Histogram> acquisition_duration, usage_duration, connect_duration, health_check_duration;

  // Errors in sliding windows.
  Count errors_recent;  ///< within the error window (60 s), without those that began before the last recovery
  Count errors_last_hour;

  Count leaked;  ///< leases suspected now

  // Times, on the wall clock.
  Time created_at, last_health_check, last_error_at;
  Time last_timeout_at;    ///< last acquisition that timed out, unless it began before the last recovery
  std::string last_error;  ///< "" = none yet; no secret
  std::optional<ErrorKind> last_error_kind;
  Seconds response_time;                ///< last health-check round trip that passed
  std::optional<bool> last_connect_ok;  ///< nullopt = none tried yet
  std::optional<bool> last_contact_ok;  ///< last connect or health check; nullopt = none yet

  // Poolers and servers only.
  Count clients_active, clients_waiting;
  Count clients_used, clients_max;  ///< of a pooler in all, as it counts them; and how many it takes
  std::optional<bool> paused, disabled;
  std::string pool_mode;   ///< session, transaction or statement; "" = not known
  bool saturated = false;  ///< takes no further caller just now, though its figures may not be known
  std::string limited_by;  ///< the setting that is used up and that others share; "" = none, or not known
  Seconds query_seconds, transaction_seconds, wait_seconds;
  Count queries, transactions;
  Seconds oldest_transaction;
  std::string source_status;  ///< the word that a JSON endpoint has for its own status; "" = none

  /// idle + active + checking + unknown; nullopt when none of them is known.
  Count total() const;
};

/// Who holds a connection, as the database server sees it. Empty or nullopt = not known.
struct ServerSession {
  std::int64_t pid = 0;
  std::string database, user, application, client, state;
  std::optional<WallTime> last_query_start;
  std::optional<std::string> query;  ///< only where the configuration asks for it: it may hold secrets
};

/// A lease that is held for longer than the leak limit.
struct LeakReport {
  std::string connection_id;
  std::uint64_t lease = 0;
  std::chrono::nanoseconds held{0};
  std::string site;                ///< where it was acquired: the caller's own name or file:line function
  std::vector<std::string> stack;  ///< innermost frame first; empty unless leak_stack is on
  std::optional<ServerSession> session = std::nullopt;  ///< only where the server was asked
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
