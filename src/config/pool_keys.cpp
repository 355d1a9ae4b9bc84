#include "config/pool_keys.hpp"

#include <fmt/format.h>

#include <array>

#include "config/health_keys.hpp"
#include "config/set_pool.hpp"

namespace dbpool {
namespace {

using PoolKey = Key<PoolConfig>;
constexpr auto same = PoolKey::Variable::same;
constexpr auto none = PoolKey::Variable::none;

constexpr unsigned most_connections = 10'000;
constexpr unsigned most_waiters = 1'000'000;
constexpr unsigned most_retries = 100;
constexpr unsigned most_canaries = 1'000;

// The least duration that is not 0, in nanoseconds.
constexpr std::int64_t positive = 1;

using O = PoolOptions;
using C = CanaryOptions;

constexpr std::array<PoolKey, 28> own_keys{{
    {"name", none, "", "required and unique; of the characters A-Z a-z 0-9 _ . : / -", name<&O::name>},
    {"driver", same, "sqlite", "sqlite, postgres or odbc", set_driver},
    {"dsn", same, "", "where to connect; without one, sqlite gets a private temporary file",
     dsn<&PoolConfig::dsn>},
    {"dsn_file", none, "", "instead of dsn: a file that holds it, read again at every connect",
     dsn_file<&PoolConfig::dsn>},
    {"create", same, "false", "sqlite only: whether a missing file may be made",
     switched<&SqliteOptions::create>},
    {"journal_mode", same, "keep",
     "sqlite only: keep, wal, delete, truncate, persist, memory or off; keep leaves an existing file as it "
     "is "
     "and gives wal to one that this process makes",
     set_journal_mode},
    {"min_size", same, "2", "connections kept open", whole<&O::min_size, 0, most_connections>},
    {"max_size", same, "10", "connections at most", whole<&O::max_size, 1, most_connections>},
    {"max_overflow", same, "0", "further connections under pressure, closed on return",
     whole<&O::max_overflow, 0, most_connections>},
    {"max_waiting", same, "0", "callers queued at most; 0 = no bound",
     whole<&O::max_waiting, 0, most_waiters>},
    {"acquire_timeout", same, "30s", "how long a caller waits", duration<&O::acquire_timeout, positive>},
    {"max_lifetime", same, "1h", "age at which a connection is replaced; 0 = off",
     duration<&O::max_lifetime>},
    {"max_idle_time", same, "30m", "idleness at which a connection beyond min_size is closed; 0 = off",
     duration<&O::max_idle_time>},
    {"health_check_interval", same, "5m", "how often idle connections are checked; 0 = off",
     duration<&O::health_check_interval>},
    {"connect_timeout", same, "5s", "for opening a connection", duration<&O::connect_timeout, positive>},
    {"validation_timeout", same, "2s", "for a validation", duration<&O::validation_timeout, positive>},
    {"validation_query", none, "SELECT 1", "what a validation runs", text<&O::validation_query>},
    {"validate", none, "stale", "on acquire: always, stale (idle longer than 500 ms) or never", set_validate},
    {"command_timeout", same, "60s", "for a statement", duration<&O::command_timeout, positive>},
    {"retry_attempts", same, "3", "further connect attempts within one acquire's deadline",
     whole<&O::retry_attempts, 0, most_retries>},
    {"leak_detection_timeout", same, "30s", "how long a lease is held before it counts as a leak; 0 = off",
     duration<&O::leak_detection_timeout>},
    {"leak_stack", none, "false", "also keep the holder's stack", switched<&O::leak_stack>},
    {"canary.interval", same, "5s", "pause between two turns of a canary; 0 = no canary",
     duration<&C::interval>},
    {"canary.concurrency", none, "1", "canaries at once", whole<&C::concurrency, 1, most_canaries>},
    {"canary.hold", none, "0s", "how long a canary keeps its lease", duration<&C::hold>},
    {"canary.query", none, "SELECT 1", "what a canary runs", text<&C::query>},
    {"histogram_buckets", none,
     "[0.000001, 0.00001, 0.00005, 0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, "
     "1, "
     "2.5, 5, 10, 30]",
     "of the acquisition histogram, in seconds", set_buckets},
    {"labels", none, "{}", "further labels of dbpool_pool_info", set_labels},
}};

constexpr auto keys = join(own_keys, health_keys<PoolConfig>());

}  // namespace

std::span<const PoolKey> pool_keys() {
  return keys;
}

std::string config_keys_markdown() {
  const auto code = [](std::string_view text) { return text.empty() ? "" : fmt::format("`{}`", text); };
  std::string table = "| key | variable | default | meaning |\n|---|---|---|---|\n";
  for (const auto& key : keys) {
    const auto variable = key.variable == same ? variable_of(key.name) : "";
    table +=
        fmt::format("| `{}` | {} | {} | {} |\n", key.name, code(variable), code(key.fallback), key.meaning);
  }
  return table;
}
}  // namespace dbpool
