#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "dbpool/model/pool_snapshot.hpp"
#include "dbpool/pool/driver.hpp"

namespace dbpool {

/// PgBouncer's own console, which is no pool.
inline constexpr std::string_view pgbouncer_console = "pgbouncer";

/// What a PgBouncer's console answered; one without columns and rows to what it does not know. REQUIRES: the
/// results outlive it.
struct PgBouncerAnswers {
  const QueryResult &pools, &databases, &totals, &stats, &config, &lists, &state, &users, &clients;
};

/// What PgBouncer lets its pools have, and how much of it is used. A value.
class PgBouncerLimits {
 public:
  explicit PgBouncerLimits(const PgBouncerAnswers& answers);

  /// Whether a database is held back; nullopt = not known.
  struct Pause {
    std::optional<bool> paused, disabled;
  };
  const std::map<std::string, Pause>& pauses() const noexcept { return pauses_; }

  /// Sets all that `pool` may have, whether that is used up, and whether it is held back.
  /// REQUIRES: its connections and its clients are known, as far as they ever will be.
  void apply_to(PoolSnapshot& pool) const;

 private:
  using Count = PoolSnapshot::Count;

  /// The entry in SHOW DATABASES.
  struct Database {
    Count pool_size, reserve, min_size, max_connections, connections;
    bool forced_user = false;
  };
  /// The entry in SHOW USERS, where it says anything (1.23 and later).
  struct User {
    std::optional<Count> pool_size, max_connections;  ///< nullopt = as for others
    Count reserve, connections;
  };
  /// What several pools have together at most, and have; nullopt = no limit, or not known.
  struct Shared {
    Count max, used;
    bool used_up() const { return max && used && *used >= *max; }
  };

  void read_databases(const PgBouncerAnswers& answers);
  void read_users(const QueryResult& users);
  void count_servers(const QueryResult& pools);
  Shared of_user(const PoolSnapshot& pool, const Database& database) const;
  /// The entry with what the user's own settings change.
  Database for_user(Database database, const std::string& name) const;

  std::map<std::string, Pause> pauses_;
  std::map<std::string, Database> databases_;
  std::map<std::string, User> users_;
  std::map<std::string, Count> servers_;  ///< by user, over all databases that do not name theirs
  Count max_user_connections_;            ///< of users that have no other
};

/// A number in SHOW CONFIG; nullopt = not known.
PoolSnapshot::Count pgbouncer_setting(const QueryResult& config, std::string_view key);

}  // namespace dbpool
