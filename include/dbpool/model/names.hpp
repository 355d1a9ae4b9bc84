#pragma once

#include <array>
#include <string_view>

#include "dbpool/model/error.hpp"

namespace dbpool {

/// Why a connection was closed, spelled like the `reason` label of `dbpool_connections_closed_total`.
enum class CloseReason { max_lifetime, idle, validation, error, overflow, closed, shutdown };

/// The phase of an owned pool. While `serving`, its lifecycle state is its health status.
enum class PoolPhase { initializing, serving, recovering, shutting_down, terminated };

/// The kind of a source of figures, spelled like the `kind` label.
enum class SourceKind { owned, pgbouncer, pgpool, pg_stat_activity, http_json, prometheus, otlp, events };

/// Why something that was pushed to a source was not used, spelled like the `reason` label of
/// `dbpool_source_events_rejected_total`.
enum class RejectReason { malformed, contradiction, limit, too_large, stale };

inline constexpr std::array<std::string_view, error_kind_count> error_kind_names{
    "connect", "authentication", "timeout", "validation", "query", "network", "other"};
inline constexpr std::array<std::string_view, 7> close_reason_names{
    "max_lifetime", "idle", "validation", "error", "overflow", "closed", "shutdown"};
inline constexpr std::array<std::string_view, 5> pool_phase_names{"initializing", "serving", "recovering",
                                                                  "shutting_down", "terminated"};
inline constexpr std::array<std::string_view, 8> source_kind_names{
    "owned", "pgbouncer", "pgpool", "pg_stat_activity", "http_json", "prometheus", "otlp", "events"};
inline constexpr std::array<std::string_view, 5> reject_reason_names{"malformed", "contradiction", "limit",
                                                                     "too_large", "stale"};

constexpr std::string_view to_string(ErrorKind k) {
  return error_kind_names[static_cast<std::size_t>(k)];
}
constexpr std::string_view to_string(CloseReason r) {
  return close_reason_names[static_cast<std::size_t>(r)];
}
constexpr std::string_view to_string(PoolPhase p) {
  return pool_phase_names[static_cast<std::size_t>(p)];
}
constexpr std::string_view to_string(SourceKind k) {
  return source_kind_names[static_cast<std::size_t>(k)];
}
constexpr std::string_view to_string(RejectReason r) {
  return reject_reason_names[static_cast<std::size_t>(r)];
}

/// Returns the index of an enumerator in an array with one element per enumerator.
template <typename Enum>
constexpr std::size_t index_of(Enum e) {
  return static_cast<std::size_t>(e);
}

}  // namespace dbpool
