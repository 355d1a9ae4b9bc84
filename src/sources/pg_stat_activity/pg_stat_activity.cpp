#include "sources/pg_stat_activity/pg_stat_activity.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "dbpool/model/error.hpp"
#include "model/bounded_sum.hpp"
#include "model/utf8.hpp"
#include "sources/sql/row.hpp"

namespace dbpool {
namespace {

/// Returns the expression to select for a column: an address without its netmask, a name as text.
std::string expression_of(const std::string& column) {
  if (std::ranges::find(stat_activity_columns, column) == stat_activity_columns.end()) {
    throw Error("pg_stat_activity cannot be grouped by \"" + column + "\"");
  }
  return column == "client_addr" ? "host(client_addr)" : column + "::text";
}

std::string group_name(std::size_t index) {
  return "group_" + std::to_string(index + 1);
}

/// A role that may not see a session reads NULL as its backend_type; such a session is a client if it has a
/// user and a database.
constexpr std::string_view from_clients =
    " FROM pg_catalog.pg_stat_activity WHERE (backend_type = 'client backend'"
    " OR (backend_type IS NULL AND datid IS NOT NULL AND usesysid IS NOT NULL))";

constexpr std::string_view figures =
    "count(*) AS total, count(*) FILTER (WHERE state = 'idle') AS idle,"
    " count(*) FILTER (WHERE state LIKE 'idle in transaction%'"
    " OR state IN ('active', 'fastpath function call')) AS active,"
    " count(*) FILTER (WHERE state LIKE 'idle in transaction%') AS idle_in_transaction,"
    " count(*) FILTER (WHERE state IS NOT NULL AND wait_event_type = 'Lock') AS waiting_for_lock,"
    " max(transaction_age) AS oldest_transaction, suspect AS pid, max(state_age) AS age,"
    " min(datname) AS datname, min(usename) AS usename, min(application_name) AS application_name,"
    " min(client) AS client, min(client_port) AS client_port, min(state) AS state, min(query_start) AS "
    "query_start";

/// The server calculates the ages, since its clock may differ from the exporter's.
constexpr std::string_view session_columns =
    "datname::text, usename::text, application_name, state, wait_event_type, client_port,"
    " CASE WHEN client_port = -1 THEN 'local socket' ELSE host(client_addr) END AS client,"
    " extract(epoch FROM query_start) AS query_start,"
    " greatest(extract(epoch FROM clock_timestamp() - xact_start), 0) AS transaction_age,"
    " greatest(extract(epoch FROM clock_timestamp() - state_change), 0) AS state_age, ";

std::string suspect_expression(Duration leak_after) {
  if (leak_after <= Duration::zero()) return "NULL::integer";
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(leak_after).count();
  return "CASE WHEN state LIKE 'idle in transaction%' AND clock_timestamp() - state_change > " +
         std::to_string(ms) + " * interval '1 millisecond' THEN pid END";
}

struct Group {
  PoolKey key;
  PoolInfo info;
  std::uint64_t sessions = 0, idle = 0, active = 0, suspects = 0;
  PoolSnapshot::Count idle_in_transaction, waiting_for_lock;
  double oldest_transaction = 0;
  std::vector<LeakReport> leaks;

