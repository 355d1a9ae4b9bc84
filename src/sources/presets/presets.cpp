#include "sources/presets/presets.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "sources/presets/preset_rows.hpp"

namespace dbpool {
namespace {

std::vector<Preset> all_presets() {
  std::vector<Preset> all;
  for (const auto rows : {micrometer_presets(),
                          hikaricp_presets(),
                          otel_presets(),
                          go_sql_presets(),
                          agroal_presets(),
                          activerecord_presets(),
                          cnpg_presets(),
                          pgbouncer_exporter_presets(),
                          pgxpool_presets(),
                          pgcat_presets(),
                          pgdog_presets(),
                          proxysql_presets(),
                          vitess_presets(),
                          supavisor_presets(),
                          ecto_presets(),
                          odyssey_presets(),
                          pgagroal_presets(),
                          wildfly_presets(),
                          liberty_presets(),
                          vertx_presets(),
                          prisma_presets(),
                          dd_trace_go_presets(),
                          telemetry_metrics_statsd_presets()}) {
    all.insert(all.end(), rows.begin(), rows.end());
  }
  return all;
}

/// Returns how the pools of a preset are called.
std::string pools_markdown(const Preset& preset) {
  if (preset.pool.empty()) return "the source";
  return '`' + std::string(preset.pool) + '`' + (preset.sum ? ", added up" : "");
}

/// Returns the fields of a preset, each once.
std::string fields_markdown(const Preset& preset) {
  std::vector<std::string_view> names;
  std::string text;
  for (const PresetField& field : preset.fields) {
    if (std::ranges::find(names, field.field) != names.end()) continue;
    text.append(names.empty() ? "`" : ", `").append(field.field).append("`");
    names.push_back(field.field);
  }
  return text;
}

}  // namespace

std::span<const Preset> presets() {
  static const std::vector<Preset> all = all_presets();
  return all;
}

std::vector<std::string_view> preset_names(std::span<const Preset> known) {
  std::vector<std::string_view> names;
  for (const Preset& preset : known) {
    if (names.empty() || names.back() != preset.name) names.push_back(preset.name);
  }
  return names;
}

std::string presets_markdown() {
  std::string table = "| preset | pools | fills | leaves unknown |\n|---|---|---|---|\n";
  std::string before;
  for (const Preset& preset : presets()) {
    table.append("| `").append(preset.name).append("`");
    if (!preset.variant.empty()) table.append(": ").append(preset.variant);
    table.append(" | ").append(pools_markdown(preset));
    std::string figures = " | " + fields_markdown(preset) + " | " + std::string(preset.gaps);
    table.append(figures == before ? " | as above | as above" : figures).append(" |\n");
    before = std::move(figures);
  }
  return table;
}

}  // namespace dbpool
