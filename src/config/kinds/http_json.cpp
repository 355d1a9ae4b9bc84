#include <fmt/format.h>

#include "config/http_keys.hpp"
#include "config/key_setters.hpp"
#include "config/kinds/kinds.hpp"
#include "sources/http_json/http_json_options.hpp"
#include "sources/pool_fields.hpp"

namespace dbpool {
namespace {

HttpJsonOptions& options_of(SourceConfig& source) {
  return std::get<HttpJsonOptions>(source.options);
}

/// Returns the policy of a source without `health:`: the one with the name of its preset, else `capacity`.
HealthPolicy default_policy(std::string_view preset) {
  const auto of_preset = health_preset(preset);
  return of_preset ? *of_preset : *health_preset("capacity");
}

void set_preset(SourceConfig& source, const Value& value, Problems& problems) {
  const auto index = read_word(value, http_json_preset_names, problems);
  if (!index) return;
  options_of(source).preset = http_json_preset_names[*index];
  source.health = default_policy(http_json_preset_names[*index]);
}

/// Adds the fields that `value` maps. `group`: what stands before their names, such as `closed.`; "" =
/// nothing.
void add_fields(HttpJsonOptions& options, const std::string& group, const Value& value, Problems& problems) {
  for (const auto& field : value.members) {
    const std::string name = group + field.key;
    if (is_pool_field_group(name) && field.value.kind == Value::Kind::mapping) {
      add_fields(options, name + '.', field.value, problems);
    } else if (const auto wrong = http_json_field_problem(name, field.value.text); !wrong.empty()) {
      problems.add(field.line, shown_path(value, field), wrong);
    } else if (field.value.kind != Value::Kind::text) {
      problems.reject(field.value, "a JSON pointer");
    } else if (!options.fields.emplace(name, field.value.text).second) {
      problems.add(field.line, field.value.path, "duplicate key; allowed: once");
    }
  }
}

void set_fields(SourceConfig& source, const Value& value, Problems& problems) {
  if (value.kind != Value::Kind::mapping)
    return problems.reject(value, "a mapping of fields to JSON pointers");
  add_fields(options_of(source), "", value, problems);
}

using enum Variable;

constexpr auto own_keys = std::to_array<Key<SourceConfig>>({
    {"preset", none, "ombudsman", "ombudsman, codebase-mcp, eros, snowflake or custom", set_preset},
    {"fields", none, "", "with preset custom: field to JSON pointer, or to reference#pointer", set_fields},
    {"pools", none, "", "with preset custom: JSON pointer to several pools; none = one",
     text<&HttpJsonOptions::pools>},
});
constexpr auto keys = join(http_keys(), own_keys);

void check_fields(const HttpJsonOptions& options, const Written& written, Problems& problems) {
  const bool is_custom = options.preset == "custom";
  if (is_custom && !written.has("fields")) {
    problems.add(written.at("preset"), "preset custom needs fields; allowed: fields with JSON pointers");
  }
  for (const auto* const key : {"fields", "pools"}) {
    if (is_custom || !written.has(key)) continue;
    problems.add(written.at(key), "not used by this preset; allowed: only with preset custom");
  }
  if (is_custom && !options.http.url.empty() && !options.fields.empty()) {
    const std::string wrong = http_json_problem(options);
    if (wrong.empty()) return;
    problems.add(written.mapping(), wrong + "; allowed: documents of the server that url names");
  }
}

SourceConfig defaults() {
  HttpJsonOptions options;
  return {.probe = {.name = "", .kind = SourceKind::http_json},
          .options = options,
          .health = default_policy(options.preset)};
}

void check(const SourceConfig& source, const Written& written, Problems& problems) {
  const auto& options = std::get<HttpJsonOptions>(source.options);
  check_http(options.http, written, problems);
  check_fields(options, written, problems);
}

}  // namespace

SourceKindRow http_json_kind() {
  return {SourceKind::http_json, defaults, keys, check};
}

}  // namespace dbpool