  void add(const Group& other) {
    sessions = bounded_sum(sessions, other.sessions);
    idle = bounded_sum(idle, other.idle);
    active = bounded_sum(active, other.active);
    suspects = bounded_sum(suspects, other.suspects);
    idle_in_transaction = plus(idle_in_transaction, other.idle_in_transaction);
    waiting_for_lock = plus(waiting_for_lock, other.waiting_for_lock);
    oldest_transaction = std::max(oldest_transaction, other.oldest_transaction);
    leaks.insert(leaks.end(), other.leaks.begin(), other.leaks.end());
  }
};
using Groups = std::map<std::string, Group>;  // by pool label

std::string text_of(const Row& row, std::string_view column) {
  return valid_utf8(row.text(column).value_or(""));
}

LeakReport leak_of(const Row& row, std::uint64_t pid) {
  ServerSession session;
  session.pid = static_cast<std::int64_t>(pid);
  session.database = text_of(row, "datname");
  session.user = text_of(row, "usename");
  session.application = text_of(row, "application_name");
  session.client = text_of(row, "client");
  session.client_port = row.count("client_port");
  session.state = text_of(row, "state");
  if (const auto start = row.number("query_start"); start && *start < 9e9) {
    session.last_query_start =
        WallTime(std::chrono::round<std::chrono::microseconds>(std::chrono::duration<double>(*start)));
  }
  if (const auto query = row.text("query")) session.query = valid_utf8(*query);
  LeakReport leak;
  leak.connection_id = std::to_string(pid);
  leak.lease = pid;
  leak.held = std::chrono::round<std::chrono::nanoseconds>(
      std::chrono::duration<double>(std::min(row.number("age").value_or(0), 1e9)));
  leak.site = session.application;
  leak.session = std::move(session);
  return leak;
}

Group group_of(const Row& row) {
  Group group;
  group.sessions = row.count("total").value_or(0);
  group.idle = row.count("idle").value_or(0);
  group.active = row.count("active").value_or(0);
  group.idle_in_transaction = row.count("idle_in_transaction");
  group.waiting_for_lock = row.count("waiting_for_lock");
  group.oldest_transaction = row.number("oldest_transaction").value_or(0);
  if (const auto pid = row.count("pid"); pid && *pid <= INT32_MAX) {
    group.suspects = group.sessions;
    group.leaks.push_back(leak_of(row, *pid));
  }
  return group;
}

void add_row(Groups& groups, const Row& row, const StatActivityOptions& options, const std::string& source) {
  std::string values;
  PoolInfo info{"postgres", "", "", {}};
  for (std::size_t i = 0; i < options.group_by.size(); ++i) {
    const std::string value = row.text(group_name(i)).value_or("");
    values.append(i == 0 ? "" : "/").append(value.empty() ? "-" : value);
    if (options.group_by[i] == "datname") info.database = value;
    if (options.group_by[i] == "usename") info.user = value;
  }
  PoolKey key({.source = source, .name = std::move(values)});
  Group& group = groups[key.label()];
  group.key = std::move(key);
  group.info = std::move(info);
  group.add(group_of(row));
}

/// Keeps the `limit` largest groups and merges the rest into `other`. Returns how many it merged.
std::uint64_t fold(Groups& groups, std::size_t limit, const PoolKey& other) {
  if (groups.size() <= limit) return 0;
  std::vector<Groups::iterator> order;
  for (auto at = groups.begin(); at != groups.end(); ++at) order.push_back(at);
  std::ranges::stable_sort(order, std::greater<>(), [](const auto& at) { return at->second.sessions; });
  Group rest;
  rest.key = other;
  rest.info.driver = "postgres";
  for (std::size_t i = limit; i < order.size(); ++i) {
    rest.add(order[i]->second);
    groups.erase(order[i]);
  }
  const auto [at, is_new] = groups.try_emplace(other.label(), rest);
  if (!is_new) at->second.add(rest);
  return order.size() - limit;
}

PoolSnapshot snapshot_of(const Group& group, bool finds_leaks) {
  PoolSnapshot pool;
  pool.key = group.key;
  pool.info = group.info;
  const std::uint64_t known = bounded_sum(group.idle, group.active);
  if (known < group.sessions) pool.unknown = group.sessions - known;
  if (known == 0 && group.sessions > 0) return pool;
  pool.idle = group.idle;
  pool.active = group.active;
  pool.idle_in_transaction = group.idle_in_transaction;
  pool.waiting_for_lock = group.waiting_for_lock;
  pool.oldest_transaction = group.oldest_transaction;
  if (finds_leaks) pool.leaked = group.suspects;
  return pool;
}

}  // namespace

std::string stat_activity_sql(const StatActivityOptions& options) {
  std::string columns;
  std::string groups;
  for (std::size_t i = 0; i < options.group_by.size(); ++i) {
    columns += expression_of(options.group_by[i]) + " AS " + group_name(i) + ", ";
    groups += group_name(i) + ", ";
  }
  std::string sql = "SELECT " + groups;
  sql.append(figures).append(options.show_query ? ", min(query) AS query" : "");
  sql.append(" FROM (SELECT ")
      .append(columns)
      .append(options.show_query ? "left(query, 1000) AS query, " : "");
  sql.append(session_columns).append(suspect_expression(options.leak_after)).append(" AS suspect");
  sql.append(from_clients).append(" AND pid <> pg_backend_pid()");
  return sql.append(") AS sessions GROUP BY ").append(groups).append("suspect");
}

std::string server_sessions_sql() {
  // Before 16 there is no `reserved_connections`.
  return std::string(
             "SELECT count(*) AS sessions, current_setting('max_connections')::bigint"
             " - current_setting('superuser_reserved_connections')::bigint"
             " - coalesce(current_setting('reserved_connections', true)::bigint, 0) AS most")
      .append(from_clients);
}

void add_server(ProbeResult& result, const std::string& source, const QueryResult& answer) {
  for_each_row(answer, [&](const Row& row) {
    PoolSnapshot server;
    server.key = PoolKey({.source = source, .scope = PoolScope::target});
    server.info.driver = "postgres";
    server.server_connections = row.count("sessions");
    server.server_connections_max = row.count("most");
    if (server.server_connections) result.pools.push_back(std::move(server));
  });
}

ProbeResult parse_stat_activity(const std::string& source, const StatActivityOptions& options,
                                const QueryResult& answer) {
  require_columns(answer, "pg_stat_activity", {"group_1", "total", "idle", "active", "pid"});
  Groups groups;
  for_each_row(answer, [&](const Row& row) { add_row(groups, row, options, source); });
  ProbeResult result;
  result.dropped = fold(groups, options.limit, PoolKey({.source = source, .name = "other"}));
  for (auto& [label, group] : groups) {
    result.pools.push_back(snapshot_of(group, options.leak_after > Duration::zero()));
    if (group.leaks.empty()) continue;
    std::ranges::stable_sort(group.leaks, std::greater<>(), &LeakReport::held);
    result.leaks.emplace(label, std::move(group.leaks));
  }
  return result;
}

std::unique_ptr<Probe> pg_stat_activity_probe(std::string source, const StatActivityOptions& options,
                                              std::shared_ptr<Driver> driver) {
  std::vector<Statement> statements{{.sql = stat_activity_sql(options)},
                                    {.sql = server_sessions_sql(), .required = false}};
  return std::make_unique<SqlProbe>(std::move(driver), std::move(statements),
                                    [source = std::move(source), options](const Answers& answers) {
                                      ProbeResult result =
                                          parse_stat_activity(source, options, answer_of(answers, 0));
                                      add_server(result, source, answer_of(answers, 1));
                                      return result;
                                    });
}

}  // namespace dbpool
