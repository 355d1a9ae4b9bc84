#include "config/pool_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "config/check_dsn.hpp"
#include "config/drivers.hpp"
#include "config/health_keys.hpp"
#include "config/key_setters.hpp"

namespace dbpool {
namespace {

using PoolSetting = Key<PoolConfig>;
using enum Variable;

constexpr unsigned most_connections = 10'000;
constexpr unsigned most_waiters = 1'000'000;
constexpr unsigned most_retries = 100;
constexpr unsigned most_canaries = 1'000;

using O = PoolOptions;
using C = CanaryOptions;

constexpr std::string_view label_letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view label_digits = "0123456789";

bool consists_of(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

std::string label_problem(const std::string& name) {
  static const std::set<std::string_view> reserved{"source",   "pool",     "kind",      "driver",
                                                   "database", "user",     "le",        "job",
                                                   "server",   "instance", "probe_only"};
  const bool valid = !name.empty() && label_digits.find(name[0]) == std::string_view::npos &&
                     consists_of(name, fmt::format("{}{}_", label_letters, label_digits));
  if (!valid) return "an invalid label name; allowed: a-z A-Z 0-9 _, not beginning with a digit";
  if (name.starts_with("__") || reserved.contains(name)) {
    return fmt::format("a reserved label name; allowed: any but {} and __…", fmt::join(reserved, ", "));
  }
  return {};
}

std::vector<std::string_view> driver_names() {
  std::vector<std::string_view> names;
  for (const auto& driver : drivers()) names.push_back(driver.name);
  return names;
}

void set_driver(PoolConfig& pool, const Value& value, Problems& problems) {
  // Stores an unknown driver as well, so that its DSN is not checked.
  if (value.kind == Value::Kind::text) pool.driver = value.text;
  const auto names = driver_names();
  if (const auto index = read_word(value, names, problems)) pool.driver = names[*index];
}

void set_validate(PoolConfig& pool, const Value& value, Problems& problems) {
  static constexpr std::array<std::string_view, 3> words{"always", "stale", "never"};
  if (const auto index = read_word(value, words, problems))
    pool.options.validate = static_cast<Validate>(*index);
}

void set_buckets(PoolConfig& pool, const Value& value, Problems& problems) {
  if (auto bounds = read_buckets(value, problems)) pool.options.acquisition_buckets = std::move(bounds);
}

void set_labels(PoolConfig& pool, const Value& value, Problems& problems) {
  read_labels(pool.labels, value, problems);
}

constexpr auto common_keys = std::to_array<PoolSetting>({
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
    {"histogram_buckets", none, usual_buckets, "of the acquisition histogram, in seconds", set_buckets},
    {"latency_objective", same, "10ms", "an acquisition that takes longer counts as slow; 0 = off",
     duration<&O::latency_objective>},
    {"labels", none, "{}", "further labels of dbpool_pool_info and dbpool_source_info", set_labels},
});

std::vector<PoolSetting> all_keys() {
  static const std::string names = enumerate(driver_names());
  std::vector<PoolSetting> keys{
      {"name", none, "", "required and unique; of the characters A-Z a-z 0-9 _ . : / -", name<&O::name>},
      {"driver", same, "sqlite", names, set_driver},
      {"dsn", same, "", "where to connect; without one, sqlite gets a private temporary file",
       dsn<&PoolConfig::dsn>},
      {"dsn_file", none, "", "instead of dsn: a file that holds it, read again at every connect",
       dsn_file<&PoolConfig::dsn>},
  };
  for (const auto& driver : drivers()) keys.insert(keys.end(), driver.keys.begin(), driver.keys.end());
  keys.insert(keys.end(), common_keys.begin(), common_keys.end());
  const auto health = health_keys<PoolConfig>();
  keys.insert(keys.end(), health.begin(), health.end());
  return keys;
}

/// Reports the keys of other drivers.
void check_driver_keys(const DriverKind& own, const Written& written, Problems& problems) {
  for (const auto& driver : drivers()) {
    if (driver.name == own.name) continue;
    for (const auto& key : driver.keys) {
      if (!written.has(key.name)) continue;
      problems.add(written.at(key.name),
                   fmt::format("{} means nothing to this driver; allowed: with driver {} only", key.name,
                               driver.name));
    }
  }
}

void check_sizes(const PoolOptions& options, const Written& written, Problems& problems) {
  if (options.min_size <= options.max_size) return;
  problems.add(written.at(written.has("max_size") ? "max_size" : "min_size"),
               fmt::format("min_size {} is greater than max_size {}; allowed: min_size up to max_size",
                           options.min_size, options.max_size));
}

/// Checks the options together, after each was read alone.
void check_pool(const PoolConfig& pool, const Written& written, Problems& problems) {
  check_sizes(pool.options, written, problems);
  const DriverKind* const driver = find_driver(pool.driver);
  if (driver != nullptr) check_driver_keys(*driver, written, problems);
  const bool has_dsn = check_dsn(pool.dsn, written, problems, [&](const Dsn& read) {
    return driver == nullptr ? "" : driver->dsn_problem(pool, read);
  });
  if (!has_dsn && driver != nullptr && driver->needs_dsn) {
    problems.add(written.at("driver"),
                 fmt::format("{} needs a DSN; allowed: one of dsn and dsn_file (DBPOOL_DSN)", pool.driver));
  }
}

}  // namespace

void read_labels(std::map<std::string, std::string>& labels, const Value& value, Problems& problems) {
  if (value.kind == Value::Kind::null) return;
  if (value.kind != Value::Kind::mapping) return problems.reject(value, "a mapping of label names to texts");
  for (const auto& label : value.members) {
    const auto problem = label_problem(label.key);
    if (!problem.empty()) {
      problems.add(label.line, shown_path(value, label), problem);
    } else if (label.value.kind == Value::Kind::null) {
      problems.add(label.line, shown_path(value, label), "has no value; allowed: a text");
    } else if (label.value.kind != Value::Kind::text) {
      problems.reject(label.value, "a text");
    } else if (!labels.emplace(label.key, label.value.text).second) {
      problems.add(label.line, label.value.path, "duplicate key; allowed: once");
    }
  }
}

std::span<const PoolSetting> pool_keys() {
  static const std::vector<PoolSetting> keys = all_keys();
  return keys;
}

PoolConfig read_pool(const Value& value, Problems& problems) {
  PoolConfig pool;
  const Written written = read_keys(value, pool_keys(), pool, problems);
  if (value.kind == Value::Kind::null) problems.reject(value, "a mapping that describes a pool");
  if (value.kind == Value::Kind::mapping) {
    if (!written.has("name")) problems.add(value, "name is missing; allowed: a unique name");
    check_pool(pool, written, problems);
  }
  return pool;
}

PoolConfig read_pool_variables(const Environment& environment, Problems& problems) {
  Value mapping;
  mapping.kind = Value::Kind::mapping;
  for (const auto& key : pool_keys()) {
    if (key.variable == none) continue;
    const auto found = environment.find(variable_of(key.name));
    if (found == environment.end() || found->second.empty()) continue;
    Value value;
    value.kind = Value::Kind::text;
    value.text = found->second;
    value.path = found->first;
    mapping.members.push_back({std::string(key.name), 0, std::move(value)});
  }
  PoolConfig pool;
  check_pool(pool, set_keys(mapping, pool_keys(), pool, problems), problems);
  return pool;
}

bool is_pool_variable(std::string_view variable) {
  return std::ranges::any_of(pool_keys(), [variable](const PoolSetting& key) {
    return key.variable == same && variable_of(key.name) == variable;
  });
}

std::string pool_keys_markdown() {
  const auto code = [](std::string_view text) { return text.empty() ? "" : fmt::format("`{}`", text); };
  std::string table = "| key | variable | default | meaning |\n|---|---|---|---|\n";
  for (const auto& key : pool_keys()) {
    const auto variable = key.variable == same ? variable_of(key.name) : "";
    table +=
        fmt::format("| `{}` | {} | {} | {} |\n", key.name, code(variable), code(key.fallback), key.meaning);
  }
  return table;
}

}  // namespace dbpool
