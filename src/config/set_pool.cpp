#include "config/set_pool.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <tuple>

#include "config/check_dsn.hpp"

namespace dbpool {
namespace {

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view digits = "0123456789";

bool consists_of(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

std::string label_problem(const std::string& name) {
  static const std::set<std::string_view> reserved{"source", "pool", "kind", "driver",  "database",
                                                   "user",   "le",   "job",  "instance"};
  const bool valid = !name.empty() && digits.find(name[0]) == std::string_view::npos &&
                     consists_of(name, fmt::format("{}{}_", letters, digits));
  if (!valid) return "an invalid label name; allowed: a-z A-Z 0-9 _, not beginning with a digit";
  if (name.starts_with("__") || reserved.contains(name)) {
    return fmt::format("a reserved label name; allowed: any but {} and __…", fmt::join(reserved, ", "));
  }
  return {};
}

std::string dsn_problem(const PoolConfig& pool, const Dsn& dsn) {
  if (pool.driver == "sqlite") return sqlite_dsn_problem(dsn, pool.sqlite);
  if (pool.driver == "odbc") return odbc_problem(dsn);
  return pool.driver == "postgres" ? postgres_problem(dsn) : "";
}

/// Reports keys of SQLite in a pool with another driver.
void check_sqlite_keys(const PoolConfig& pool, const Value& written, Problems& problems) {
  const bool is_other =
      pool.driver != "sqlite" && std::ranges::find(driver_names, pool.driver) != driver_names.end();
  if (!is_other) return;
  for (const std::string_view key : {"create", "journal_mode"}) {
    const Value* const value = written.find(key);
    if (value == nullptr) continue;
    problems.add(*value,
                 fmt::format("{} means nothing to this driver; allowed: with driver sqlite only", key));
  }
}

}  // namespace

void set_driver(PoolConfig& pool, const Value& value, Problems& problems) {
  // Stores an unknown driver as well, so that its DSN is not checked.
  if (value.kind == Value::Kind::text) pool.driver = value.text;
  if (const auto index = read_word(value, driver_names, problems)) pool.driver = driver_names[*index];
}

void set_journal_mode(PoolConfig& pool, const Value& value, Problems& problems) {
  if (const auto index = read_word(value, journal_mode_names, problems))
    pool.sqlite.journal_mode = static_cast<JournalMode>(*index);
}

void set_validate(PoolConfig& pool, const Value& value, Problems& problems) {
  static constexpr std::array<std::string_view, 3> words{"always", "stale", "never"};
  if (const auto index = read_word(value, words, problems))
    pool.options.validate = static_cast<Validate>(*index);
}

void set_buckets(PoolConfig& pool, const Value& value, Problems& problems) {
  constexpr std::string_view allowed = "a list of seconds, positive and strictly increasing";
  if (value.kind != Value::Kind::list) return problems.reject(value, allowed);
  std::vector<double> bounds;
  for (const auto& item : value.items) {
    const auto bound =
        read_number(item, {0, 1e9, "a number of seconds greater than 0, at most 1e9"}, problems);
    if (!bound) return;
    bounds.push_back(*bound);
  }
  try {
    pool.options.acquisition_buckets = std::make_shared<const BucketBounds>(std::move(bounds));
  } catch (const std::invalid_argument& e) {
    problems.add(value, fmt::format("{}; allowed: {}", e.what(), allowed));
  }
}

void set_labels(PoolConfig& pool, const Value& value, Problems& problems) {
  if (value.kind == Value::Kind::null) return;
  if (value.kind != Value::Kind::mapping) return problems.reject(value, "a mapping of label names to texts");
  for (const auto& label : value.members) {
    const auto problem = label_problem(label.key);
    if (!problem.empty()) {
      problems.add(label.line, label.value.path, problem);
    } else if (label.value.kind != Value::Kind::text) {
      problems.reject(label.value, "a text");
    } else if (!pool.labels.emplace(label.key, label.value.text).second) {
      problems.add(label.line, label.value.path, "duplicate key; allowed: once");
    }
  }
}

void check_pool(const PoolConfig& pool, const Value& written, Problems& problems) {
  const Value* const max = written.find("max_size");
  const Value* const least = written.find("min_size");
  const auto& [min_size, max_size] = std::tie(pool.options.min_size, pool.options.max_size);
  if (min_size > max_size) {
    problems.add(*(max != nullptr ? max : least),
                 fmt::format("min_size {} is greater than max_size {}; allowed: min_size up to max_size",
                             min_size, max_size));
  }
  check_sqlite_keys(pool, written, problems);
  const bool has_dsn =
      check_dsn(pool.dsn, written, problems, [&](const Dsn& read) { return dsn_problem(pool, read); });
  if (!has_dsn && (pool.driver == "postgres" || pool.driver == "odbc")) {
    problems.add(*written.find("driver"),
                 fmt::format("{} needs a DSN; allowed: one of dsn and dsn_file (DBPOOL_DSN)", pool.driver));
  }
}

}  // namespace dbpool
