#include "config/set_pool.hpp"

#include <fmt/format.h>

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

std::string sqlite_dsn_problem(const std::string& dsn) {
  if (dsn.empty()) return "is empty; allowed: a path or a file: URI";
  // `host=db password=…` would make a file by that name, password and all.
  const bool has_pairs = dsn.substr(0, dsn.find('/')).find('=') != std::string::npos;
  if (!dsn.starts_with("file:") && (has_pairs || dsn.find("://") != std::string::npos)) {
    return "not a SQLite DSN; allowed: a path or a file: URI (is the driver right?)";
  }
  return {};
}

std::string dsn_problem(const std::string& driver, const Dsn& dsn) {
  if (driver == "sqlite") return sqlite_dsn_problem(dsn.reveal());
  if (driver == "odbc") return odbc_problem(dsn);
  return driver == "postgres" ? postgres_problem(dsn) : "";
}

}  // namespace

void set_driver(PoolConfig& pool, const Value& value, Problems& problems) {
  // Of an unknown one, the DSN is not checked.
  if (value.kind == Value::Kind::text) pool.driver = value.text;
  if (const auto index = read_word(value, driver_names, problems)) pool.driver = driver_names[*index];
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
  const bool has_dsn =
      check_dsn(pool.dsn, written, problems, [&](const Dsn& read) { return dsn_problem(pool.driver, read); });
  if (!has_dsn && (pool.driver == "postgres" || pool.driver == "odbc")) {
    problems.add(*written.find("driver"),
                 fmt::format("{} needs a DSN; allowed: one of dsn and dsn_file (DBPOOL_DSN)", pool.driver));
  }
}

}  // namespace dbpool
