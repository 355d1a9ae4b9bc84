#include "config/source_keys.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "config/parse_yaml.hpp"

namespace dbpool {
namespace {

Value yaml(const std::string& text) {
  Problems problems("");
  Value value = parse_yaml(text, {}, problems);
  REQUIRE(problems.lines().empty());
  return value;
}

/// Returns a source in which every optional part is present.
SourceConfig whole_source(const SourceKindRow& kind) {
  SourceConfig source = kind.defaults();
  if (auto* const pgbouncer = std::get_if<PgBouncerOptions>(&source.options)) pgbouncer->synthetic.emplace();
  return source;
}

TEST_CASE("every default in the tables of sources is the default of the code") {
  std::size_t seen = 0;
  for (const auto& kind : source_kinds()) {
    for (const auto& key : source_keys(kind)) {
      // A source of kind http_json has the policy of its own preset.
      const bool is_other = key.name == "health.preset" && kind.kind == SourceKind::http_json;
      if (key.fallback.empty() || is_other) continue;
      CAPTURE(key.name);
      ++seen;
      SourceConfig written = whole_source(kind);
      Problems problems("");
      key.set(written, yaml(std::string(key.fallback)), problems);
      CHECK(problems.lines().empty());
      CHECK(written == whole_source(kind));
    }
  }
  CHECK(seen >= 30);
}

TEST_CASE("a source has the options of its kind, and no kind is there twice") {
  std::vector<std::size_t> alternatives;
  for (const auto& kind : source_kinds()) {
    CHECK(find_source_kind(kind.kind) == &kind);
    CHECK(kind.defaults().probe.kind == kind.kind);
    alternatives.push_back(kind.defaults().options.index());
  }
  std::ranges::sort(alternatives);
  CHECK(std::ranges::adjacent_find(alternatives) == alternatives.end());
  CHECK(alternatives.size() == std::variant_size_v<SourceOptions>);
  CHECK(find_source_kind(SourceKind::owned) == nullptr);
}

TEST_CASE("the order of the rows does not matter") {
  const Value presets = yaml(
      "{name: a, type: http_json, url: 'http://h/', preset: eros, "
      "health: {recovery_hold: 3s, errors: {unhealthy: 4}, preset: snowflake}}");
  const SourceKindRow& json = *find_source_kind(SourceKind::http_json);
  auto keys = source_keys(json);
  const auto read = [&] {
    SourceConfig source = json.defaults();
    Problems problems("");
    read_keys(presets, std::span<const Key<SourceConfig>>(keys), source, problems);
    CHECK(problems.lines().empty());
    return source;
  };
  const auto expected = read();
  CHECK(expected.health[HealthReason::errors].unhealthy->value == 4);
  std::ranges::reverse(keys);
  CHECK(read() == expected);
}

/// Returns the rows of the table for this key that name this kind.
std::vector<std::string> rows_for(const std::string& table, std::string_view key, SourceKind kind) {
  std::vector<std::string> rows;
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    const auto start = "| `" + std::string(key) + "` | ";
    if (!line.starts_with(start)) continue;
    std::istringstream types(line.substr(start.size(), line.find(" |", start.size()) - start.size()));
    for (std::string type; types >> type;) {
      if (type == to_string(kind) || type == std::string(to_string(kind)) + ",") rows.push_back(line);
    }
  }
  return rows;
}

TEST_CASE("the documentation has a row for every key, with the kinds that have it") {
  const auto table = source_keys_markdown();
  CHECK(table.starts_with("| key | types | default | meaning |\n|---|---|---|---|\n"));
  CHECK(table.find(
            "| required: pgbouncer, pgpool, pg_stat_activity, http_json, prometheus, otlp or events |") !=
        std::string::npos);
  CHECK(table.find("\n| `limit` | all | `500` | ") != std::string::npos);
  CHECK(table.find("\n| `dsn` | pgbouncer, pgpool, pg_stat_activity |  | ") != std::string::npos);
  CHECK(table.find("\n| `url` | http_json, prometheus |  | ") != std::string::npos);
  for (const auto& kind : source_kinds()) {
    for (const auto& key : kind.keys) {
      CAPTURE(key.name);
      const auto rows = rows_for(table, key.name, kind.kind);
      REQUIRE(rows.size() == 1);
      const auto value = key.fallback.empty() ? "" : "`" + std::string(key.fallback) + "`";
      CHECK(rows[0].ends_with("| " + value + " | " + std::string(key.meaning) + " |"));
      CHECK_FALSE(key.meaning.empty());
    }
  }
}

TEST_CASE("a source that senders push to has no interval, no timeout and no prefix") {
  const auto keys = source_keys(*find_source_kind(SourceKind::otlp));
  for (const auto* const name : {"interval", "timeout", "prefix"})
    CHECK(std::ranges::count(keys, name, &Key<SourceConfig>::name) == 0);
  const auto table = source_keys_markdown();
  CHECK(rows_for(table, "timeout", SourceKind::otlp).empty());
  CHECK(rows_for(table, "limit", SourceKind::otlp).empty());
  CHECK(table.find("\n| `limit` | all | ") != std::string::npos);
}

TEST_CASE("a key of every source that a kind has in its own way is documented once for that kind") {
  const auto table = source_keys_markdown();
  CHECK(rows_for(table, "interval", SourceKind::prometheus).size() == 1);
  CHECK(table.find("\n| `interval` | prometheus | `15s` | ") != std::string::npos);
  CHECK(table.find("\n| `interval` | pgbouncer, pgpool, pg_stat_activity, http_json | `5s` | ") !=
        std::string::npos);
  for (const auto& kind : source_kinds()) {
    const bool is_pushed = kind.kind == SourceKind::otlp || kind.kind == SourceKind::events;
    const auto most = is_pushed ? 0 : 1;
    CHECK(std::ranges::count(source_keys(kind), "interval", &Key<SourceConfig>::name) == most);
  }
}

}  // namespace
}  // namespace dbpool
