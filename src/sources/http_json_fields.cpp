#include "sources/http_json_fields.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "model/counts.hpp"
#include "sources/http_json_value.hpp"

namespace dbpool {
namespace {

using nlohmann::json;
using S = PoolSnapshot;

constexpr std::size_t longest_word = 100, longest_text = 500;

template <typename Value>
void fill(JsonPool& pool, std::optional<Value>& field, std::optional<Value> value) {
  if (field || !value) return;
  field = std::move(value);
  ++pool.figures;
}

template <S::Count S::*Field>
void count(JsonPool& pool, const json& value) {
  fill(pool, pool.snapshot.*Field, json_count(value));
}

/// One that `finished` makes something of.
template <S::Count JsonPool::*Field>
void part(JsonPool& pool, const json& value) {
  fill(pool, pool.*Field, json_count(value));
}

/// 0 means unlimited.
template <S::Count S::*Field>
void limit(JsonPool& pool, const json& value) {
  if (const auto bound = json_count(value); bound != 0U) fill(pool, pool.snapshot.*Field, bound);
}

template <S::Seconds S::*Field>
void seconds(JsonPool& pool, const json& value) {
  fill(pool, pool.snapshot.*Field, json_number(value));
}

template <S::Seconds S::*Field>
void milliseconds(JsonPool& pool, const json& value) {
  auto number = json_number(value);
  if (number) *number /= 1000;
  fill(pool, pool.snapshot.*Field, number);
}

void max_age(JsonPool& pool, const json& value) {
  if (const auto age = json_number(value); age != 0.0) fill(pool, pool.snapshot.max_age, age);
}

void utilization(JsonPool& pool, const json& value) {
  auto number = json_number(value);
  if (number) *number /= 100;
  fill(pool, pool.snapshot.utilization, number);
}

template <S::Time S::*Field>
void time(JsonPool& pool, const json& value) {
  fill(pool, pool.snapshot.*Field, json_time(value));
}

template <std::optional<bool> S::*Field>
void truth(JsonPool& pool, const json& value) {
  if (value.is_boolean()) fill(pool, pool.snapshot.*Field, std::optional(value.get<bool>()));
}

/// Of which kind the errors are, nobody says.
void errors(JsonPool& pool, const json& value) {
  fill(pool, pool.snapshot.errors[index_of(ErrorKind::other)], json_count(value));
}

void contact(JsonPool& pool, const json& value) {
  const auto word = json_text(value, longest_word);
  if (word == "connected") fill(pool, pool.snapshot.last_connect_ok, std::optional(true));
  if (word == "disconnected") fill(pool, pool.snapshot.last_connect_ok, std::optional(false));
}

void fill_text(std::string& field, const json& value, std::size_t most) {
  if (field.empty()) field = json_text(value, most).value_or("");
}

void name(JsonPool& pool, const json& value) {
  fill_text(pool.name, value, longest_text);
}
void status(JsonPool& pool, const json& value) {
  fill_text(pool.snapshot.source_status, value, longest_word);
}
void last_error(JsonPool& pool, const json& value) {
  fill_text(pool.snapshot.last_error, value, longest_text);
}
template <std::string PoolInfo::*Field>
void info(JsonPool& pool, const json& value) {
  fill_text(pool.snapshot.info.*Field, value, longest_word);
}

// clang-format off
constexpr auto fields = std::to_array<JsonField>({
    {"name", "of a pool, where there are several", name},
    {"status", "the word that the endpoint has for its own health", status},
    {"driver", "text", info<&PoolInfo::driver>},
    {"database", "text", info<&PoolInfo::database>},
    {"user", "text", info<&PoolInfo::user>},
    {"total", "connections in all, where the states are not all known", part<&JsonPool::total>},
    {"idle", "connections", count<&S::idle>},
    {"active", "connections in use", count<&S::active>},
    {"opening", "connections", count<&S::opening>},
    {"checking", "connections", count<&S::checking>},
    {"healthy", "connections whose last validation passed", count<&S::healthy>},
    {"min", "connections kept open", count<&S::min>},
    {"max", "connections at most, overflow included; 0 = unlimited", limit<&S::max>},
    {"configured", "connections at most, without overflow; 0 = unlimited", limit<&S::configured>},
    {"max_overflow", "connections beyond `configured` at most", part<&JsonPool::max_overflow>},
    {"overflow", "connections in use beyond `configured`", count<&S::overflow>},
    {"utilization", "`active` / `max` in per cent, where `max` is not told", utilization},
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

PoolSnapshot finished(JsonPool pool) {
  PoolSnapshot& s = pool.snapshot;
  if (!s.max && s.configured && pool.max_overflow) s.max = plus(s.configured, pool.max_overflow);
  const std::uint64_t in_states = s.total().value_or(0);
  if (pool.total && *pool.total > in_states) s.unknown = *pool.total - in_states;
  if (pool.total == 0U && !s.total()) s.unknown = 0;
  // Why the others were closed, nobody says.
  auto& by_age = s.closed[index_of(CloseReason::max_lifetime)];
  by_age = pool.recycled;
  if (pool.closed)
    s.closed[index_of(CloseReason::closed)] = *pool.closed - std::min(*pool.closed, by_age.value_or(0));
  // Whoever waits now has waited within the window, also where nobody tells that.
  s.wait_judged_peak = std::max(s.wait_recent_peak, s.oldest_waiter);
  return std::move(s);
}

std::string http_json_fields_markdown() {
  std::vector<std::pair<std::string_view, std::string>> rows;  // meaning, and the names that have it
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
