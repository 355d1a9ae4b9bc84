#pragma once

#include "config/source_kinds.hpp"

namespace dbpool {

// The rows of `source_kinds()`, each in the file of its kind.

SourceKindRow pgbouncer_kind();
SourceKindRow pgpool_kind();
SourceKindRow pg_stat_activity_kind();
SourceKindRow http_json_kind();

}  // namespace dbpool
