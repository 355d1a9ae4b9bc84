// Any rows of a pooler or a server yield sound figures that are in the rows and do not depend on the order of
// columns.
#include <algorithm>
#include <set>
#include <sstream>
#include <string>

#include "dbpool/model/error.hpp"
#include "fuzz_target.hpp"
#include "model/bounded_sum.hpp"
#include "shown_reading.hpp"
#include "sources/pg_stat_activity/pg_stat_activity.hpp"
#include "sources/pgbouncer/pgbouncer.hpp"
#include "sources/pgpool/pgpool.hpp"
#include "sources/sql/row.hpp"
#include "support/text/captured_answers.hpp"

using namespace dbpool;
using test::Captured;
using test::read_source;
using test::require;
using test::ShownReading;

namespace {

using Parse = std::function<ProbeResult(const Captured&)>;

ProbeResult read_pgbouncer(const Captured& rows) {
  PgBouncerOptions options;
  options.clients = true;
  return parse_pgbouncer(read_source, test::answers_to(pgbouncer_statements(options), rows));
}

ProbeResult read_pgpool(const Captured& rows) {
  return parse_pgpool(read_source, test::answers_to(pgpool_statements(), rows));
}

constexpr unsigned most_groups = 3;
const std::string sessions = "pg_stat_activity";

ProbeResult read_stat_activity(const Captured& rows) {
  StatActivityOptions options;
  options.limit = most_groups;
  const auto found = rows.find(sessions);
  return parse_stat_activity(read_source, options, found == rows.end() ? QueryResult() : found->second);
}

/// Returns nullopt if the rows lack a column that every version has.
std::optional<ProbeResult> read(const Parse& parse, const Captured& rows) {
  try {
    return parse(rows);
  } catch (const Error&) {
    return std::nullopt;
  }
}

bool has_columns_twice(const Captured& rows) {
  return std::ranges::any_of(rows, [](const auto& answer) {
    const auto& columns = answer.second.columns;
    return std::set<std::string>(columns.begin(), columns.end()).size() < columns.size();
  });
}

/// Returns the rows with their columns in reverse order.
Captured reversed(Captured rows) {
  for (auto& [statement, result] : rows) {
    for (auto& row : result.rows) {
      row.resize(result.columns.size());
      std::ranges::reverse(row);
    }
    std::ranges::reverse(result.columns);
  }
  return rows;
}

/// Returns the rows with NULL in every row of one column.
Captured without(Captured rows, const std::string& statement, const std::string& column) {
  QueryResult& result = rows[statement];
  for (auto& row : result.rows) {
    for (std::size_t i = 0; i < std::min(row.size(), result.columns.size()); ++i) {
      if (result.columns[i] == column) row[i].reset();
    }
  }
  return rows;
}

void check_pgbouncer(const ProbeResult& result, const Captured& rows, const std::string& text) {
  for (const PoolSnapshot& pool : result.pools) {
    require(pool.info.database != "pgbouncer", "the console is no pool", text);
    require(!pool.max || !pool.configured || *pool.max >= *pool.configured, "the maximum is the larger bound",
            text);
    require(!pool.min || !pool.configured || *pool.min <= *pool.configured,
            "no pool keeps more than its size", text);
  }
  const auto require_unknown = [&](PoolSnapshot::Count PoolSnapshot::*figure, const char* column) {
    const auto none = read_pgbouncer(without(rows, "SHOW POOLS", column));
    for (const auto& pool : none.pools) require(!(pool.*figure), "a figure comes from its column", column);
  };
  require_unknown(&PoolSnapshot::idle, "sv_idle");
  require_unknown(&PoolSnapshot::opening, "sv_login");
  require_unknown(&PoolSnapshot::waiting, "cl_waiting");
}

void check_pgpool(const ProbeResult& result, const Captured& rows, const std::string& text) {
  const auto slots = rows.find("SHOW pool_pools")->second.rows.size();
  std::uint64_t connections = 0;
  for (const PoolSnapshot& pool : result.pools) {
    // The pool of the whole target counts the same connections again.
    if (pool.key.scope() != PoolScope::target) connections += pool.total().value_or(0);
    const bool is_told = rows.contains("PGPOOL SHOW num_init_children");
    require(is_told || pool.max.value_or(0) <= slots, "a child is a row", text);
    require(pool.clients_active.value_or(0) <= slots, "a client takes a row", text);
  }
  require(connections <= slots, "a connection is a row", text);
}

void check_stat_activity(const ProbeResult& result, const Captured& rows, const std::string& text) {
  PoolSnapshot::Count idle;
  for (const PoolSnapshot& pool : result.pools) idle = plus(idle, pool.idle);
  for_each_row(rows.at(sessions), [&](const Row& row) {
    require(row.count("idle").value_or(0) <= idle.value_or(0), "no connection of a row is lost", text);
  });
  require(result.pools.size() <= most_groups + 1, "the limit's groups, and one for all others", text);
  require(result.dropped.has_value(), "groups among the others are counted", text);
  for (const auto& [pool, leaks] : result.leaks) {
    for (const LeakReport& leak : leaks) {
      require(leak.session && leak.session->pid >= 0 && leak.session->pid <= INT32_MAX, "a PID is one", text);
      require(!leak.session->query, "a query is shown where that was asked for", text);
      require(leak.held >= leak.held.zero(), "no lease ends before it begins", text);
    }
  }
}

template <typename Check>
void check(SourceKind kind, const Parse& parse, Check own, const Captured& rows, const std::string& text) {
  const auto result = read(parse, rows);
  if (!result) return;
  own(*result, rows, text);
  const ShownReading shown(kind, *result);
  shown.require_sound(text);
  if (has_columns_twice(rows)) return;
  const auto again = read(parse, reversed(rows));
  require(again && ShownReading(kind, *again).metrics() == shown.metrics(), "columns are known by name",
          text);
}

}  // namespace

/// Input: answers as psql prints them with -A -P null=NULL -P footer=off: a line `== statement`, a line with
/// the columns, and one line per row. `== pg_stat_activity` replaces the statement of that source.
int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  std::istringstream in(text);
  const Captured rows = test::read_captured(in);
  check(SourceKind::pgbouncer, read_pgbouncer, check_pgbouncer, rows, text);
  check(SourceKind::pgpool, read_pgpool, check_pgpool, rows, text);
  check(SourceKind::pg_stat_activity, read_stat_activity, check_stat_activity, rows, text);
  return 0;
}
