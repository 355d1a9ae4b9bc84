#include "health/diagnose.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "health/assess.hpp"
#include "health/error_class.hpp"
#include "health/leak_sites.hpp"
#include "health/pressure.hpp"

namespace dbpool {
namespace {

/// The fewest uses that make a mean.
constexpr double fewest_uses = 10;
/// How many times its mean over the hour a use must take to be slow.
constexpr double slow_from = 2;
/// The share of the last 30 s in which a busy pool is under load.
constexpr double lasting_from = 0.5;
/// Seconds; a caller that has waited for as long is no accident of one moment.
constexpr double long_wait = 1;

std::optional<double> number(const PoolSnapshot::Count& count) {
  return count ? std::optional(static_cast<double>(*count)) : std::nullopt;
}

bool is_pooler(SourceKind kind) {
  return kind == SourceKind::pgbouncer || kind == SourceKind::pgpool;
}

/// A diagnosis in the making.
class Diagnoser {
 public:
  explicit Diagnoser(const Symptoms& symptoms)
      : pool_(symptoms.figures), symptoms_(symptoms), use_(windows_of_use()) {
    begin();
  }

  Diagnosis take() {
    const bool decided = closing() || paused() || limit_elsewhere() || database_down() || leak() ||
                         slow_use() || too_small() || undecided();
    if (!decided) decide(Verdict::ok, Ground::none);
    if (is_about_load()) add_load();
    return std::move(made_);
  }

 private:
  void begin() {
    const Windows& windows = symptoms_.windows;
    made_.known_seconds = windows.hour.seconds;
    made_.demand = demand(windows);
    if (made_.demand) made_.needed_size = needed_size(*made_.demand);
    DiagnosedFigures& f = made_.figures;
    f.idle = pool_.idle, f.active = pool_.active, f.total = pool_.total(), f.max = pool_.max;
    if (pool_.waiting) f.waiting = callers_waiting(pool_);
    // Some leaks of a pool that does not count them are known from the server.
    f.leaked = pool_.leaked || symptoms_.leaks.empty() ? pool_.leaked : symptoms_.leaks.size();
    f.clients_used = pool_.clients_used, f.clients_max = pool_.clients_max;
    f.server_connections = pool_.server_connections, f.server_connections_max = pool_.server_connections_max;
    f.used_share = used_share(pool_);
    f.busy_share = windows.recent.busy.rate();
  }

  bool decide(Verdict verdict, Ground ground) {
    made_.verdict = verdict;
    made_.ground = ground;
    return true;
  }
  void prove(std::string figure, const std::optional<double>& value, std::optional<double> bound) {
    if (value) made_.evidence.push_back({std::move(figure), *value, bound});
  }

  bool closing() {
    if (pool_.phase != PoolPhase::shutting_down && pool_.phase != PoolPhase::terminated) return false;
    return decide(Verdict::unknown, Ground::closing);
  }

  bool paused() {
    if (pool_.paused != true && pool_.disabled != true) return false;
    const bool is_paused = pool_.paused == true;
    prove(is_paused ? "paused" : "disabled", 1, 1);
    prove("waiting", number(made_.figures.waiting), std::nullopt);
    return decide(Verdict::paused, is_paused ? Ground::paused : Ground::disabled);
  }

  bool limit_elsewhere() {
    if (pool_.key.scope() == PoolScope::target && pool_.clients_used && pool_.clients_max &&
        *pool_.clients_used >= *pool_.clients_max) {
      prove("clients_used", number(pool_.clients_used), number(pool_.clients_max));
      return decide(Verdict::limit_elsewhere, Ground::client_limit);
    }
    if (pool_.server_connections && pool_.server_connections_max &&
        *pool_.server_connections >= *pool_.server_connections_max) {
      prove("server_connections", number(pool_.server_connections), number(pool_.server_connections_max));
      return decide(Verdict::limit_elsewhere, Ground::server_limit);
    }
    if (!pool_.limited_by.empty() && callers_waiting(pool_) > 0) {
      made_.figures.limited_by = pool_.limited_by;
      prove("waiting", number(made_.figures.waiting), 1);
      return decide(Verdict::limit_elsewhere, Ground::shared_limit);
    }
    return refused_for_limit();
  }

