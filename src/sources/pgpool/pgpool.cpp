#include "sources/pgpool/pgpool.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>

#include "dbpool/model/error.hpp"
#include "model/bounded_sum.hpp"
#include "model/seconds.hpp"
#include "sources/sql/row.hpp"

namespace dbpool {
namespace {

using Count = PoolSnapshot::Count;

enum Question : std::size_t { ourselves, slots, children, backends, health_checks };

/// Returns the value of a one-row answer.
std::optional<std::string> single(const Answers& answers, Question question, std::string_view column) {
  std::optional<std::string> value;
  for_each_row(answer_of(answers, question), [&](const Row& row) { value = row.text(column); });
  return value;
}

Count single_count(const Answers& answers, Question question, std::string_view column) {
  Count value;
  for_each_row(answer_of(answers, question), [&](const Row& row) { value = row.limit(column); });
  return value;
}

/// Returns the sum of the known columns over all rows; nullopt when no column is known.
Count sum(const QueryResult& result, std::initializer_list<std::string_view> columns) {
  Count all;
  for_each_row(result, [&](const Row& row) {
    for (const auto column : columns) all = plus(all, row.count(column));
  });
  return all;
}

/// An entry of a child's cache: a connection to every backend, for one database and user.
struct Slot {
  std::string database, user;
  bool connected = false;  ///< a client uses it now
  bool ours = false;
};

struct Children {
  std::map<std::pair<std::string, std::string>, Slot> slots;  ///< by process and place
  std::set<std::string> processes;
};

/// Reads the slots, each of which has a row per backend.
Children read_children(const Answers& answers) {
  const auto own_backend = single(answers, ourselves, "pg_backend_pid");
  Children all;
  for_each_row(answer_of(answers, slots), [&](const Row& row) {
    const auto process = row.text("pool_pid");
    const auto place = row.text("pool_id");
    if (!process || !place) return;
    all.processes.insert(*process);
    const auto database = row.text("database").value_or("");
    const auto user = row.text("username").value_or("");
    if (database.empty() && user.empty()) return;
    Slot& slot = all.slots[{*process, *place}];
    slot.database = database;
    slot.user = user;
    slot.connected = slot.connected || row.count("pool_connected").value_or(0) > 0;
    slot.ours = slot.ours || (own_backend && row.text("pool_backendpid") == own_backend);
  });
  return all;
}

PoolSnapshot named(const PoolKey::Parts& key) {
  PoolSnapshot pool;
  pool.key = PoolKey(key);
  pool.info = {"pgpool", key.database.value_or(""), key.user.value_or(""), {}};
  return pool;
}

/// Returns the pool of the whole pooler, without figures.
PoolSnapshot whole(const std::string& source) {
  return named({.source = source, .scope = PoolScope::target});
}

/// Returns the pool of the whole pooler: its children, each of which serves one client at a time, for any
/// database and user. The other pools are parts of it.
PoolSnapshot front(const std::string& source, const Answers& answers, const Children& all) {
  PoolSnapshot pool = whole(source);
  std::set<std::string> busy;
  for (const auto& [key, slot] : all.slots) {
    if (slot.connected && !slot.ours) busy.insert(key.first);
  }
  pool.active = pool.clients_active = busy.size();
  pool.idle = all.processes.size() - busy.size();
  pool.max = single_count(answers, children, "num_init_children");
  if (!pool.max && !all.processes.empty()) pool.max = all.processes.size();
  pool.queries = sum(answer_of(answers, backends),
                     {"select_cnt", "insert_cnt", "update_cnt", "delete_cnt", "ddl_cnt", "other_cnt"});
  pool.health_checks = sum(answer_of(answers, health_checks), {"total_count"});
  pool.health_check_failures = sum(answer_of(answers, health_checks), {"fail_count"});
  return pool;
}

/// A reading over a connection of its own.
class Reading : public ProbeOperation {
 public:
  Reading(const std::string& source, const std::shared_ptr<Driver>& driver, ProbeResult& last)
      : source_(source), last_(last), probe_(driver, pgpool_statements(), [&source](const Answers& answers) {
          return parse_pgpool(source, answers);
        }) {}

