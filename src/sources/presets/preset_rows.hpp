#pragma once

#include <span>

#include "sources/mapping/preset.hpp"

namespace dbpool {

// The presets of each library or pooler that produces the metrics. `presets()` puts them in order.

std::span<const Preset> micrometer_presets();
std::span<const Preset> hikaricp_presets();
std::span<const Preset> agroal_presets();
std::span<const Preset> wildfly_presets();
std::span<const Preset> liberty_presets();
std::span<const Preset> vertx_presets();

std::span<const Preset> otel_presets();

std::span<const Preset> go_sql_presets();
std::span<const Preset> pgxpool_presets();
std::span<const Preset> dd_trace_go_presets();

std::span<const Preset> activerecord_presets();
std::span<const Preset> ecto_presets();
std::span<const Preset> telemetry_metrics_statsd_presets();
std::span<const Preset> prisma_presets();

std::span<const Preset> cnpg_presets();
std::span<const Preset> pgbouncer_exporter_presets();
std::span<const Preset> pgcat_presets();
std::span<const Preset> pgdog_presets();
std::span<const Preset> odyssey_presets();
std::span<const Preset> supavisor_presets();
std::span<const Preset> pgagroal_presets();

std::span<const Preset> proxysql_presets();
std::span<const Preset> vitess_presets();

}  // namespace dbpool
