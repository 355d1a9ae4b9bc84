#pragma once

#include <span>

#include "config/kinds/kinds.hpp"

namespace dbpool {

/// Returns the kinds in this build, each once.
std::span<const SourceKindRow> source_kinds();

/// Returns the kind's row; nullptr = it is not in this build.
const SourceKindRow* find_source_kind(SourceKind kind);

}  // namespace dbpool
