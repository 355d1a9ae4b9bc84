#include "sources/pgbouncer/limits.hpp"

#include <algorithm>

#include "model/bounded_sum.hpp"
#include "sources/sql/row.hpp"
#include "sources/synthetic/pool_view.hpp"

namespace dbpool {
namespace {

using Count = PoolSnapshot::Count;

/// Returns the smaller bound; nullopt is no bound.
Count smaller(Count a, Count b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

std::optional<bool> flag(const Row& row, std::string_view column) {
  const Count value = row.count(column);
  return value ? std::optional(*value != 0) : std::nullopt;
}

/// Returns whether the whole pooler is paused or suspended; nullopt = it cannot say (1.18 and older).
std::optional<bool> all_paused(const QueryResult& state) {
  if (state.columns.empty()) return std::nullopt;
  bool paused = false;
  for_each_row(state, [&](const Row& row) {
    const auto key = row.text("key");
    if (key == "paused" || key == "suspended") paused = paused || row.text("value") == "yes";
  });
  return paused;
}

/// Returns whether a database is paused. `whole`: whether the whole pooler is; where it cannot say, a 0 of
/// the database proves nothing.
std::optional<bool> is_paused(std::optional<bool> whole, std::optional<bool> database) {
  if (whole == true || database == true) return true;
  return whole ? database : std::nullopt;
}

/// Returns one user's limit: an empty Count for 0, which is "unlimited"; nullopt when the user has no such
/// setting.
std::optional<Count> own_limit(const Row& row, std::string_view column) {
  const Count value = row.count(column);
  if (!value) return std::nullopt;
  return *value == 0 ? Count() : value;
}

Count servers_of(const PoolSnapshot& pool) {
  return plus(pool.total(), pool.opening);
}

}  // namespace

Count pgbouncer_setting(const QueryResult& config, std::string_view key) {
  Count value;
  for_each_row(config, [&](const Row& row) {
    if (row.text("key") == key) value = row.count("value");
  });
  return value;
}

PgBouncerLimits::PgBouncerLimits(const PgBouncerAnswers& answers)
    : max_user_connections_(pgbouncer_setting(answers.config, "max_user_connections")) {
  if (max_user_connections_ == 0U) max_user_connections_.reset();
  read_databases(answers);
  read_users(answers.users);
  count_servers(answers.pools);
}

void PgBouncerLimits::read_databases(const PgBouncerAnswers& answers) {
  // Before 1.16 there is one minimum for all databases.
  const Count min_size = pgbouncer_setting(answers.config, "min_pool_size");
  const std::optional<bool> whole = all_paused(answers.state);
  for_each_row(answers.databases, [&](const Row& row) {
    const auto name = row.text("name");
    if (!name || *name == pgbouncer_console) return;
    Database& database = databases_[*name];
    database.pool_size = row.limit("pool_size");
    database.reserve = row.count("reserve_pool");
    if (!database.reserve) database.reserve = row.count("reserve_pool_size");  // 1.24 and later
    database.min_size = row.count("min_pool_size");
    if (!database.min_size) database.min_size = min_size;
    database.max_connections = row.limit("max_connections");
    database.connections = row.count("current_connections");
    database.forced_user = !row.text("force_user").value_or("").empty();
    pauses_[*name] = {is_paused(whole, flag(row, "paused")), flag(row, "disabled")};
  });
}

void PgBouncerLimits::read_users(const QueryResult& users) {
  for_each_row(users, [&](const Row& row) {
    const auto name = row.text("name");
    if (!name) return;
    User& user = users_[*name];
    user.pool_size = own_limit(row, "pool_size");
    user.reserve = row.count("reserve_pool_size");
    user.max_connections = own_limit(row, "max_user_connections");
    user.connections = row.count("current_connections");
  });
}

void PgBouncerLimits::count_servers(const QueryResult& pools) {
  for_each_row(pools, [&](const Row& row) {
    const auto database = databases_.find(row.text("database").value_or(""));
    const auto user = row.text("user");
    if (!user || database == databases_.end() || database->second.forced_user) return;
    for (const auto column : {"sv_active", "sv_active_cancel", "sv_being_canceled", "sv_idle", "sv_used",
                              "sv_tested", "sv_login"}) {
      servers_[*user] = plus(servers_[*user], row.count(column));
    }
  });
}

PgBouncerLimits::Shared PgBouncerLimits::of_user(const PoolSnapshot& pool, const Database& database) const {
  const std::string& name = pool.info.user;
  Shared user{max_user_connections_, {}};
  // Before 1.23 a user that a database names (force_user) is counted in that database only.
  const auto servers = servers_.find(name);
  user.used = database.forced_user || servers == servers_.end() ? servers_of(pool) : servers->second;
  const auto known = users_.find(name);
  const bool has_own = known != users_.end() && known->second.max_connections;
  if (has_own) {
    user.max = *known->second.max_connections;
    if (known->second.connections) user.used = known->second.connections;
  } else if (user.max && user.used > user.max) {
    user.max.reset();  // before 1.23 the console does not show a limit of the user's own
  }
  return user;
}

PgBouncerLimits::Database PgBouncerLimits::for_user(Database database, const std::string& name) const {
  const auto known = users_.find(name);
  if (known == users_.end()) return database;
  if (known->second.pool_size) database.pool_size = *known->second.pool_size;
  if (known->second.reserve) database.reserve = known->second.reserve;
  return database;
}

void PgBouncerLimits::apply_to(PoolSnapshot& pool) const {
  const auto found = databases_.find(pool.info.database);
  if (found == databases_.end()) return;
  const Pause& pause = pauses_.at(pool.info.database);
  pool.paused = pause.paused;
  pool.disabled = pause.disabled;

  const Database database = for_user(found->second, pool.info.user);
  const Shared of_database{database.max_connections, database.connections};
  const Shared user = of_user(pool, database);
  const Count shared = smaller(of_database.max, user.max);
  const Count own = database.pool_size ? plus(database.pool_size, database.reserve) : Count();
  pool.configured = smaller(database.pool_size, shared);
  pool.max = smaller(own, shared);
  const Count servers = servers_of(pool);
  if (servers && pool.configured && database.reserve) {
    pool.overflow = *servers - std::min(*servers, *pool.configured);
  }
  if (is_held_back(pool)) return;
  // PgBouncer keeps a minimum only for a pool that has a client or a forced user to log in as.
  const bool kept = database.forced_user || plus(pool.clients_active, pool.clients_waiting).value_or(0) > 0;
  if (kept && database.min_size) pool.min = smaller(database.min_size, pool.configured);

  if (pool.waiting.value_or(0) == 0 || (own && servers && *servers >= *own)) return;
  if (user.used_up()) pool.limited_by = "max_user_connections";
  if (of_database.used_up()) pool.limited_by = "max_db_connections";
  pool.saturated = !pool.limited_by.empty();
}

}  // namespace dbpool