  void start(Deadline deadline) { asking_ = probe_.start_read(deadline); }

  std::optional<IoWait> advance(TimePoint now) override {
    if (!began_) began_ = now;
    took_ = now - *began_;
    try {
      return asking_->advance(now);
    } catch (const ConnectUnanswered&) {
      saturated_ = true;
    } catch (const DriverError& error) {
      // Where children are reserved, Pgpool-II refuses clients instead of letting them wait.
      if (error.sqlstate() != too_many_connections) throw;
      saturated_ = true;
    }
    return std::nullopt;
  }

  ProbeResult take() override {
    if (saturated_) return saturated_pgpool(source_, last_, took_);
    last_ = asking_->take();
    return last_;
  }

 private:
  static constexpr std::string_view too_many_connections = "53300";

  const std::string& source_;
  ProbeResult& last_;
  SqlProbe probe_;
  std::unique_ptr<ProbeOperation> asking_;  // destroyed before `probe_`, which it uses
  std::optional<TimePoint> began_;
  Duration took_{0};
  bool saturated_ = false;
};

class PgpoolProbe : public Probe {
 public:
  PgpoolProbe(std::string source, std::shared_ptr<Driver> driver)
      : source_(std::move(source)), driver_(std::move(driver)) {}

  std::unique_ptr<ProbeOperation> start_read(Deadline deadline) override {
    auto reading = std::make_unique<Reading>(source_, driver_, last_);
    reading->start(deadline);
    return reading;
  }

 private:
  const std::string source_;
  const std::shared_ptr<Driver> driver_;
  ProbeResult last_;  // the last reading that was not saturated
};

}  // namespace

std::vector<Statement> pgpool_statements() {
  return {{"SELECT pg_backend_pid()", false},
          {"SHOW pool_pools", true},
          {"PGPOOL SHOW num_init_children", false},
          {"SHOW pool_backend_stats", false},
          {"SHOW pool_health_check_stats", false}};
}

ProbeResult parse_pgpool(const std::string& source, const Answers& answers) {
  require_columns(answer_of(answers, slots), "SHOW pool_pools",
                  {"pool_pid", "pool_id", "database", "username", "pool_connected"});
  const Children all = read_children(answers);
  std::map<std::pair<std::string, std::string>, PoolSnapshot> pools;
  for (const auto& [key, slot] : all.slots) {
    PoolSnapshot& pool =
        pools
            .try_emplace({slot.database, slot.user},
                         named({.source = source, .database = slot.database, .user = slot.user}))
            .first->second;
    const bool busy = slot.connected && !slot.ours;
    pool.active = pool.active.value_or(0) + (busy ? 1 : 0);
    pool.idle = pool.idle.value_or(0) + (busy ? 0 : 1);
  }
  ProbeResult result;
  for (auto& [key, pool] : pools) result.pools.push_back(std::move(pool));
  result.pools.push_back(front(source, answers, all));
  return result;
}

ProbeResult saturated_pgpool(const std::string& source, const ProbeResult& last, Duration waited) {
  ProbeResult result;
  Count max;
  for (const PoolSnapshot& known : last.pools) {
    if (known.key.scope() == PoolScope::target) {
      max = known.max;
      continue;
    }
    PoolSnapshot& pool = result.pools.emplace_back();
    pool.key = known.key;
    pool.info = known.info;
    pool.saturated = true;
  }
  PoolSnapshot& pool = result.pools.emplace_back(whole(source));
  pool.saturated = true;
  pool.active = pool.max = max;
  if (max) pool.idle = 0;
  pool.waiting = pool.clients_waiting = 1;
  pool.clients_active = max;
  pool.oldest_waiter = seconds_of(waited);
  return result;
}

std::unique_ptr<Probe> pgpool_probe(std::string source, std::shared_ptr<Driver> driver) {
  return std::make_unique<PgpoolProbe>(std::move(source), std::move(driver));
}

}  // namespace dbpool
