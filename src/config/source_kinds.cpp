#include "config/source_kinds.hpp"

#include <algorithm>
#include <array>

namespace dbpool {

std::span<const SourceKindRow> source_kinds() {
  static const std::array rows{pgbouncer_kind(), pgpool_kind(),     pg_stat_activity_kind(),
                               http_json_kind(), prometheus_kind(), otlp_kind(),
                               events_kind()};
  return rows;
}

const SourceKindRow* find_source_kind(SourceKind kind) {
  const auto rows = source_kinds();
  const auto found = std::ranges::find(rows, kind, &SourceKindRow::kind);
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace dbpool