  bool refused_for_limit() {
    if (const std::string_view login = failed_login(); is_limit_error(login)) {
      rest_on(login, ErrorKind::network);
      prove("total", number(pool_.total()), 1);
    } else if (connect_failure_matters() && is_limit_error(pool_.last_error)) {
      rest_on(pool_.last_error, pool_.last_error_kind);
      prove("last_connect_ok", 0, 1);
    } else {
      return false;
    }
    return decide(Verdict::limit_elsewhere, Ground::refused_limit);
  }

  /// Returns whether the last connect failed and the pool still wants one. Later errors may hide its error.
  bool connect_failure_matters() const {
    if (is_pooler(symptoms_.kind)) return false;  // its own connects are not those of its clients
    if (pool_.phase == PoolPhase::recovering) return true;
    if (pool_.last_connect_ok != false) return false;
    return pool_.total().value_or(0) == 0 || callers_waiting(pool_) > 0 ||
           pool_.errors_recent.value_or(0) > 0;
  }

  bool database_down() {
    if (const std::string_view login = failed_login(); !login.empty()) {
      rest_on(login, ErrorKind::network);
      prove("total", number(pool_.total()), 1);
      return decide(Verdict::database_down, Ground::failed_logins);
    }
    // Of a pooler's own contacts only those of the synthetic client prove anything about the database.
    if (is_pooler(symptoms_.kind)) return false;
    const bool has_none = pool_.total().value_or(0) == 0;
    if (pool_.phase == PoolPhase::recovering || (has_none && pool_.last_connect_ok == false)) {
      rest_on(pool_.last_error, pool_.last_error_kind);
      prove("total", number(pool_.total()), 1);
      prove("last_connect_ok", 0, 1);
      return decide(Verdict::database_down, Ground::no_connection);
    }
    // A database that refuses a query or a login for a limit has answered.
    const bool has_answered = pool_.last_error_kind == ErrorKind::query || is_limit_error(pool_.last_error);
    if (pool_.last_contact_ok != false || has_answered) return false;
    rest_on(pool_.last_error, pool_.last_error_kind);
    prove("last_contact_ok", 0, 1);
    return decide(Verdict::database_down, Ground::lost_contact);
  }

  /// Returns the error of a login that fails at the pool's database; "" = none is known to fail, or the pool
  /// has a server.
  std::string_view failed_login() const {
    if (symptoms_.database == nullptr || pool_.total().value_or(0) > 0) return "";
    return symptoms_.database->failed_login;
  }

  void rest_on(std::string_view error, std::optional<ErrorKind> kind) {
    made_.figures.error = error;
    made_.figures.error_kind = error.empty() ? std::nullopt : kind;
  }

  bool leak() {
    if (made_.figures.leaked.value_or(0) == 0) return false;
    prove("leaked", number(made_.figures.leaked), 1);
    made_.figures.sites = leak_sites(symptoms_.leaks);
    made_.figures.full_after = full_after(pool_, symptoms_.windows);
    return decide(Verdict::leak, Ground::leaked_leases);
  }

  bool has_long_waiter() const {
    return callers_waiting(pool_) > 0 && pool_.oldest_waiter.value_or(0) >= long_wait;
  }
  /// Returns whether the pool is busy for longer than a moment. Where its load is no longer known, as of a
  /// pool whose senders are silent, the last 30 s prove nothing about the present.
  bool under_load() const {
    if (!has_known_load(pool_)) return false;
    return has_long_waiter() || made_.figures.busy_share.value_or(is_busy(pool_) ? 1 : 0) >= lasting_from;
  }
  /// Returns whether it is, and cannot grow meanwhile.
  bool is_exhausted() const {
    if (!has_known_load(pool_)) return false;
    if (has_long_waiter() && is_full(pool_)) return true;
    const bool now = is_busy(pool_) && is_full(pool_);
    return symptoms_.windows.recent.full.rate().value_or(now ? 1 : 0) >= lasting_from;
  }

  const Windows& windows_of_use() const {
    const Windows& own = symptoms_.windows;
    return own.hour.use.seconds > 0 || symptoms_.database == nullptr ? own : symptoms_.database->windows;
  }

  /// The 30 s show a change before it weighs in the mean of five minutes.
  bool slow_use() {
    if (!under_load()) return false;
    return slower_in(use_.five_minutes, "mean_use_5m") || slower_in(use_.recent, "mean_use_30s");
  }

