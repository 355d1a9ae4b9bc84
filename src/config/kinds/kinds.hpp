#pragma once

#include <span>
#include <string_view>

#include "config/config.hpp"
#include "config/key_table.hpp"

namespace dbpool {

/// What the configuration knows of one kind of source; daemon/make_source.cpp makes it.
struct SourceKindRow {
  SourceKind kind;
  SourceConfig (*defaults)();               ///< returns a source without any key
  std::span<const Key<SourceConfig>> keys;  ///< besides those of every source, or in place of one
  /// Checks the options together, after each was read alone.
  void (*check)(const SourceConfig& source, const Written& written, Problems& problems);
  std::span<const std::string_view> unused = {};  ///< keys of every source that this kind does not have
};

// The rows, each in the file of its kind. source_kinds.cpp has the table of them.

SourceKindRow pgbouncer_kind();
SourceKindRow pgpool_kind();
SourceKindRow pg_stat_activity_kind();
SourceKindRow http_json_kind();
SourceKindRow prometheus_kind();
SourceKindRow otlp_kind();
SourceKindRow events_kind();

}  // namespace dbpool
