#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "dbpool/model/pool_snapshot.hpp"
#include "dbpool/pool/driver.hpp"

namespace dbpool {

/// PgBouncer's own console, which is not a pool.
inline constexpr std::string_view pgbouncer_console = "pgbouncer";

/// The answers of a PgBouncer console. A statement that it does not know, or was not asked, has one without
/// columns and rows. REQUIRES: the results outlive it.
struct PgBouncerAnswers {
  const QueryResult &pools, &databases, &totals, &stats, &config, &lists, &state, &users, &clients, &servers;
};

/// The limits that PgBouncer sets for its pools, and how much of them is used. A value.
class PgBouncerLimits {
 public:
  explicit PgBouncerLimits(const PgBouncerAnswers& answers);

  /// Whether a database is paused or disabled; nullopt = not known.
  struct Pause {
    std::optional<bool> paused, disabled;
  };
  const std::map<std::string, Pause>& pauses() const noexcept { return pauses_; }

  /// Sets the limits of `pool`, whether one that it shares is used up, and whether the pool is paused or
  /// disabled. REQUIRES: the connections and clients of `pool` are set, where they are known.
  void apply_to(PoolSnapshot& pool) const;

 private:
  using Count = PoolSnapshot::Count;

  /// A database's entry in SHOW DATABASES.
  struct Database {
    Count pool_size, reserve, min_size, max_connections, connections;
    bool forced_user = false;
  };
  /// A user's entry in SHOW USERS; without figures before 1.23.
  struct User {
    std::optional<Count> pool_size, max_connections;  ///< nullopt = the general limit applies
    Count reserve, connections;
  };
  /// A limit that several pools share, and how much of it is used; nullopt = no limit, or not known.
  struct Shared {
    Count max, used;
    bool used_up() const { return max && used && *used >= *max; }
  };

  void read_databases(const PgBouncerAnswers& answers);
  void read_users(const QueryResult& users);
  void count_servers(const QueryResult& pools);
  Shared of_user(const PoolSnapshot& pool, const Database& database) const;
  /// Returns the entry with the user's own settings.
  Database for_user(Database database, const std::string& name) const;

  std::map<std::string, Pause> pauses_;
  std::map<std::string, Database> databases_;
  std::map<std::string, User> users_;
  std::map<std::string, Count> servers_;  ///< by user, over all databases without force_user
  Count max_user_connections_;            ///< of users without a limit of their own
};

/// Returns a number in SHOW CONFIG; nullopt = not known.
PoolSnapshot::Count pgbouncer_setting(const QueryResult& config, std::string_view key);

}  // namespace dbpool
