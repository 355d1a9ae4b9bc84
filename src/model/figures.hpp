#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "dbpool/model/pool_snapshot.hpp"
#include "model/unit.hpp"

namespace dbpool {

/// What the values of a figure are. A counter only grows. A time is on the wall clock, in Unix seconds.
enum class FigureKind { gauge, counter, histogram, flag, time, text };

/// How a figure adds up over pools. `sum_of_wholes` leaves out the pools that are parts of a whole target,
/// because their connections are counted there.
enum class Total { none, sum, sum_of_wholes, largest };

using FigureMember =
    std::variant<PoolSnapshot::Count PoolSnapshot::*, PoolSnapshot::Seconds PoolSnapshot::*,
                 std::shared_ptr<const Histogram> PoolSnapshot::*, std::optional<bool> PoolSnapshot::*,
                 PoolSnapshot::Time PoolSnapshot::*, std::string PoolSnapshot::*>;

/// A figure that a pool can have. Its meaning stands at the member.
struct Figure {
  std::string_view name;  ///< as in a mapping of http_json
  FigureMember member;
  FigureKind kind;
  Unit unit;
  Total total;
};

namespace figure_rows {

using enum FigureKind;
using enum Unit;
using S = PoolSnapshot;

// clang-format off
inline constexpr auto table = std::to_array<Figure>({
    {"idle", &S::idle, gauge, none, Total::sum_of_wholes},
    {"active", &S::active, gauge, none, Total::sum_of_wholes},
    {"opening", &S::opening, gauge, none, Total::sum_of_wholes},
    {"checking", &S::checking, gauge, none, Total::sum_of_wholes},
    {"unknown", &S::unknown, gauge, none, Total::sum_of_wholes},
    {"healthy", &S::healthy, gauge, none, Total::sum_of_wholes},
    {"probing", &S::probing, gauge, none, Total::sum_of_wholes},
    {"min", &S::min, gauge, none, Total::sum},
    {"max", &S::max, gauge, none, Total::sum},
    {"configured", &S::configured, gauge, none, Total::sum},
    {"overflow", &S::overflow, gauge, none, Total::sum_of_wholes},
    {"idle_in_transaction", &S::idle_in_transaction, gauge, none, Total::sum},
    {"waiting_for_lock", &S::waiting_for_lock, gauge, none, Total::sum},
    {"active_peak", &S::active_peak, gauge, none, Total::none},
    {"utilization", &S::utilization, gauge, ratio, Total::none},
    {"max_age", &S::max_age, gauge, seconds, Total::none},

    {"waiting", &S::waiting, gauge, none, Total::sum},
    {"probing_waiters", &S::probing_waiters, gauge, none, Total::sum},
    {"oldest_waiter", &S::oldest_waiter, gauge, seconds, Total::largest},
    {"wait_peak", &S::wait_peak, gauge, seconds, Total::largest},
    {"wait_recent_peak", &S::wait_recent_peak, gauge, seconds, Total::largest},
    {"wait_judged_peak", &S::wait_judged_peak, gauge, seconds, Total::largest},

    {"acquisitions", &S::acquisitions, counter, none, Total::sum},
    {"releases", &S::releases, counter, none, Total::sum},
    {"acquisition_timeouts", &S::acquisition_timeouts, counter, none, Total::sum},
    {"acquisition_rejections", &S::acquisition_rejections, counter, none, Total::sum},
    {"acquisitions_slow", &S::acquisitions_slow, counter, none, Total::sum},
    {"acquisition_objective", &S::acquisition_objective, gauge, seconds, Total::none},
    {"created", &S::created, counter, none, Total::sum},
    {"reused", &S::reused, counter, none, Total::sum},
    {"connect_failures", &S::connect_failures, counter, none, Total::sum},
    {"health_checks", &S::health_checks, counter, none, Total::sum},
    {"health_check_failures", &S::health_check_failures, counter, none, Total::sum},
    {"leaks_detected", &S::leaks_detected, counter, none, Total::sum},
    {"leaks_recovered", &S::leaks_recovered, counter, none, Total::sum},
    {"reconnect_attempts", &S::reconnect_attempts, counter, none, Total::sum},
    {"acquisition_duration", &S::acquisition_duration, histogram, seconds, Total::none},
    {"usage_duration", &S::usage_duration, histogram, seconds, Total::none},
    {"connect_duration", &S::connect_duration, histogram, seconds, Total::none},
    {"health_check_duration", &S::health_check_duration, histogram, seconds, Total::none},

    {"errors_recent", &S::errors_recent, gauge, none, Total::sum},
    {"errors_last_hour", &S::errors_last_hour, gauge, none, Total::sum},
    {"leaked", &S::leaked, gauge, none, Total::sum},

    {"created_at", &S::created_at, time, seconds, Total::none},
    {"last_health_check", &S::last_health_check, time, seconds, Total::none},
    {"last_error_at", &S::last_error_at, time, seconds, Total::largest},
    {"last_timeout_at", &S::last_timeout_at, time, seconds, Total::largest},
    {"last_error", &S::last_error, text, none, Total::none},
    {"response_time", &S::response_time, gauge, seconds, Total::largest},
    {"last_connect_ok", &S::last_connect_ok, flag, none, Total::none},
    {"last_contact_ok", &S::last_contact_ok, flag, none, Total::none},

    {"clients_active", &S::clients_active, gauge, none, Total::sum},
    {"clients_waiting", &S::clients_waiting, gauge, none, Total::sum},
    {"clients_used", &S::clients_used, gauge, none, Total::none},
    {"clients_max", &S::clients_max, gauge, none, Total::none},
    {"server_connections", &S::server_connections, gauge, none, Total::none},
    {"server_connections_max", &S::server_connections_max, gauge, none, Total::none},
    {"paused", &S::paused, flag, none, Total::none},
    {"disabled", &S::disabled, flag, none, Total::none},
    {"pool_mode", &S::pool_mode, text, none, Total::none},
    {"limited_by", &S::limited_by, text, none, Total::none},
    {"query_seconds", &S::query_seconds, counter, seconds, Total::sum},
    {"transaction_seconds", &S::transaction_seconds, counter, seconds, Total::sum},
    {"wait_seconds", &S::wait_seconds, counter, seconds, Total::sum},
    {"queries", &S::queries, counter, none, Total::sum},
    {"transactions", &S::transactions, counter, none, Total::sum},
    {"oldest_transaction", &S::oldest_transaction, gauge, seconds, Total::largest},
    {"source_status", &S::source_status, text, none, Total::none},
});
// clang-format on

}  // namespace figure_rows

/// Every figure that a pool can have, once. Counts by reason and by type of error are not here: each is a
/// group of series under one name.
inline constexpr const auto& figure_table = figure_rows::table;

/// Returns the row of a member of PoolSnapshot. A member without a row does not compile.
template <auto Member>
consteval const Figure& figure_of() {
  constexpr auto row = std::ranges::find(figure_table, FigureMember(Member), &Figure::member);
  static_assert(row != figure_table.end(), "the figure is missing in the table of figures");
  return *row;
}

}  // namespace dbpool
