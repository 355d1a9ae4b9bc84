#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dbpool/model/pool_snapshot.hpp"

namespace dbpool {

/// What is wrong with a pool, spelled like the `verdict` label of `dbpool_diagnosis`. The first that holds
/// counts; those of the load come last.
enum class Verdict { unknown, paused, database_down, limit_elsewhere, leak, slow_use, too_small, ok };
inline constexpr std::array<std::string_view, 8> verdict_names{
    "unknown", "paused", "database_down", "limit_elsewhere", "leak", "slow_use", "too_small", "ok"};

constexpr std::string_view to_string(Verdict v) {
  return verdict_names[static_cast<std::size_t>(v)];
}

/// The case within a verdict. It decides the words.
enum class Ground {
  not_read,        ///< unknown: its source cannot be read
  not_judged_yet,  ///< unknown: new, or its first connections are not open yet
  closing,         ///< unknown: shutting down, or closed
  no_clients,      ///< unknown: a pooler's pool without clients and servers
  no_server,       ///< unknown: callers of a pooler wait and it has no server for them, for a cause not known
  contradiction,   ///< unknown: the figures contradict each other
  not_full,        ///< unknown: callers wait although the pool may still grow
  no_max,          ///< unknown: callers wait, and it is not known whether the pool is full
  no_figures,      ///< unknown: no figure that a verdict needs
  paused,
  disabled,       ///< paused: disabled in the pooler
  no_connection,  ///< database_down: none is open, and the last connect failed
  lost_contact,   ///< database_down: the last connect or check failed
  failed_logins,  ///< database_down: the pooler cannot log in to it
  shared_limit,   ///< limit_elsewhere: a pooler's limit that pools share
  client_limit,   ///< limit_elsewhere: the clients of a pooler
  server_limit,   ///< limit_elsewhere: the sessions of a server
  refused_limit,  ///< limit_elsewhere: the last connect was refused for a limit
  leaked_leases,
  longer_use,
  full,
  none,  ///< ok
};

/// One figure that a verdict rests on.
struct Evidence {
  std::string figure;           ///< as in the table of figures, or of a window
  double value = 0;             ///< ratios are 0 to 1, durations seconds, flags 0 or 1
  std::optional<double> bound;  ///< that it reached, or would have to reach; nullopt = it has none
  bool operator==(const Evidence&) const = default;
};

/// Leases that one place in the code holds for too long.
struct LeakSite {
  std::string site;
  std::uint64_t leases = 0;
  double longest_held = 0;  ///< seconds
  bool operator==(const LeakSite&) const = default;
};

/// The figures that the words of a diagnosis name, as they were at the time of the judgement; as in
/// PoolSnapshot unless noted. Durations in seconds.
struct DiagnosedFigures {
  PoolSnapshot::Count idle = {}, active = {}, total = {}, max = {}, waiting = {}, leaked = {};
  PoolSnapshot::Count clients_used = {}, clients_max = {};
  PoolSnapshot::Count server_connections = {}, server_connections_max = {};
  std::optional<double> used_share = {};  ///< of `max`, without canaries; 0 to 1 and above
  std::optional<double> busy_share = {};  ///< of the last 30 s; 0 to 1
  std::optional<double> mean_use = {};    ///< lately: over 5 minutes, or over the 30 s that show it first
  std::optional<double> former_use = {};  ///< its mean over the hour
  std::optional<double> full_after = {};  ///< until leaks have filled the pool, at their present rate
  std::vector<LeakSite> sites = {};       ///< of the leaks, the one with most leases first
  std::string limited_by = {};
  std::string error = {};  ///< the error that the verdict rests on; no secret
  std::optional<ErrorKind> error_kind = {};
  bool operator==(const DiagnosedFigures&) const = default;
};

/// What is wrong with one pool, and why one may believe it. A value.
struct Diagnosis {
  Verdict verdict = Verdict::unknown;
  Ground ground = Ground::not_judged_yet;
  std::vector<Evidence> evidence;
  std::optional<double> demand;              ///< connections wanted at once, over 5 minutes
  std::optional<std::uint64_t> needed_size;  ///< connections for this demand
  double known_seconds = 0;                  ///< how long the pool has been watched, an hour at most
  DiagnosedFigures figures = {};
  bool operator==(const Diagnosis&) const = default;
};

}  // namespace dbpool
