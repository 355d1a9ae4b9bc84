#include "config/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "config/entries.hpp"
#include "config/key_table.hpp"
#include "config/module_keys.hpp"
#include "config/parse_yaml.hpp"
#include "config/pool_keys.hpp"
#include "config/read_value.hpp"
#include "config/source_files.hpp"
#include "config/source_keys.hpp"

namespace dbpool {
namespace {

constexpr std::size_t largest_file = 16U << 20U;
constexpr std::int64_t most_history_items = 100'000;
constexpr std::size_t most_source_patterns = 100;

void set_history(Config& config, const Value& value, Problems& problems) {
  if (const auto span = read_duration(value, Duration(0), problems)) config.history.span = *span;
}

void set_history_interval(Config& config, const Value& value, Problems& problems) {
  const auto interval = read_duration(value, std::chrono::seconds(1), problems);
  if (interval) config.history.interval = *interval;
}

void set_pools(Config& config, const Value& value, Problems& problems) {
  if (!is_list(value, problems)) return;
  for (const auto& item : value.items) config.pools.push_back(read_pool(item, problems));
}

void set_sources(Config& config, const Value& value, Problems& problems) {
  if (!is_list(value, problems)) return;
  for (const auto& item : value.items) config.sources.push_back(read_source(item, problems));
}

/// Returns why a pattern of source files cannot be used; "" = it can.
std::string_view pattern_problem(const std::filesystem::path& pattern) {
  if (!pattern.has_filename())
    return "names a directory; allowed: a pattern of files, such as sources.d/*.yml";
  if (has_wildcard(pattern.parent_path().string()))
    return "has a wildcard before the last /; allowed: wildcards in the name of the file";
  return "";
}

void set_source_files(Config& config, const Value& value, Problems& problems) {
  if (!is_list(value, problems)) return;
  if (value.items.size() > most_source_patterns)
    problems.add(value, fmt::format("too many patterns; allowed: at most {}", most_source_patterns));
  for (const auto& item : value.items) {
    const auto pattern = read_text(item, problems);
    if (!pattern) continue;
    const std::string_view problem = pattern_problem(*pattern);
    problem.empty() ? config.source_files.push_back(*pattern) : problems.add(item, problem);
  }
}

void set_modules(Config& config, const Value& value, Problems& problems) {
  config.modules = read_modules(value, problems);
}

using enum Variable;
constexpr std::array<Key<Config>, 6> file_keys{{
    {"history", none, "24h", "how much history is kept in memory", set_history},
    {"history_interval", none, "1m", "one item of history each", set_history_interval},
    {"pools", none, "", "the pools that this process owns", set_pools},
    {"sources", none, "", "the pools that live elsewhere", set_sources},
    {"source_files", none, "", "patterns of files with more sources", set_source_files},
    {"modules", none, "", "what /probe may read on demand", set_modules},
}};

void check_file(const Config& config, const Value& root, Problems& problems) {
  if (root.kind != Value::Kind::mapping && root.kind != Value::Kind::null) return;
  const auto is_empty = [&root](std::string_view list) {
    const Value* const value = root.find(list);
    return value == nullptr || value->kind == Value::Kind::null ||
           (value->kind == Value::Kind::list && value->items.empty());
  };
  if (is_empty("pools") && is_empty("sources") && is_empty("source_files") && is_empty("modules")) {
    const Value* const pools = root.find("pools");
    problems.add(
        pools == nullptr ? std::max(root.line, 1) : pools->line, "pools",
        "no pool and no source; allowed: at least one entry in pools, sources, source_files or modules");
  }
  if (config.history.span / config.history.interval > most_history_items) {
    const Value* place = root.find("history");
    if (place == nullptr) place = root.find("history_interval");
    problems.add(place == nullptr ? root : *place,
                 fmt::format("more than {} times history_interval; allowed: fewer items of history",
                             most_history_items));
  }
  const Value* const sources = root.find("sources");
  check_names({root.find("pools"), sources}, problems);
  if (sources != nullptr) check_places(config.sources, *sources, problems);
}

/// The main file, with its errors.
struct Parsed {
  Config config;
  std::vector<std::string> problems;
};

Parsed parse(const std::string& text, const std::string& name, const Environment& environment) {
  Problems problems(name);
  Config config;
  const Value root = parse_yaml(text, environment, problems);
  read_keys(root, std::span<const Key<Config>>(file_keys), config, problems);
  check_file(config, root, problems);
  const auto directory = std::filesystem::absolute(name).parent_path();
  for (std::string& pattern : config.source_files) pattern = (directory / pattern).lexically_normal();
  return {std::move(config), problems.lines()};
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
  Parsed parsed = parse(text, name, environment);
  if (!parsed.problems.empty()) throw ConfigError(std::move(parsed.problems));
  return std::move(parsed.config);
}

JoinedConfig load_whole_config(const std::filesystem::path& file, const Environment& environment) {
  Parsed main = parse(read_file(file), file.string(), environment);
  const SourceFiles files = read_source_files(main.config.source_files, environment);
  std::vector<std::string> problems = std::move(main.problems);
  for (const auto& [path, source_file] : files)
    std::ranges::copy(source_file.problems, std::back_inserter(problems));
  if (!problems.empty()) throw ConfigError(std::move(problems));
  JoinedConfig joined = join_sources({main.config, file.string()}, files, {});
  for (const auto& [path, joined_file] : joined.files)
    std::ranges::copy(joined_file.problems, std::back_inserter(problems));
  if (!problems.empty()) throw ConfigError(std::move(problems));
  return joined;
}

Config config_from_environment(const Environment& environment) {
  Problems problems("environment");
  Config config;
  config.pools.push_back(read_pool_variables(environment, problems));
  auto lines = problems.lines();
  if (!lines.empty()) throw ConfigError(std::move(lines));
  return config;
}

std::vector<std::string> config_problems(const std::optional<std::filesystem::path>& file,
                                         const Environment& environment) {
  try {
    if (file) {
      load_whole_config(*file, environment);
    } else {
      config_from_environment(environment);
    }
    return {};
  } catch (const ConfigError& e) {
    return e.problems();
  }
}

}  // namespace dbpool
