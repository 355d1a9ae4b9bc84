#include "sources/http_json/fields.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "model/bounded_sum.hpp"
#include "model/figures.hpp"
#include "sources/http_json/value.hpp"

namespace dbpool {
namespace {

using nlohmann::json;
using S = PoolSnapshot;

constexpr std::size_t longest_word = 100, longest_text = 500;

/// Sets `field` unless it is known already. Returns whether there is a value.
template <typename Value>
bool fill(JsonPool& pool, std::optional<Value>& field, std::optional<Value> value) {
  if (!value) return false;
  if (field) return true;
  field = std::move(value);
  ++pool.figures;
  return true;
}

/// Sets a text unless it is known already. Returns whether there is a value.
bool fill(JsonPool& /*pool*/, std::string& field, const std::optional<std::string>& value) {
  if (field.empty()) field = value.value_or("");
  return value.has_value();
}

// Return the value of a figure, by the type of its member.
S::Count read(S::Count S::* /*member*/, const json& value) {
  return json_count(value);
}
S::Seconds read(S::Seconds S::* /*member*/, const json& value) {
  return json_number(value);
}
S::Time read(S::Time S::* /*member*/, const json& value) {
  return json_time(value);
}
std::optional<bool> read(std::optional<bool> S::* /*member*/, const json& value) {
  return json_truth(value);
}
std::optional<std::string> read(std::string S::* /*member*/, const json& value) {
  return json_text(value, longest_text);
}

template <auto Member>
bool set(JsonPool& pool, const json& value) {
  return fill(pool, pool.snapshot.*Member, read(Member, value));
}

template <auto Member>
bool set_state(JsonPool& pool, const json& value) {
  pool.null_state = pool.null_state || value.is_null();
  return set<Member>(pool, value);
}

/// Leaves the limit unknown for 0, which is "unlimited".
template <auto Member>
bool set_limit(JsonPool& pool, const json& value) {
  const auto limit = read(Member, value);
  const bool is_unlimited = limit && *limit == 0;
  return is_unlimited || fill(pool, pool.snapshot.*Member, limit);
}

/// Sets a figure that the document gives in a smaller unit: `Divisor` of it are one of ours.
template <auto Member, int Divisor>
bool set_scaled(JsonPool& pool, const json& value) {
  auto number = json_number(value);
  if (number) *number /= Divisor;
  return fill(pool, pool.snapshot.*Member, number);
}

/// Sets a figure from which `finished` derives others.
template <S::Count JsonPool::*Member>
bool set_part(JsonPool& pool, const json& value) {
  return fill(pool, pool.*Member, json_count(value));
}

/// Counts all errors as `other`, since the document does not report their kind.
bool errors(JsonPool& pool, const json& value) {
  return fill(pool, pool.snapshot.errors[index_of(ErrorKind::other)], json_count(value));
}

bool contact(JsonPool& pool, const json& value) {
  const auto word = json_text(value, longest_word);
  const bool is_known = word == "connected" || word == "disconnected";
  return is_known && fill(pool, pool.snapshot.last_connect_ok, std::optional(word == "connected"));
}

bool name(JsonPool& pool, const json& value) {
  return fill(pool, pool.name, json_text(value, longest_text));
}
bool status(JsonPool& pool, const json& value) {
  return fill(pool, pool.snapshot.source_status, json_text(value, longest_word));
}
template <std::string PoolInfo::*Member>
bool set_info(JsonPool& pool, const json& value) {
  return fill(pool, pool.snapshot.info.*Member, json_text(value, longest_word));
}

// Rows of fields that have the name of a figure.
template <auto Member>
constexpr JsonField figure(std::string_view meaning) {
  return {figure_of<Member>().name, meaning, set<Member>};
}
template <auto Member>
constexpr JsonField state(std::string_view meaning) {
  return {figure_of<Member>().name, meaning, set_state<Member>};
}
template <auto Member>
constexpr JsonField limit(std::string_view meaning) {
  return {figure_of<Member>().name, meaning, set_limit<Member>};
}

// clang-format off
constexpr auto fields = std::to_array<JsonField>({
    {"name", "of a pool, where there are several", name},
    {"status", "the word that the endpoint has for its own health", status},
    {"driver", "text", set_info<&PoolInfo::driver>},
    {"database", "text", set_info<&PoolInfo::database>},
    {"user", "text", set_info<&PoolInfo::user>},
    {"total", "connections in all; with one of `idle` and `active` the other follows", set_part<&JsonPool::total>},
    state<&S::idle>("connections"),
    state<&S::active>("connections in use"),
    figure<&S::opening>("connections"),
    figure<&S::checking>("connections"),
    figure<&S::healthy>("connections whose last validation passed"),
    figure<&S::min>("connections kept open"),
    limit<&S::max>("connections at most, overflow included; 0 = unlimited"),
    limit<&S::configured>("connections at most, without overflow; 0 = unlimited"),
    {"max_overflow", "connections beyond `configured` at most", set_part<&JsonPool::max_overflow>},
    figure<&S::overflow>("connections in use beyond `configured`"),
    {"utilization", "`active` / `max` in per cent, where `max` is not known", set_scaled<&S::utilization, 100>},
    figure<&S::active_peak>("most connections in use since start"),
    limit<&S::max_age>("of a connection, in seconds; 0 = unlimited"),
    figure<&S::waiting>("callers that wait"),
    figure<&S::oldest_waiter>("seconds"),
    {"oldest_waiter_ms", "milliseconds", set_scaled<&S::oldest_waiter, 1000>},
    figure<&S::wait_peak>("seconds, since start"),
    {"wait_peak_ms", "milliseconds, since start", set_scaled<&S::wait_peak, 1000>},
    figure<&S::wait_recent_peak>("seconds, within a minute"),
    {"wait_recent_peak_ms", "milliseconds, within a minute", set_scaled<&S::wait_recent_peak, 1000>},
    figure<&S::acquisitions>("counter"),
    figure<&S::releases>("counter"),
    figure<&S::acquisition_timeouts>("counter"),
    figure<&S::acquisition_rejections>("counter"),
    figure<&S::created>("counter"),
    figure<&S::reused>("counter"),
    figure<&S::connect_failures>("counter"),
    {"closed", "counter of connections, those in `recycled` included", set_part<&JsonPool::closed>},
    {"recycled", "counter of connections closed for their age", set_part<&JsonPool::recycled>},
    figure<&S::health_checks>("counter"),
    figure<&S::health_check_failures>("counter"),
    {"errors", "counter", errors},
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
    {"response_time_ms", "the same in milliseconds", set_scaled<&S::response_time, 1000>},
    {"contact", "the word connected or disconnected", contact},
    figure<&S::clients_active>("clients of a pooler"),
    figure<&S::clients_waiting>("clients of a pooler"),
    figure<&S::clients_used>("clients of a pooler in all, as it counts them"),
    limit<&S::clients_max>("clients that a pooler takes; 0 = unlimited"),
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

}  // namespace

std::span<const JsonField> http_json_fields() {
  return fields;
}

const JsonField* find_json_field(std::string_view name) {
  const auto found = std::ranges::find(fields, name, &JsonField::name);
  return found == fields.end() ? nullptr : &*found;
}

namespace {

/// Returns the connections of a total that are in no known state; nullopt when the total is unknown or less
/// than the known states.
S::Count rest_of(const S::Count& total, const S& states) {
  const std::uint64_t in_states = states.total().value_or(0);
  return total >= in_states ? S::Count(*total - in_states) : std::nullopt;
}

}  // namespace

PoolSnapshot finished(JsonPool pool) {
  PoolSnapshot& s = pool.snapshot;
  const bool one_is_known = s.active.has_value() != s.idle.has_value();
  if (one_is_known && !pool.null_state) (s.active ? s.idle : s.active) = rest_of(pool.total, s);
  if (!s.max && s.configured && pool.max_overflow) s.max = plus(s.configured, pool.max_overflow);
  const S::Count rest = rest_of(pool.total, s);
  if (rest > 0U || (rest && !s.total())) s.unknown = rest;
  // The document does not report why the others were closed.
  auto& by_age = s.closed[index_of(CloseReason::max_lifetime)];
  by_age = pool.recycled;
  if (pool.closed)
    s.closed[index_of(CloseReason::closed)] = *pool.closed - std::min(*pool.closed, by_age.value_or(0));
  // A client that waits now has waited within the window, even if the document does not report that peak.
  s.wait_judged_peak = std::max(s.wait_recent_peak, s.oldest_waiter);
  return std::move(s);
}

std::string http_json_fields_markdown() {
  std::vector<std::pair<std::string_view, std::string>> rows;  // meaning, and names of its fields
  for (const JsonField& field : fields) {
    auto row = std::ranges::find(rows, field.meaning, &decltype(rows)::value_type::first);
    if (row == rows.end()) row = rows.insert(row, {field.meaning, ""});
    row->second.append(row->second.empty() ? "`" : ", `").append(field.name).append("`");
  }
  std::string table = "| fields | value |\n|---|---|\n";
  for (const auto& [meaning, names] : rows) {
    table.append("| ").append(names).append(" | ").append(meaning).append(" |\n");
  }
  return table;
}

}  // namespace dbpool
