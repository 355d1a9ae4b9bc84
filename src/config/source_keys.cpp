#include "config/source_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "config/health_keys.hpp"
#include "config/key_setters.hpp"
#include "config/pool_keys.hpp"
#include "config/source_kinds.hpp"
#include "config/target_place.hpp"

namespace dbpool {
namespace {

using SourceKey = Key<SourceConfig>;
using enum Variable;

constexpr unsigned most_pools = 10'000;

/// For keys that are read elsewhere. `type` is read before all others, as it decides which they are.
void leave_to_others(SourceConfig&, const Value&, Problems&) {}

void set_source_labels(SourceConfig& source, const Value& value, Problems& problems) {
  read_labels(source.labels, value, problems);
}

using P = ProbeOptions;

std::vector<std::string_view> available_types() {
  std::vector<std::string_view> names;
  for (const auto& row : source_kinds()) names.push_back(to_string(row.kind));
  return names;
}

std::span<const SourceKey> shared_keys() {
  static const std::string types = "required: " + enumerate(available_types());
  static const std::array keys = std::to_array<SourceKey>({
      {"name", none, "", "required and unique, also among the pools", name<&P::name>},
      {"type", none, "", types, leave_to_others},
      {"interval", none, "5s", "from one reading to the next", duration<&P::interval, positive>},
      {"timeout", none, "2s", "for one reading, connecting included", duration<&P::timeout, positive>},
      {"limit", none, "500", "pools at most; further ones are dropped and counted",
       whole<&P::limit, 1, most_pools>},
      {"latency_objective", none, "10ms",
       "as of a pool, where the durations of acquisitions are known; 0 = off",
       duration<&P::latency_objective>},
      {"labels", none, "{}", "further labels of dbpool_source_info and of dbpool_pool_info of its pools",
       set_source_labels},
  });
  return keys;
}

/// Reads the type. nullptr: it is missing, unknown or not in this build; the problem has been added.
const SourceKindRow* read_type(const Value& source, Problems& problems) {
  // Every kind but `owned`, which is first.
  static constexpr auto types = std::span(source_kind_names).subspan(1);
  const Value* const type = source.find("type");
  if (type == nullptr) {
    problems.add(source, fmt::format("type is missing; allowed: {}", enumerate(types)));
    return nullptr;
  }
  const auto index = read_word(*type, types, problems);
  if (!index) return nullptr;
  const auto* const row = find_source_kind(static_cast<SourceKind>(*index + 1));
  if (row != nullptr) return row;
  problems.add(*type, fmt::format("this build has no '{}' source yet; available: {}", types[*index],
                                  enumerate(available_types())));
  return nullptr;
}

const SourceKey* find_key(std::span<const SourceKey> keys, std::string_view name) {
  const auto found = std::ranges::find(keys, name, &SourceKey::name);
  return found == keys.end() ? nullptr : &*found;
}

/// Returns whether two kinds document a key in one row.
bool is_same_row(const SourceKey& a, const SourceKey& b) {
  return a.name == b.name && a.fallback == b.fallback && a.meaning == b.meaning;
}

/// Returns the kinds that have this row, with commas.
std::string types_with(const SourceKey& key) {
  std::string names;
  for (const auto& row : source_kinds()) {
    const auto* const own = find_key(row.keys, key.name);
    if (own == nullptr || !is_same_row(*own, key)) continue;
    names.append(names.empty() ? "" : ", ").append(to_string(row.kind));
  }
  return names;
}

/// Returns whether a kind has the shared row for a key, and neither none nor one of its own.
bool takes_shared(const SourceKindRow& kind, std::string_view key) {
  return find_key(kind.keys, key) == nullptr && std::ranges::find(kind.unused, key) == kind.unused.end();
}

/// Returns `all`, or the kinds that have the shared row for a key.
std::string types_sharing(std::string_view key) {
  std::string names;
  bool is_all = true;
  for (const auto& row : source_kinds()) {
    const bool shares = takes_shared(row, key);
    is_all = is_all && shares;
    if (shares) names.append(names.empty() ? "" : ", ").append(to_string(row.kind));
  }
  return is_all ? "all" : names;
}

std::string markdown_row(const SourceKey& key, std::string_view types) {
  const auto fallback = key.fallback.empty() ? "" : fmt::format("`{}`", key.fallback);
  return fmt::format("| `{}` | {} | {} | {} |\n", key.name, types, fallback, key.meaning);
}

}  // namespace

std::vector<SourceKey> source_keys(const SourceKindRow& kind) {
  std::vector<SourceKey> keys;
  for (const auto& shared : shared_keys()) {
    if (takes_shared(kind, shared.name)) keys.push_back(shared);
  }
  keys.insert(keys.end(), kind.keys.begin(), kind.keys.end());
  const auto health = health_keys<SourceConfig>();
  keys.insert(keys.end(), health.begin(), health.end());
  return keys;
}

SourceConfig read_source(const Value& value, Problems& problems) {
  if (value.kind != Value::Kind::mapping) {
    problems.reject(value, "a mapping that describes a source");
    return {};
  }
  const auto* const row = read_type(value, problems);
  if (row == nullptr) return {};
  SourceConfig source = row->defaults();
  const std::vector<SourceKey> keys = source_keys(*row);
  const Written written = read_keys(value, std::span<const SourceKey>(keys), source, problems);
  if (!written.has("name")) problems.add(value, "name is missing; allowed: a unique name");
  row->check(source, written, problems);
  return source;
}

SourceConfig read_source_of_module(const Value& value, std::span<const std::string_view> others,
                                   Problems& problems) {
  const auto* const row = read_type(value, problems);
  if (row == nullptr) return {};
  SourceConfig source = row->defaults();
  std::vector<SourceKey> keys = source_keys(*row);
  std::erase_if(keys, [&](const SourceKey& key) {
    return key.name == "name" || std::ranges::find(others, key.name) != others.end();
  });
  for (const std::string_view other : others) keys.push_back({other, none, "", "", leave_to_others});
  const Written written = read_keys(value, std::span<const SourceKey>(keys), source, problems);
  row->check(source, written, problems);
  check_target_is_open(source, written, problems);
  return source;
}

std::string source_keys_markdown() {
  std::string table = "| key | types | default | meaning |\n|---|---|---|---|\n";
  std::vector<SourceKey> listed;
  const auto list_kinds = [&](std::string_view name) {
    for (const auto& row : source_kinds()) {
      const auto* const key = find_key(row.keys, name);
      const auto is_it = [&](const SourceKey& other) { return is_same_row(*key, other); };
      if (key == nullptr || std::ranges::any_of(listed, is_it)) continue;
      listed.push_back(*key);
      table += markdown_row(*key, types_with(*key));
    }
  };
  for (const auto& key : shared_keys()) {
    table += markdown_row(key, types_sharing(key.name));
    list_kinds(key.name);
  }
  for (const auto& row : source_kinds()) {
    for (const auto& key : row.keys) list_kinds(key.name);
  }
  return table +
         "| `health` | all | | as of a pool; error_window counts with http_json, prometheus, otlp, "
         "events and synthetic, wait_window with events and synthetic |\n";
}

}  // namespace dbpool
