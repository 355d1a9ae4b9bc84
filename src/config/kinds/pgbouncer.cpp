#include "config/kinds/kinds.hpp"
#include "config/kinds/libpq_dsn.hpp"

namespace dbpool {

template <>
SyntheticOptions& part_of<SyntheticOptions>(SourceConfig& source) {
  auto& synthetic = std::get<PgBouncerOptions>(source.options).synthetic;
  return synthetic ? *synthetic : synthetic.emplace();
}

namespace {

using enum Variable;

constexpr auto own_keys = std::to_array<Key<SourceConfig>>({
    {"clients", none, "false", "also count clients by application", switched<&PgBouncerOptions::clients>},
    {"synthetic.dsn", none, "", "a database behind the pooler; timed acquisitions go there",
     dsn<&SyntheticOptions::dsn>},
    {"synthetic.dsn_file", none, "", "instead of synthetic.dsn: a file that holds it",
     dsn_file<&SyntheticOptions::dsn>},
    {"synthetic.interval", none, "5s", "from one timed acquisition to the next",
     duration<&SyntheticOptions::interval, positive>},
});
constexpr auto keys = join(libpq_dsn_keys<PgBouncerOptions>(), own_keys);

SourceConfig defaults() {
  return {.probe = {.name = "", .kind = SourceKind::pgbouncer}, .options = PgBouncerOptions()};
}

void check(const SourceConfig& source, const Written& written, Problems& problems) {
  const auto& options = std::get<PgBouncerOptions>(source.options);
  check_libpq_dsn(options.dsn, written, problems);
  if (!written.has("synthetic")) return;
  if (options.synthetic)
    check_libpq_dsn(options.synthetic->dsn, written.within("synthetic"), problems);
  else if (written.at("synthetic").kind != Value::Kind::broken)
    problems.add(written.at("synthetic"), "no DSN; allowed: {dsn: …, interval: 5s}");
}

}  // namespace

SourceKindRow pgbouncer_kind() {
  return {SourceKind::pgbouncer, defaults, keys, check};
}

}  // namespace dbpool
