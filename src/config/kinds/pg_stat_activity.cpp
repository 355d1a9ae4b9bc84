#include <fmt/format.h>

#include <algorithm>

#include "config/kinds/kinds.hpp"
#include "config/kinds/libpq_dsn.hpp"

namespace dbpool {
namespace {

void set_group_by(SourceConfig& source, const Value& value, Problems& problems) {
  if (value.kind != Value::Kind::list || value.items.empty()) {
    return problems.reject(value, fmt::format("a list of {}", enumerate(stat_activity_columns)));
  }
  std::vector<std::string> columns;
  for (const auto& item : value.items) {
    const auto index = read_word(item, stat_activity_columns, problems);
    if (!index) continue;
    if (std::ranges::find(columns, stat_activity_columns[*index]) != columns.end())
      problems.add(item, "a duplicate column; allowed: each once");
    columns.emplace_back(stat_activity_columns[*index]);
  }
  std::get<StatActivityOptions>(source.options).group_by = std::move(columns);
}

using enum Variable;

constexpr auto own_keys = std::to_array<Key<SourceConfig>>({
    {"group_by", none, "[datname, usename, application_name]",
     "columns whose values make a pool; also client_addr and client_hostname", set_group_by},
    {"leak_after", none, "5m", "idle in a transaction for longer is a suspected leak; 0 = off",
     duration<&StatActivityOptions::leak_after>},
    {"show_query", none, "false", "whether the API shows a suspected leak's last query",
     switched<&StatActivityOptions::show_query>},
});
constexpr auto keys = join(libpq_dsn_keys<StatActivityOptions>(), own_keys);

SourceConfig defaults() {
  return {.probe = {.name = "", .kind = SourceKind::pg_stat_activity}, .options = StatActivityOptions()};
}

void check(const SourceConfig& source, const Written& written, Problems& problems) {
  check_libpq_dsn(std::get<StatActivityOptions>(source.options).dsn, written, problems);
}

}  // namespace

SourceKindRow pg_stat_activity_kind() {
  return {SourceKind::pg_stat_activity, defaults, keys, check};
}

}  // namespace dbpool
