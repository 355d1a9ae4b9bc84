#include "sources/pgbouncer/pgbouncer.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "model/bounded_sum.hpp"
#include "model/utf8.hpp"
#include "sources/pgbouncer/limits.hpp"
#include "sources/sql/row.hpp"
#include "sources/synthetic/pool_view.hpp"

namespace dbpool {
namespace {

using Count = PoolSnapshot::Count;
using Seconds = PoolSnapshot::Seconds;

/// The place of SHOW STATS_TOTALS in `pgbouncer_statements`.
constexpr std::size_t totals_place = 2;
PgBouncerAnswers named_answers(const Answers& answers) {
  std::size_t place = 0;
  const auto next = [&]() -> const QueryResult& { return answer_of(answers, place++); };
  return {next(), next(), next(), next(), next(), next(), next(), next(), next(), next()};
}

constexpr std::string_view console = pgbouncer_console;
/// Seconds. In a pool without any connection, a client that waits longer waits for one that fails to open.
constexpr double connecting_takes = 1;

Seconds from_microseconds(Seconds value) {
  return value ? Seconds(*value / 1e6) : std::nullopt;
}

void read_connections(const Row& row, PoolSnapshot& pool) {
  pool.active =
      plus(row.count("sv_active"), plus(row.count("sv_active_cancel"), row.count("sv_being_canceled")));
  // "used" servers have been idle for longer than server_check_delay.
  pool.idle = row.count("sv_idle");
  if (pool.idle) pool.idle = plus(pool.idle, row.count("sv_used"));
  pool.checking = row.count("sv_tested");
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

/// Counts the oldest wait towards health, except while the pool is paused or disabled.
void judge_wait(PoolSnapshot& pool) {
  if (is_held_back(pool)) return;
  pool.wait_judged_peak = pool.oldest_waiter;
  if (pool.total() == 0U && pool.oldest_waiter.value_or(0) >= connecting_takes) pool.last_connect_ok = false;
}

PoolSnapshot named(const PoolKey::Parts& key) {
  PoolSnapshot pool;
  pool.key = PoolKey(key);
  pool.info = {"pgbouncer", key.database.value_or(""), key.user.value_or(""), {}};
  return pool;
}

void add_pools(const std::string& source, const QueryResult& pools, const PgBouncerLimits& limits,
               ProbeResult& all) {
  for_each_row(pools, [&](const Row& row) {
    const auto database = row.text("database");
    const auto user = row.text("user");
    if (!database || !user || *database == console) return;
    PoolSnapshot& pool =
        all.pools.emplace_back(named({.source = source, .database = database, .user = user}));
    read_connections(row, pool);
    read_clients(row, pool);
    pool.pool_mode = row.text("pool_mode").value_or("");
    limits.apply_to(pool);
    judge_wait(pool);
  });
}

/// Adds the counters of each database, from SHOW STATS_TOTALS or, where the console lacks that, from SHOW
/// STATS, whose columns have a prefix.
void add_databases(const std::string& source, const PgBouncerAnswers& answers, const PgBouncerLimits& limits,
                   ProbeResult& all) {
  std::map<std::string, PoolSnapshot> found;
  const auto entry = [&](const std::string& name) -> PoolSnapshot& {
    return found.try_emplace(name, named({.source = source, .database = name, .scope = PoolScope::database}))
        .first->second;
  };
  for (const auto& [name, pause] : limits.pauses()) {
    PoolSnapshot& pool = entry(name);
    pool.paused = pause.paused;
    pool.disabled = pause.disabled;
  }
  const bool newer = !answers.totals.columns.empty();
  const std::string prefix = newer ? "" : "total_";
  for_each_row(newer ? answers.totals : answers.stats, [&](const Row& row) {
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

/// Adds all clients of the pooler, and those that are logging in, which SHOW POOLS does not list yet.
void add_front(const std::string& source, const PgBouncerAnswers& answers, ProbeResult& all) {
  PoolSnapshot pool = named({.source = source, .scope = PoolScope::target});
  for_each_row(answers.lists, [&](const Row& row) {
    const auto list = row.text("list");
    if (list == "login_clients") pool.clients_waiting = row.count("items");
    if (list == "used_clients") pool.clients_used = row.count("items");
  });
  pool.clients_max = pgbouncer_setting(answers.config, "max_client_conn");
  if (pool.clients_waiting || pool.clients_used) all.pools.push_back(std::move(pool));
}

void add_applications(const std::string& source, const QueryResult& clients, ProbeResult& all) {
  std::map<std::tuple<std::string, std::string, std::string>, PoolSnapshot> found;
  for_each_row(clients, [&](const Row& row) {
    const auto database = row.text("database");
    const auto user = row.text("user");
    auto application = row.text("application_name");
    const auto state = row.text("state").value_or("");
    if (!database || !user || !application || *database == console) return;
    if (application->empty()) application = "-";
    PoolSnapshot& pool =
        found
            .try_emplace({*database, *user, *application}, named({.source = source,
                                                                  .database = database,
                                                                  .user = user,
                                                                  .application = application,
                                                                  .scope = PoolScope::application}))
            .first->second;
    pool.clients_active = pool.clients_active.value_or(0) + (state == "active" || state == "idle" ? 1 : 0);
    pool.clients_waiting = pool.clients_waiting.value_or(0) + (state == "waiting" ? 1 : 0);
  });
  for (auto& [key, pool] : found) all.pools.push_back(std::move(pool));
}

/// Returns the other end of a row of SHOW CLIENTS.
std::string address_of(const Row& row) {
  const std::string address = row.text("addr").value_or("");
  const auto port = row.text("port");
  return address == "unix" || !port ? address : address + ':' + *port;
}

std::map<std::string, PooledClient> clients_by_id(const std::string& source, const QueryResult& clients) {
  std::map<std::string, PooledClient> found;
  for_each_row(clients, [&](const Row& row) {
    const auto id = row.text("ptr");
    if (!id) return;
    found[*id] = {source, valid_utf8(row.text("application_name").value_or("")),
                  valid_utf8(row.text("user").value_or("")), valid_utf8(row.text("database").value_or("")),
                  valid_utf8(address_of(row))};
  });
  return found;
}

/// Adds the servers that clients hold now: each names its client by `link`.
void add_lent_servers(const std::string& source, const PgBouncerAnswers& answers, ProbeResult& all) {
  const auto clients = clients_by_id(source, answers.clients);
  for_each_row(answers.servers, [&](const Row& row) {
    const auto client = clients.find(row.text("link").value_or(""));
    const auto pid = row.count("remote_pid");
    if (client == clients.end() || !pid || *pid > INT32_MAX) return;
    const bool is_local = row.text("addr") == "unix";
    all.lent.push_back(
        {static_cast<std::int64_t>(*pid), is_local ? Count() : row.count("local_port"), client->second});
  });
}

/// Identifies the process that answered, among those that share a port (so_reuseport), by settings that may
/// differ; "" for a process that shares no port.
std::string process_of(const QueryResult& config) {
  if (pgbouncer_setting(config, "so_reuseport").value_or(0) == 0) return "";
  std::string process;
  for_each_row(config, [&](const Row& row) {
    for (const auto key : {"peer_id", "unix_socket_dir", "pidfile", "conffile", "logfile"}) {
      if (row.text("key") == key) process.append(row.text("value").value_or("")).push_back('\n');
    }
  });
  return process;
}

/// The processes that have answered so far.
class Processes {
 public:
  void note(const QueryResult& config, ProbeResult& result) {
    if (const std::string process = process_of(config); !process.empty()) seen_.insert(process);
    if (seen_.size() < 2) return;
    result.hints.emplace_back(
        "several PgBouncer processes share this port (so_reuseport) and answer in turn, each with counters "
        "of its own; use one source for each process, by its unix socket");
  }

 private:
  std::set<std::string> seen_;
};

}  // namespace

std::vector<Statement> pgbouncer_statements(const PgBouncerOptions& options) {
  std::vector<Statement> all{{"SHOW POOLS", true},         {"SHOW DATABASES", true},
                             {"SHOW STATS_TOTALS", false}, {"SHOW STATS", false, totals_place},
                             {"SHOW CONFIG", false},       {"SHOW LISTS", false},
                             {"SHOW STATE", false},        {"SHOW USERS", false}};
  if (options.clients) {
    all.push_back({"SHOW CLIENTS", false});
    all.push_back({"SHOW SERVERS", false});
  }
  return all;
}

ProbeResult parse_pgbouncer(const std::string& source, const Answers& answers) {
  const PgBouncerAnswers answered = named_answers(answers);
  require_columns(answered.pools, "SHOW POOLS",
                  {"database", "user", "cl_active", "cl_waiting", "sv_active", "sv_idle"});
  require_columns(answered.databases, "SHOW DATABASES", {"name", "pool_size"});
  const PgBouncerLimits limits(answered);
  ProbeResult all;
  add_pools(source, answered.pools, limits, all);
  add_databases(source, answered, limits, all);
  add_front(source, answered, all);
  add_applications(source, answered.clients, all);
  add_lent_servers(source, answered, all);
  return all;
}

// `ProbedSource` takes the result, through `SqlProbe`.
std::unique_ptr<Probe> pgbouncer_probe(std::string source, const PgBouncerOptions& options,
                                       std::shared_ptr<Driver> driver) {
  return std::make_unique<SqlProbe>(
      std::move(driver), pgbouncer_statements(options),
      [source = std::move(source), processes = Processes()](const Answers& answers) mutable {
        ProbeResult result = parse_pgbouncer(source, answers);
        processes.note(named_answers(answers).config, result);
        return result;
      });
}

}  // namespace dbpool
