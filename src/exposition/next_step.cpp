#include "exposition/next_step.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <string_view>
#include <vector>

#include "health/error_class.hpp"

namespace dbpool {
namespace {

/// A pooler is nearly full from this share of its clients on; as the health threshold `clients`.
constexpr double nearly_full = 0.9;

std::string_view after_failed_contact(const DiagnosedFigures& f) {
  switch (contact_trouble(f.error_kind, f.error)) {
    case ContactTrouble::refused:
      return "See whether the database runs and listens at this address.";
    case ContactTrouble::authentication:
      return "Check the user, the password and the server's access rules; the server itself answers.";
    case ContactTrouble::name:
      return "Check the host name and the name service.";
    case ContactTrouble::timeout:
      return "See whether the host is up and no firewall drops the packets: there is no answer in time.";
    case ContactTrouble::starting:
      return "Wait: the database is starting. If that lasts, read its log.";
    case ContactTrouble::other:
      break;
  }
  return "Look at the database with this error. Do not restart the pool: it reconnects by itself.";
}

std::string after_limit(const Diagnosis& d) {
  if (d.ground == Ground::client_limit)
    return "See which applications hold most clients (SHOW CLIENTS). Raise max_client_conn only with the "
           "file "
           "descriptors for it.";
  if (d.ground == Ground::server_limit)
    return "See which applications hold most sessions: they are the pools of this source. End idle ones, or "
           "put a pooler before them; raise max_connections only with the memory for it.";
  if (d.ground == Ground::refused_limit)
    return "See who uses the connections of that limit (on PostgreSQL: pg_stat_activity by application). A "
           "larger pool "
           "makes it worse.";
  const bool of_user = d.figures.limited_by == "max_user_connections";
  return fmt::format("See which pools of this {} use most of {}. Lower their size, or raise the limit.",
                     of_user ? "user" : "database", d.figures.limited_by);
}

std::string after_full(const Diagnosis& d) {
  if (is_explained_by_demand(d))
    return fmt::format("Set the size to {}, if the database has room for it.", *d.needed_size);
  if (!d.demand) return "See how many connections the callers want, then enlarge the pool.";
  return "See whether it lasts. For short bursts allow an overflow instead of a larger pool.";
}

std::string_view after_unknown(Ground ground) {
  switch (ground) {
    case Ground::not_read:
      return "Look at the source's error.";
    case Ground::no_clients:
      return "A `synthetic` client would show whether the pooler can log in.";
    case Ground::no_server:
      return "Ask the pooler's console: SHOW DATABASES and SHOW STATE report a pause. Its log has the error "
             "of a failed "
             "login. A `synthetic` client would show which it is.";
    case Ground::contradiction:
      return "Check what the source counts under these names.";
    case Ground::not_full:
      return "See why no further connection opens: the errors of the pool, and how long connects take.";
    case Ground::no_max:
      return "Give the source the pool's max, so that a full pool can be recognized.";
    case Ground::no_figures:
      return "Give the source waiting callers, or connections in use with the pool's max.";
    default:
      return "";
  }
}

std::string_view runbook_of_limit(Ground ground) {
  if (ground == Ground::client_limit) return "alerts/runbooks/ConnectionPoolerClientsExhausted.md";
  if (ground == Ground::server_limit) return "alerts/runbooks/ConnectionPoolServerFull.md";
  return "alerts/runbooks/ConnectionPoolExhausted.md";
}

/// Names what would show more of a pool with which nothing is known to be wrong.
std::string after_ok(const DiagnosedFigures& f) {
  if (f.server_connections) return "";
  if (f.clients_used && f.clients_max) {
    const bool is_near =
        static_cast<double>(*f.clients_used) >= nearly_full * static_cast<double>(*f.clients_max);
    return is_near ? "The pooler is nearly full: see which applications hold most clients." : "";
  }
  std::vector<std::string_view> missing;
  if (!f.used_share) missing.emplace_back("the share in use (active and max)");
  if (!f.waiting) missing.emplace_back("waiting callers");
  return missing.empty() ? "" : fmt::format("Not known: {}.", fmt::join(missing, ", "));
}

}  // namespace

bool is_explained_by_demand(const Diagnosis& diagnosis) {
  if (!diagnosis.demand || !diagnosis.needed_size) return false;
  return !diagnosis.figures.max || *diagnosis.needed_size > *diagnosis.figures.max;
}

std::string next_step(const Diagnosis& diagnosis) {
  switch (diagnosis.verdict) {
    case Verdict::unknown:
      return std::string(after_unknown(diagnosis.ground));
    case Verdict::paused:
      return fmt::format("{} it in the pooler's console when the work is done that it was held back for.",
                         diagnosis.ground == Ground::paused ? "RESUME" : "ENABLE");
    case Verdict::database_down:
      return std::string(after_failed_contact(diagnosis.figures));
    case Verdict::limit_elsewhere:
      return after_limit(diagnosis);
    case Verdict::leak:
      return "Mend the code at that site: it does not return its connection. To gain time, restart that "
             "service. A "
             "larger pool only delays the end.";
    case Verdict::slow_use:
      return "Find the slow statement or the lock in the database. A larger pool will not help.";
    case Verdict::too_small:
      return after_full(diagnosis);
    case Verdict::ok:
      return after_ok(diagnosis.figures);
  }
  return "";
}

std::string_view runbook(const Diagnosis& diagnosis) {
  switch (diagnosis.verdict) {
    case Verdict::unknown:
      return diagnosis.ground == Ground::not_read ? "alerts/runbooks/ConnectionPoolSourceDown.md"
                                                  : "docs/diagnosis.md";
    case Verdict::paused:
      return "alerts/runbooks/ConnectionPoolPausedWithWaiters.md";
    case Verdict::database_down:
      return diagnosis.ground == Ground::failed_logins ? "alerts/runbooks/ConnectionPoolBackendDown.md"
                                                       : "alerts/runbooks/ConnectionPoolNoConnections.md";
    case Verdict::limit_elsewhere:
      return runbook_of_limit(diagnosis.ground);
    case Verdict::leak:
      return "alerts/runbooks/ConnectionPoolLeak.md";
    case Verdict::slow_use:
    case Verdict::too_small:
      return "alerts/runbooks/ConnectionPoolExhausted.md";
    case Verdict::ok:
      break;
  }
  return "";
}

}  // namespace dbpool
