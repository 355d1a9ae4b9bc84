#include "sources/pool_fields.hpp"

#include <algorithm>
#include <array>

#include "model/bounded_sum.hpp"
#include "model/figures.hpp"

namespace dbpool {
namespace {

using S = PoolSnapshot;
using enum FieldForm;

// Rows of fields that have the name of a figure.
template <auto Member>
constexpr PoolField figure(std::string_view meaning, FieldForm form = plain) {
  return {figure_of<Member>().name, meaning, Member, form};
}

constexpr std::string_view of_reason =
    "counter of connections closed for that reason, also written `closed: {idle: …}`";
constexpr std::string_view of_type = "counter of errors of that type, also written `errors: {timeout: …}`";

// clang-format off
constexpr auto fields = std::to_array<PoolField>({
    {"name", "of a pool, where there are several", &PoolDraft::name},
    {"status", "the word that the endpoint has for its own health", &S::source_status, word},
    {"driver", "text", &PoolInfo::driver, word},
    {"database", "text", &PoolInfo::database, word},
    {"user", "text", &PoolInfo::user, word},
    {"total", "connections in all; with one of `idle` and `active` the other follows", &PoolDraft::total},
    figure<&S::idle>("connections", state),
    figure<&S::active>("connections in use", state),
    figure<&S::opening>("connections"),
    figure<&S::checking>("connections"),
    figure<&S::healthy>("connections whose last validation passed"),
    figure<&S::min>("connections kept open"),
    figure<&S::max>("connections at most, overflow included; 0 = unlimited", limit),
    figure<&S::configured>("connections at most, without overflow; 0 = unlimited", limit),
    {"max_overflow", "connections beyond `configured` at most", &PoolDraft::max_overflow},
    figure<&S::overflow>("connections in use beyond `configured`"),
    {"utilization", "`active` / `max` in per cent, where `max` is not known", &S::utilization, plain, 100},
    figure<&S::active_peak>("most connections in use since start"),
    figure<&S::max_age>("of a connection, in seconds; 0 = unlimited", limit),
    figure<&S::waiting>("callers that wait"),
    figure<&S::oldest_waiter>("seconds"),
    {"oldest_waiter_ms", "milliseconds", &S::oldest_waiter, plain, 1000},
    figure<&S::wait_peak>("seconds, since start"),
    {"wait_peak_ms", "milliseconds, since start", &S::wait_peak, plain, 1000},
    figure<&S::wait_recent_peak>("seconds, within a minute"),
    {"wait_recent_peak_ms", "milliseconds, within a minute", &S::wait_recent_peak, plain, 1000},
    figure<&S::acquisitions>("counter"),
    figure<&S::releases>("counter"),
    figure<&S::acquisition_timeouts>("counter"),
    figure<&S::acquisition_rejections>("counter"),
    figure<&S::created>("counter"),
    figure<&S::reused>("counter"),
    figure<&S::connect_failures>("counter"),
    {"closed", "counter of connections, those in `recycled` included", &PoolDraft::closed},
    {"recycled", "counter of connections closed for their age", &PoolDraft::recycled},
    {"closed.max_lifetime", of_reason, CloseReason::max_lifetime},
    {"closed.idle", of_reason, CloseReason::idle},
    {"closed.validation", of_reason, CloseReason::validation},
    {"closed.error", of_reason, CloseReason::error},
    {"closed.overflow", of_reason, CloseReason::overflow},
    {"closed.closed", of_reason, CloseReason::closed},
    {"closed.shutdown", of_reason, CloseReason::shutdown},
    figure<&S::health_checks>("counter"),
    figure<&S::health_check_failures>("counter"),
    {"errors", "counter", &PoolDraft::errors},
    {"errors.connect", of_type, ErrorKind::connect},
    {"errors.authentication", of_type, ErrorKind::authentication},
    {"errors.timeout", of_type, ErrorKind::timeout},
    {"errors.validation", of_type, ErrorKind::validation},
    {"errors.query", of_type, ErrorKind::query},
    {"errors.network", of_type, ErrorKind::network},
    {"errors.other", of_type, ErrorKind::other},
    figure<&S::errors_recent>("errors within a minute"),
    figure<&S::errors_last_hour>("count"),
    figure<&S::last_error>("text"),
    figure<&S::last_error_at>("time"),
    figure<&S::leaked>("leases suspected now"),
    figure<&S::leaks_detected>("counter"),
    figure<&S::leaks_recovered>("counter"),
    figure<&S::reconnect_attempts>("counter"),
    figure<&S::created_at>("time"),
    figure<&S::last_health_check>("time"),
    figure<&S::response_time>("of the last health check, in seconds"),
    {"response_time_ms", "the same in milliseconds", &S::response_time, plain, 1000},
    {"contact", "the word connected or disconnected", &S::last_connect_ok, contact},
    figure<&S::clients_active>("clients of a pooler"),
    figure<&S::clients_waiting>("clients of a pooler"),
    figure<&S::clients_used>("clients of a pooler in all, as it counts them"),
    figure<&S::clients_max>("clients that a pooler takes; 0 = unlimited", limit),
    figure<&S::paused>("true or false"),
    figure<&S::disabled>("true or false"),
    figure<&S::queries>("counter"),
    figure<&S::query_seconds>("counter, in seconds"),
    figure<&S::transactions>("counter"),
    figure<&S::transaction_seconds>("counter, in seconds"),
    figure<&S::wait_seconds>("counter, in seconds"),
    figure<&S::oldest_transaction>("its age, in seconds"),
});
// clang-format on

/// Returns the connections of a total that are in no known state; nullopt when the total is unknown or less
/// than the known states.
S::Count rest_of(const S::Count& total, const S& states) {
  const std::uint64_t in_states = states.total().value_or(0);
  return total >= in_states ? S::Count(*total - in_states) : std::nullopt;
}

/// Puts what is left of a total, when its known parts are taken off, into the part that is for others.
template <std::size_t Size>
void put_rest(const S::Count& total, std::array<S::Count, Size>& parts, std::size_t others) {
  if (!total || parts[others]) return;
  std::uint64_t known = 0;
  for (const S::Count& part : parts) known = bounded_sum(known, part.value_or(0));
  parts[others] = *total - std::min(*total, known);
}

}  // namespace

std::span<const PoolField> pool_fields() {
  return fields;
}

bool is_pool_field_group(std::string_view name) {
  return name == "closed" || name == "errors";
}

const PoolField* find_pool_field(std::string_view name) {
  const auto found = std::ranges::find(fields, name, &PoolField::name);
  return found == fields.end() ? nullptr : &*found;
}

PoolSnapshot finished(PoolDraft pool) {
  PoolSnapshot& s = pool.snapshot;
  const bool one_is_known = s.active.has_value() != s.idle.has_value();
  if (one_is_known && !pool.null_state) (s.active ? s.idle : s.active) = rest_of(pool.total, s);
  if (!s.max && s.configured && pool.max_overflow) s.max = plus(s.configured, pool.max_overflow);
  const S::Count rest = rest_of(pool.total, s);
  if (rest > 0U || (rest && !s.total())) s.unknown = rest;
  auto& by_age = s.closed[index_of(CloseReason::max_lifetime)];
  if (!by_age) by_age = pool.recycled;
  put_rest(pool.closed, s.closed, index_of(CloseReason::closed));
  put_rest(pool.errors, s.errors, index_of(ErrorKind::other));
  // A client that waits now has waited within the window, even if the target does not report that peak.
  s.wait_judged_peak = std::max(s.wait_recent_peak, s.oldest_waiter);
  return std::move(s);
}

}  // namespace dbpool
