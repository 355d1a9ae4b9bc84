#include "sources/pgbouncer.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "model/counts.hpp"
#include "sources/pool_view.hpp"
#include "sources/rows.hpp"

namespace dbpool {
namespace {

using Count = PoolSnapshot::Count;
using Seconds = PoolSnapshot::Seconds;

enum Question : std::size_t { pools, databases, totals, stats, config, lists, state, clients };

/// PgBouncer's own console, which is no pool.
constexpr std::string_view console = "pgbouncer";
/// A client that waits for longer, while the pool has no connection at all, waits for one that fails to open.
constexpr double connecting_takes = 1;

/// What SHOW DATABASES tells of one.
struct Database {
  Count pool_size, reserve, min_size, max_connections;
  bool forced_user = false;
  std::optional<bool> paused, disabled;
};
using Databases = std::map<std::string, Database>;

/// The smaller bound; nullopt is no bound.
Count smaller(Count a, Count b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

std::optional<bool> flag(const Row& row, std::string_view column) {
  const Count value = row.count(column);
  return value ? std::optional(*value != 0) : std::nullopt;
}

Seconds from_microseconds(Seconds value) {
  return value ? Seconds(*value / 1e6) : std::nullopt;
}

Count setting(const QueryResult& config, std::string_view key) {
  Count value;
  for_each_row(config, [&](const Row& row) {
    if (row.text("key") == key) value = row.count("value");
  });
  return value;
}

/// Whether PAUSE or SUSPEND was said to the whole pooler, which 1.18 does not tell.
bool all_paused(const Answers& answers) {
  bool paused = false;
  for_each_row(answer_of(answers, state), [&](const Row& row) {
    const auto key = row.text("key");
    if (key == "paused" || key == "suspended") paused = paused || row.text("value") == "yes";
  });
  return paused;
}

Databases read_databases(const Answers& answers) {
  // Before 1.16 there is only one minimum for all.
  const Count min_size = setting(answer_of(answers, config), "min_pool_size");
  const bool paused = all_paused(answers);
  Databases all;
  for_each_row(answer_of(answers, databases), [&](const Row& row) {
    const auto name = row.text("name");
    if (!name || *name == console) return;
    Database& database = all[*name];
    database.pool_size = row.limit("pool_size");
    database.reserve = row.count("reserve_pool");
    if (!database.reserve) database.reserve = row.count("reserve_pool_size");  // 1.24 and later
    database.min_size = row.count("min_pool_size");
    if (!database.min_size) database.min_size = min_size;
    database.max_connections = row.limit("max_connections");
    database.forced_user = !row.text("force_user").value_or("").empty();
    database.paused = paused ? true : flag(row, "paused");
    database.disabled = flag(row, "disabled");
  });
  return all;
}

void read_connections(const Row& row, PoolSnapshot& pool) {
  pool.active =
      plus(row.count("sv_active"), plus(row.count("sv_active_cancel"), row.count("sv_being_canceled")));
  pool.idle = row.count("sv_idle");
  pool.checking = plus(row.count("sv_used"), row.count("sv_tested"));
  pool.opening = row.count("sv_login");
}

void read_clients(const Row& row, PoolSnapshot& pool) {
  pool.clients_active = row.count("cl_active");
  pool.clients_waiting = pool.waiting = row.count("cl_waiting");
  const Count whole = row.count("maxwait");
  const Seconds rest = from_microseconds(row.number("maxwait_us"));
  if (pool.waiting == 0U) {
    pool.oldest_waiter = 0;
  } else if (whole) {
    pool.oldest_waiter = static_cast<double>(*whole) + rest.value_or(0);
  }
}

/// REQUIRES: its clients are known, and whether it is held back.
void set_bounds(const Database& database, PoolSnapshot& pool) {
  pool.configured = smaller(database.pool_size, database.max_connections);
  if (database.pool_size)
    pool.max = smaller(plus(database.pool_size, database.reserve), database.max_connections);
  if (!database.pool_size) pool.max = database.max_connections;
  const Count servers = plus(pool.total(), pool.opening);
  if (servers && pool.configured && database.reserve) {
    pool.overflow = *servers - std::min(*servers, *pool.configured);
  }
  // PgBouncer keeps a minimum only where it has a client or knows whom to log in as.
  const bool kept = database.forced_user || plus(pool.clients_active, pool.clients_waiting).value_or(0) > 0;
  if (kept && !is_held_back(pool) && database.min_size)
    pool.min = smaller(database.min_size, pool.configured);
}

/// How long somebody has waited counts for the pool's health, unless somebody else wants it so.
void judge_wait(PoolSnapshot& pool) {
  if (is_held_back(pool)) return;
  pool.wait_judged_peak = pool.oldest_waiter;
  if (pool.total() == 0U && pool.oldest_waiter.value_or(0) >= connecting_takes) pool.last_connect_ok = false;
}

PoolSnapshot named(const std::string& name, std::string database, std::string user) {
  PoolSnapshot pool;
  pool.pool = name;
  pool.info = {"pgbouncer", std::move(database), std::move(user), {}};
  return pool;
}

void add_pools(const std::string& source, const Answers& answers, const Databases& known, ProbeResult& all) {
  for_each_row(answer_of(answers, pools), [&](const Row& row) {
    const auto database = row.text("database");
    const auto user = row.text("user");
    if (!database || !user || *database == console) return;
    PoolSnapshot& pool =
        all.pools.emplace_back(named(source + '/' + *database + '/' + *user, *database, *user));
    read_connections(row, pool);
    read_clients(row, pool);
    pool.pool_mode = row.text("pool_mode").value_or("");
    if (const auto found = known.find(*database); found != known.end()) {
      pool.paused = found->second.paused;
      pool.disabled = found->second.disabled;
      set_bounds(found->second, pool);
    }
    judge_wait(pool);
  });
}

/// Counters by database. SHOW STATS has had them for longer, with a prefix.
void add_databases(const std::string& source, const Answers& answers, const Databases& known,
                   ProbeResult& all) {
  std::map<std::string, PoolSnapshot> found;
  const auto entry = [&](const std::string& name) -> PoolSnapshot& {
    return found.try_emplace(name, named(source + '/' + name, name, "")).first->second;
  };
  for (const auto& [name, database] : known) {
    PoolSnapshot& pool = entry(name);
    pool.paused = database.paused;
    pool.disabled = database.disabled;
  }
  const bool newer = totals < answers.size() && answers[totals];
  const std::string prefix = newer ? "" : "total_";
  for_each_row(answer_of(answers, newer ? totals : stats), [&](const Row& row) {
    const auto name = row.text("database");
    if (!name || *name == console) return;
    PoolSnapshot& pool = entry(*name);
    pool.queries = row.count(prefix + "query_count");
    pool.transactions = row.count(prefix + "xact_count");
    pool.query_seconds = from_microseconds(row.number(prefix + "query_time"));
    pool.transaction_seconds = from_microseconds(row.number(prefix + "xact_time"));
    pool.wait_seconds = from_microseconds(row.number(prefix + "wait_time"));
  });
  for (auto& [name, pool] : found) all.pools.push_back(std::move(pool));
}

/// Clients that are logging in, which SHOW POOLS does not know yet.
void add_front(const std::string& source, const Answers& answers, ProbeResult& all) {
  for_each_row(answer_of(answers, lists), [&](const Row& row) {
    if (row.text("list") != "login_clients") return;
    PoolSnapshot pool = named(source, "", "");
    pool.clients_waiting = row.count("items");
    if (pool.clients_waiting) all.pools.push_back(std::move(pool));
  });
}

void add_applications(const std::string& source, const Answers& answers, ProbeResult& all) {
  std::map<std::tuple<std::string, std::string, std::string>, PoolSnapshot> found;
  for_each_row(answer_of(answers, clients), [&](const Row& row) {
    const auto database = row.text("database");
    const auto user = row.text("user");
    auto application = row.text("application_name");
    const auto state = row.text("state").value_or("");
    if (!database || !user || !application || *database == console) return;
    if (application->empty()) application = "-";
    const std::string name = source + '/' + *database + '/' + *user + '/' + *application;
    PoolSnapshot& pool =
        found.try_emplace({*database, *user, *application}, named(name, *database, *user)).first->second;
    pool.clients_active = pool.clients_active.value_or(0) + (state == "active" || state == "idle" ? 1 : 0);
    pool.clients_waiting = pool.clients_waiting.value_or(0) + (state == "waiting" ? 1 : 0);
  });
  for (auto& [key, pool] : found) all.pools.push_back(std::move(pool));
}

}  // namespace

std::vector<Statement> pgbouncer_statements(const PgBouncerOptions& options) {
  std::vector<Statement> all{{"SHOW POOLS", true},         {"SHOW DATABASES", true},
                             {"SHOW STATS_TOTALS", false}, {"SHOW STATS", false, totals},
                             {"SHOW CONFIG", false},       {"SHOW LISTS", false},
                             {"SHOW STATE", false}};
  if (options.clients) all.push_back({"SHOW CLIENTS", false});
  return all;
}

ProbeResult parse_pgbouncer(const std::string& source, const Answers& answers) {
  require_columns(answer_of(answers, pools), "SHOW POOLS",
                  {"database", "user", "cl_active", "cl_waiting", "sv_active", "sv_idle"});
  require_columns(answer_of(answers, databases), "SHOW DATABASES", {"name", "pool_size"});
  const Databases known = read_databases(answers);
  ProbeResult all;
  add_pools(source, answers, known, all);
  add_databases(source, answers, known, all);
  add_front(source, answers, all);
  add_applications(source, answers, all);
  return all;
}

std::unique_ptr<Probe> pgbouncer_probe(std::string source, const PgBouncerOptions& options,
                                       std::shared_ptr<Driver> driver) {
  return std::make_unique<SqlProbe>(
      std::move(driver), pgbouncer_statements(options),
      [source = std::move(source)](const Answers& answers) { return parse_pgbouncer(source, answers); });
}

}  // namespace dbpool
