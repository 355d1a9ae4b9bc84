#include "config/kinds/kinds.hpp"
#include "config/kinds/libpq_dsn.hpp"

namespace dbpool {
namespace {

constexpr auto keys = libpq_dsn_keys<PgpoolOptions>();

SourceConfig defaults() {
  return {.probe = {.name = "", .kind = SourceKind::pgpool}, .options = PgpoolOptions()};
}

void check(const SourceConfig& source, const Written& written, Problems& problems) {
  check_libpq_dsn(std::get<PgpoolOptions>(source.options).dsn, written, problems);
}

}  // namespace

SourceKindRow pgpool_kind() {
  return {SourceKind::pgpool, defaults, keys, check};
}

}  // namespace dbpool
