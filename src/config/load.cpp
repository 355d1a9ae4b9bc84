#include "config/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>

#include "config/key_table.hpp"
#include "config/module_keys.hpp"
#include "config/parse_yaml.hpp"
#include "config/pool_keys.hpp"
#include "config/read_value.hpp"
#include "config/source_keys.hpp"

namespace dbpool {
namespace {

constexpr std::size_t largest_file = 16U << 20U;
constexpr std::int64_t most_history_items = 100'000;

void set_history(Config& config, const Value& value, Problems& problems) {
  if (const auto span = read_duration(value, Duration(0), problems)) config.history.span = *span;
}

void set_history_interval(Config& config, const Value& value, Problems& problems) {
  const auto interval = read_duration(value, std::chrono::seconds(1), problems);
  if (interval) config.history.interval = *interval;
}

/// Returns whether `value` is a list. Reports any other value, except a missing one.
bool is_list(const Value& value, Problems& problems) {
  if (value.kind == Value::Kind::list) return true;
  if (value.kind != Value::Kind::null) problems.reject(value, "a list");
  return false;
}

void set_pools(Config& config, const Value& value, Problems& problems) {
  if (!is_list(value, problems)) return;
  for (const auto& item : value.items) config.pools.push_back(read_pool(item, problems));
}

void set_sources(Config& config, const Value& value, Problems& problems) {
  if (!is_list(value, problems)) return;
  for (const auto& item : value.items) config.sources.push_back(read_source(item, problems));
}

void set_modules(Config& config, const Value& value, Problems& problems) {
  config.modules = read_modules(value, problems);
}

using enum Variable;
constexpr std::array<Key<Config>, 5> file_keys{{
    {"history", none, "24h", "how much history is kept in memory", set_history},
    {"history_interval", none, "1m", "one item of history each", set_history_interval},
    {"pools", none, "", "the pools that this process owns", set_pools},
    {"sources", none, "", "the pools that live elsewhere", set_sources},
    {"modules", none, "", "what /probe may read on demand", set_modules},
}};

/// Checks that names are unique. A pool is its own source, so pools and sources share their names.
void check_names(const Value& root, Problems& problems) {
  std::map<std::string, int> first_lines;
  for (const auto list : {"pools", "sources"}) {
    const Value* const entries = root.find(list);
    if (entries == nullptr) continue;
    for (const auto& entry : entries->items) {
      const Value* const name = entry.find("name");
      if (name == nullptr || name->kind != Value::Kind::text) continue;
      const auto [first, is_new] = first_lines.emplace(name->text, name->line);
      if (is_new) continue;
      const auto shown = name->expanded ? "name" : quoted_if_plain(name->text, "name");
      problems.add(
          *name, fmt::format("duplicate {}, first in line {}; allowed: a unique name", shown, first->second));
    }
  }
}

bool is_localhost(const std::string& host) {
  return host == "localhost" || host == "127.0.0.1" || host == "::1";
}

/// Returns whether addresses of two hosts are the same, as far as their texts show it.
bool may_overlap(const std::string& a, const std::string& b) {
  const bool is_either = a == "localhost" || b == "localhost";
  return a == b || a.empty() || b.empty() || (is_either && is_localhost(a) && is_localhost(b));
}

/// Returns whether two sources would listen on one port of one host, or both in the web server.
bool is_taken_by(const OtlpOptions& one, const OtlpOptions& other) {
  if (!one.listen || !other.listen) return !one.listen && !other.listen;
  return one.listen->port != 0 && one.listen->port == other.listen->port &&
         may_overlap(one.listen->host, other.listen->host);
}

/// Returns the key by which two sources would receive in one place; "" if there is none.
std::string_view shared_key(const EventsOptions& one, const EventsOptions& other) {
  if (!one.path.empty() && one.path == other.path) return "path";
  const bool is_shared = one.listen && other.listen && one.listen->port != 0 &&
                         one.listen->port == other.listen->port &&
                         may_overlap(one.listen->host, other.listen->host);
  return is_shared ? "listen" : "";
}

/// Checks that no two sources of events receive in one place.
void check_inboxes(const Config& config, const Value& root, Problems& problems) {
  for (std::size_t i = 0; i < config.sources.size(); ++i) {
    const auto* const later = std::get_if<EventsOptions>(&config.sources[i].options);
    for (std::size_t k = 0; later != nullptr && k < i; ++k) {
      const auto* const earlier = std::get_if<EventsOptions>(&config.sources[k].options);
      const std::string_view key = earlier == nullptr ? "" : shared_key(*later, *earlier);
      if (key.empty()) continue;
      const std::vector<Value>& entries = root.find("sources")->items;
      problems.add(*entries[i].find(key),
                   fmt::format("the source in line {} receives there already; allowed: another {}",
                               entries[k].line, key));
      break;
    }
  }
}

/// Checks that no two sources listen in one place.
void check_listeners(const Config& config, const Value& root, Problems& problems) {
  for (std::size_t i = 0; i < config.sources.size(); ++i) {
    const auto* const later = std::get_if<OtlpOptions>(&config.sources[i].options);
    for (std::size_t k = 0; later != nullptr && k < i; ++k) {
      const auto* const earlier = std::get_if<OtlpOptions>(&config.sources[k].options);
      if (earlier == nullptr || !is_taken_by(*later, *earlier)) continue;
      const std::vector<Value>& entries = root.find("sources")->items;
      const Value* const listen = entries[i].find("listen");
      problems.add(listen == nullptr ? entries[i] : *listen,
                   fmt::format("the source in line {} listens there already; allowed: another listen",
                               entries[k].line));
      break;
    }
  }
}

void check_file(const Config& config, const Value& root, Problems& problems) {
  if (root.kind != Value::Kind::mapping && root.kind != Value::Kind::null) return;
  const auto is_empty = [&root](std::string_view list) {
    const Value* const value = root.find(list);
    return value == nullptr || value->kind == Value::Kind::null ||
           (value->kind == Value::Kind::list && value->items.empty());
  };
  if (is_empty("pools") && is_empty("sources") && is_empty("modules")) {
    const Value* const pools = root.find("pools");
    problems.add(pools == nullptr ? std::max(root.line, 1) : pools->line, "pools",
                 "no pool and no source; allowed: at least one entry in pools or sources");
  }
  if (config.history.span / config.history.interval > most_history_items) {
    const Value* place = root.find("history");
    if (place == nullptr) place = root.find("history_interval");
    problems.add(place == nullptr ? root : *place,
                 fmt::format("more than {} times history_interval; allowed: fewer items of history",
                             most_history_items));
  }
  check_names(root, problems);
  check_listeners(config, root, problems);
  check_inboxes(config, root, problems);
}

void throw_if_any(const Problems& problems) {
  auto lines = problems.lines();
  if (!lines.empty()) throw ConfigError(std::move(lines));
}

}  // namespace

std::string read_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string text(largest_file + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (!stream.eof()) {
    const auto* const what = text.size() > largest_file ? "too large" : "cannot be read";
    throw ConfigError(
        {fmt::format("{}: {}; allowed: a readable YAML file of at most 16 MiB", file.string(), what)});
  }
  return text;
}

Config load_config(const std::filesystem::path& file, const Environment& environment) {
  return parse_config(read_file(file), file.string(), environment);
}

Config parse_config(const std::string& text, const std::string& name, const Environment& environment) {
  Problems problems(name);
  Config config;
  const Value root = parse_yaml(text, environment, problems);
  read_keys(root, std::span<const Key<Config>>(file_keys), config, problems);
  check_file(config, root, problems);
  throw_if_any(problems);
  return config;
}

Config config_from_environment(const Environment& environment) {
  Problems problems("environment");
  Config config;
  config.pools.push_back(read_pool_variables(environment, problems));
  throw_if_any(problems);
  return config;
}

std::vector<std::string> config_problems(const std::optional<std::filesystem::path>& file,
                                         const Environment& environment) {
  try {
    file ? load_config(*file, environment) : config_from_environment(environment);
    return {};
  } catch (const ConfigError& e) {
    return e.problems();
  }
}

}  // namespace dbpool
