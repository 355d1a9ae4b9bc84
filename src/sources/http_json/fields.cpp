#include "sources/http_json/fields.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "model/bounded_sum.hpp"
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

template <S::Count S::*Field>
bool count(JsonPool& pool, const json& value) {
  return fill(pool, pool.snapshot.*Field, json_count(value));
}

template <S::Count S::*Field>
bool state(JsonPool& pool, const json& value) {
  pool.null_state = pool.null_state || value.is_null();
  return count<Field>(pool, value);
}

/// Sets a figure from which `finished` derives others.
template <S::Count JsonPool::*Field>
bool part(JsonPool& pool, const json& value) {
  return fill(pool, pool.*Field, json_count(value));
}

/// Sets a limit; leaves it unknown for 0, which is "unlimited".
template <S::Count S::*Field>
bool limit(JsonPool& pool, const json& value) {
  const auto bound = json_count(value);
  return bound == 0U || fill(pool, pool.snapshot.*Field, bound);
}

template <S::Seconds S::*Field>
bool seconds(JsonPool& pool, const json& value) {
  return fill(pool, pool.snapshot.*Field, json_number(value));
}

template <S::Seconds S::*Field>
bool milliseconds(JsonPool& pool, const json& value) {
  auto number = json_number(value);
  if (number) *number /= 1000;
  return fill(pool, pool.snapshot.*Field, number);
}

bool max_age(JsonPool& pool, const json& value) {
  const auto age = json_number(value);
  return age == 0.0 || fill(pool, pool.snapshot.max_age, age);
}

bool utilization(JsonPool& pool, const json& value) {
  auto number = json_number(value);
  if (number) *number /= 100;
  return fill(pool, pool.snapshot.utilization, number);
}

template <S::Time S::*Field>
bool time(JsonPool& pool, const json& value) {
  return fill(pool, pool.snapshot.*Field, json_time(value));
}

template <std::optional<bool> S::*Field>
bool truth(JsonPool& pool, const json& value) {
  return fill(pool, pool.snapshot.*Field, json_truth(value));
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

bool fill_text(std::string& field, const json& value, std::size_t most) {
  const auto text = json_text(value, most);
  if (field.empty()) field = text.value_or("");
  return text.has_value();
}

bool name(JsonPool& pool, const json& value) {
  return fill_text(pool.name, value, longest_text);
}
bool status(JsonPool& pool, const json& value) {
  return fill_text(pool.snapshot.source_status, value, longest_word);
}
bool last_error(JsonPool& pool, const json& value) {
  return fill_text(pool.snapshot.last_error, value, longest_text);
}
template <std::string PoolInfo::*Field>
bool info(JsonPool& pool, const json& value) {
  return fill_text(pool.snapshot.info.*Field, value, longest_word);
}

// clang-format off
constexpr auto fields = std::to_array<JsonField>({
    {"name", "of a pool, where there are several", name},
    {"status", "the word that the endpoint has for its own health", status},
    {"driver", "text", info<&PoolInfo::driver>},
    {"database", "text", info<&PoolInfo::database>},
    {"user", "text", info<&PoolInfo::user>},
    {"total", "connections in all; with one of `idle` and `active` the other follows", part<&JsonPool::total>},
    {"idle", "connections", state<&S::idle>},
    {"active", "connections in use", state<&S::active>},
    {"opening", "connections", count<&S::opening>},
    {"checking", "connections", count<&S::checking>},
    {"healthy", "connections whose last validation passed", count<&S::healthy>},
    {"min", "connections kept open", count<&S::min>},
    {"max", "connections at most, overflow included; 0 = unlimited", limit<&S::max>},
    {"configured", "connections at most, without overflow; 0 = unlimited", limit<&S::configured>},
    {"max_overflow", "connections beyond `configured` at most", part<&JsonPool::max_overflow>},
    {"overflow", "connections in use beyond `configured`", count<&S::overflow>},
    {"utilization", "`active` / `max` in per cent, where `max` is not known", utilization},
    {"active_peak", "most connections in use since start", count<&S::active_peak>},
    {"max_age", "of a connection, in seconds; 0 = unlimited", max_age},
    {"waiting", "callers that wait", count<&S::waiting>},
    {"oldest_waiter", "seconds", seconds<&S::oldest_waiter>},
    {"oldest_waiter_ms", "milliseconds", milliseconds<&S::oldest_waiter>},
    {"wait_peak", "seconds, since start", seconds<&S::wait_peak>},
    {"wait_peak_ms", "milliseconds, since start", milliseconds<&S::wait_peak>},
    {"wait_recent_peak", "seconds, within a minute", seconds<&S::wait_recent_peak>},
    {"wait_recent_peak_ms", "milliseconds, within a minute", milliseconds<&S::wait_recent_peak>},
    {"acquisitions", "counter", count<&S::acquisitions>},
    {"releases", "counter", count<&S::releases>},
    {"acquisition_timeouts", "counter", count<&S::acquisition_timeouts>},
    {"acquisition_rejections", "counter", count<&S::acquisition_rejections>},
    {"created", "counter", count<&S::created>},
    {"reused", "counter", count<&S::reused>},
    {"connect_failures", "counter", count<&S::connect_failures>},
    {"closed", "counter of connections, those in `recycled` included", part<&JsonPool::closed>},
    {"recycled", "counter of connections closed for their age", part<&JsonPool::recycled>},
    {"health_checks", "counter", count<&S::health_checks>},
    {"health_check_failures", "counter", count<&S::health_check_failures>},
    {"errors", "counter", errors},
    {"errors_recent", "errors within a minute", count<&S::errors_recent>},
    {"errors_last_hour", "count", count<&S::errors_last_hour>},
    {"last_error", "text", last_error},
    {"last_error_at", "time", time<&S::last_error_at>},
    {"leaked", "leases suspected now", count<&S::leaked>},
    {"leaks_detected", "counter", count<&S::leaks_detected>},
    {"leaks_recovered", "counter", count<&S::leaks_recovered>},
    {"reconnect_attempts", "counter", count<&S::reconnect_attempts>},
    {"created_at", "time", time<&S::created_at>},
    {"last_health_check", "time", time<&S::last_health_check>},
    {"response_time", "of the last health check, in seconds", seconds<&S::response_time>},
    {"response_time_ms", "the same in milliseconds", milliseconds<&S::response_time>},
    {"contact", "the word connected or disconnected", contact},
    {"clients_active", "clients of a pooler", count<&S::clients_active>},
    {"clients_waiting", "clients of a pooler", count<&S::clients_waiting>},
    {"clients_used", "clients of a pooler in all, as it counts them", count<&S::clients_used>},
    {"clients_max", "clients that a pooler takes; 0 = unlimited", limit<&S::clients_max>},
    {"paused", "true or false", truth<&S::paused>},
    {"disabled", "true or false", truth<&S::disabled>},
    {"queries", "counter", count<&S::queries>},
    {"query_seconds", "counter, in seconds", seconds<&S::query_seconds>},
    {"transactions", "counter", count<&S::transactions>},
    {"transaction_seconds", "counter, in seconds", seconds<&S::transaction_seconds>},
    {"wait_seconds", "counter, in seconds", seconds<&S::wait_seconds>},
    {"oldest_transaction", "its age, in seconds", seconds<&S::oldest_transaction>},
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