  bool slower_in(const Window& window, const char* figure) {
    const bool has_both = window.uses >= fewest_uses && use_.hour.uses - window.uses >= fewest_uses;
    const double former = use_.hour.mean_use().value_or(0), lately = window.mean_use().value_or(0);
    if (!has_both || former <= 0 || lately < slow_from * former) return false;
    made_.figures.mean_use = lately;
    made_.figures.former_use = former;
    prove(figure, lately, slow_from * former);
    return decide(Verdict::slow_use, Ground::longer_use);
  }

  bool too_small() {
    if (!is_exhausted()) return false;
    prove("demand", made_.demand, number(pool_.max));
    return decide(Verdict::too_small, Ground::full);
  }

  /// Decides for `unknown` where something is wrong that no verdict explains, or nothing is known.
  bool undecided() {
    if (under_load() && callers_waiting(pool_) > 0) return unexplained_waits();
    // Also the exporter's own client gets no server; a paused pool has been decided.
    const bool has_none = pool_.total() == 0U && pool_.opening.value_or(0) == 0;
    if (is_pooler(symptoms_.kind) && has_none && pool_.waiting.value_or(0) > 0)
      return decide(Verdict::unknown, Ground::no_server);
    const bool is_probed = symptoms_.kind != SourceKind::owned && !is_pooler(symptoms_.kind);
    if (is_probed && pool_.last_connect_ok == false) return decide(Verdict::unknown, Ground::contradiction);
    if (pool_.phase == PoolPhase::initializing) return decide(Verdict::unknown, Ground::not_judged_yet);
    if (is_deserted(pool_)) {
      prove("total", number(pool_.total()), 1);
      return decide(Verdict::unknown, Ground::no_clients);
    }
    return !is_known() && decide(Verdict::unknown, Ground::no_figures);
  }

  bool unexplained_waits() {
    if (pool_.last_connect_ok == false) rest_on(pool_.last_error, pool_.last_error_kind);
    if (pool_.idle.value_or(0) > 0) return decide(Verdict::unknown, Ground::contradiction);
    if (pool_.total() == 0U && is_pooler(symptoms_.kind)) return decide(Verdict::unknown, Ground::no_server);
    return decide(Verdict::unknown, pool_.max > 0U ? Ground::not_full : Ground::no_max);
  }

  bool is_known() const {
    return has_known_load(pool_) || pool_.leaked || pool_.phase || pool_.last_connect_ok ||
           pool_.last_contact_ok == true || (pool_.clients_used && pool_.clients_max) ||
           pool_.server_connections;
  }

  /// Returns whether the verdict is about the pool's load, or finds nothing else.
  bool is_about_load() const {
    return made_.verdict >= Verdict::slow_use || made_.ground == Ground::contradiction ||
           made_.ground == Ground::not_full || made_.ground == Ground::no_max ||
           made_.ground == Ground::no_server;
  }
  void add_load() {
    prove("utilization", made_.figures.used_share, busy_from);
    prove("waiting", number(made_.figures.waiting), 1);
    if (under_load()) prove("busy_share_30s", made_.figures.busy_share, lasting_from);
    if (pool_.key.scope() == PoolScope::target)
      prove("clients_used", number(pool_.clients_used), number(pool_.clients_max));
    prove("server_connections", number(pool_.server_connections), number(pool_.server_connections_max));
  }

  const PoolSnapshot& pool_;
  const Symptoms& symptoms_;
  const Windows& use_;
  Diagnosis made_;
};

}  // namespace

bool has_diagnosis(const PoolSnapshot& figures) {
  return figures.key.scope() == PoolScope::target || figures.key.scope() == PoolScope::pool;
}

Diagnosis diagnose(const Symptoms& symptoms) {
  return Diagnoser(symptoms).take();
}

Diagnosis not_read(const std::string& error) {
  Diagnosis made;
  made.ground = Ground::not_read;
  made.evidence.push_back({"up", 0, 1});
  made.figures.error = error;
  return made;
}

std::uint64_t needed_size(double demand) {
  constexpr double rounding = 1e-9;
  constexpr double most = 1e15;  // targets may report any count
  return static_cast<std::uint64_t>(std::clamp(std::ceil(demand / busy_from - rounding), 1.0, most));
}

}  // namespace dbpool
