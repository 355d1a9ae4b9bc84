#pragma once

#include <span>

#include "config/config.hpp"
#include "config/key_table.hpp"

namespace dbpool {

/// What the configuration knows of one kind of source; daemon/make_source.cpp makes it.
struct SourceKindRow {
  SourceKind kind;
  SourceConfig (*defaults)();               ///< returns a source without any key
  std::span<const Key<SourceConfig>> keys;  ///< besides those of every source
  /// Checks the options together, after each was read alone.
  void (*check)(const SourceConfig& source, const Written& written, Problems& problems);
};

/// Returns the kinds in this build, each once.
std::span<const SourceKindRow> source_kinds();

/// Returns the kind's row; nullptr = it is not in this build.
const SourceKindRow* find_source_kind(SourceKind kind);

}  // namespace dbpool
