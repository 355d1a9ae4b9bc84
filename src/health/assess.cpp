#include "health/assess.hpp"

#include <algorithm>

#include "model/bounded_sum.hpp"

namespace dbpool {
namespace {

using Quantity = std::optional<double>;

Quantity number(const PoolSnapshot::Count& count) {
  if (!count) return std::nullopt;
  return static_cast<double>(*count);
}

Quantity ratio(const Quantity& part, const Quantity& whole) {
  if (!part || !whole || *whole <= 0) return std::nullopt;
  return *part / *whole;
}

double probing(const PoolSnapshot& s) {
  return number(s.probing).value_or(0);
}

PoolSnapshot::Count capacity_of(const PoolSnapshot& s, const HealthPolicy& policy) {
  return policy.utilization_of_configured ? s.configured : s.max;
}

Quantity utilization(const PoolSnapshot& s, const HealthPolicy& policy) {
  const PoolSnapshot::Count whole = capacity_of(s, policy);
  if (!s.active || !whole) return s.utilization;
  const double load = std::max(0.0, *number(s.active) - probing(s));
  return ratio(load, number(whole));
}

Quantity saturation(const PoolSnapshot& s) {
  if (s.saturated) return 1.0;
  if (s.waiting.value_or(0) == 0) return std::nullopt;
  // If none is idle, connections in an unknown state serve no caller either.
  const PoolSnapshot::Count taken = s.idle == 0U ? plus(s.active, s.unknown) : s.active;
  const Quantity used = ratio(number(taken), number(s.max));
  return used ? used : s.utilization;
}

Quantity idle_ratio(const PoolSnapshot& s) {
  if (!s.idle) return std::nullopt;
  return ratio(*number(s.idle) + probing(s), number(s.total()));
}

/// Returns whether the pool is replacing its last connection. If that fails, its phase shows it.
bool is_renewing(const PoolSnapshot& s) {
  return s.phase == PoolPhase::serving && s.total() == 0U && s.opening.value_or(0) > 0;
}

Quantity healthy_ratio(const PoolSnapshot& s) {
  if (is_renewing(s)) return std::nullopt;
  if (s.total() == 0U) return 0.0;
  return ratio(number(s.healthy), number(s.total()));
}

Quantity no_connections(const PoolSnapshot& s) {
  if (s.total() != 0U || is_renewing(s)) return std::nullopt;
  if (!s.min && !s.last_connect_ok) return std::nullopt;
  const bool wanted = s.min.value_or(0) > 0 || s.last_connect_ok == false;
  return wanted ? 1.0 : 0.0;
}

bool is_held_back(const PoolSnapshot& s) {
  return s.paused.value_or(false) || s.disabled.value_or(false);
}

/// Returns 1 while clients wait for a paused or disabled pool, 0 while none does; nullopt = not paused, or
/// not known.
Quantity paused(const PoolSnapshot& s) {
  if (!is_held_back(s) || !s.waiting) return std::nullopt;
  return *s.waiting > s.probing_waiters.value_or(0) ? 1.0 : 0.0;
}

/// Returns whether a threshold without a quantity is known not to be crossed.
bool is_clear(HealthReason reason, const PoolSnapshot& s) {
  if (reason == HealthReason::saturation) return s.waiting == 0U;
  return reason == HealthReason::no_connections && s.total().value_or(0) > 0;
}

/// Returns the quantity that a threshold is compared with; nullopt = not judged.
Quantity quantity(HealthReason reason, const PoolSnapshot& s, const HealthPolicy& policy) {
  switch (reason) {
    case HealthReason::utilization:
      return utilization(s, policy);
    case HealthReason::saturation:
      return saturation(s);
    case HealthReason::idle_ratio:
      return idle_ratio(s);
    case HealthReason::errors:
      return number(s.errors_recent);
    case HealthReason::peak_wait:
      return s.wait_judged_peak;
    case HealthReason::response:
      return s.response_time;
    case HealthReason::healthy_ratio:
      return healthy_ratio(s);
    case HealthReason::leaks:
      return number(s.leaked);
    case HealthReason::no_connections:
      return no_connections(s);
    case HealthReason::clients:
      return ratio(number(s.clients_used), number(s.clients_max));
    case HealthReason::paused:
      return paused(s);
  }
  return std::nullopt;
}

bool lower_is_worse(HealthReason reason) {
  return reason == HealthReason::idle_ratio || reason == HealthReason::healthy_ratio;
}

bool crossed(const std::optional<Bound>& bound, double value, HealthReason reason) {
  if (!bound) return false;
  if (value == bound->value) return !bound->exclusive;
  return lower_is_worse(reason) ? value < bound->value : value > bound->value;
}

bool is_not_judged(const PoolSnapshot& s) {
  return s.unread || s.phase == PoolPhase::initializing || s.phase == PoolPhase::shutting_down ||
         s.phase == PoolPhase::terminated;
}

Judgement without_connections() {
  const Finding finding{HealthReason::no_connections, HealthStatus::unhealthy, 1, {1, false}};
  return {HealthStatus::unhealthy, {finding}};
}

bool is_pool_without_connections(const PoolSnapshot& s) {
  return s.key.scope() == PoolScope::pool && s.total() == 0U;
}

/// Returns whether a pool has no server because its pooler has paused it or can open none: the pooler cannot
/// say which.
bool may_be_paused(const PoolSnapshot& s) {
  return s.clients_waiting && !s.paused && s.opening.value_or(0) == 0 && is_pool_without_connections(s);
}

/// Returns a finding for the worst tier whose bound `value` crosses; nullopt if it crosses no bound.
std::optional<Finding> find(HealthReason reason, const Threshold& threshold, double value) {
  if (crossed(threshold.unhealthy, value, reason))
    return Finding{reason, HealthStatus::unhealthy, value, *threshold.unhealthy};
  if (crossed(threshold.degraded, value, reason))
    return Finding{reason, HealthStatus::degraded, value, *threshold.degraded};
  return std::nullopt;
}

JudgedFigures figures_of(const PoolSnapshot& s, const HealthPolicy& policy) {
  return {.idle = s.idle,
          .active = s.active,
          .total = s.total(),
          .healthy = s.healthy,
          .max = s.max,
          .waiting = s.waiting,
          .clients_used = s.clients_used,
          .clients_max = s.clients_max,
          .utilization = s.utilization,
          .capacity = capacity_of(s, policy),
          .without_overflow = policy.utilization_of_configured,
          .limited_by = s.limited_by,
          .failed_login = {},
          .may_be_paused = may_be_paused(s)};
}

Judgement without_login(const PoolSnapshot& s, const HealthPolicy& policy, const std::string& failed_login) {
  Judgement judgement = without_connections();
  judgement.figures = figures_of(s, policy);
  judgement.figures.failed_login = failed_login;
  return judgement;
}

/// Returns whether the entry is one that counts, of a pooler's database or a whole server. It has no state
/// that could be bad.
bool only_counts(const PoolSnapshot& s) {
  if (s.key.scope() == PoolScope::database) return s.queries || s.transactions;
  return s.key.scope() == PoolScope::target && s.server_connections;
}

/// Returns the judgement of a pool that crosses no bound.
Judgement without_findings(const PoolSnapshot& s, bool has_judged, bool login_fails) {
  if (is_deserted(s)) return {};
  if (has_judged) return {HealthStatus::healthy, {}};
  // An owned pool that serves is known to serve, even if no threshold applies.
  const bool serves = s.phase == PoolPhase::serving || is_held_back(s);
  const bool is_well = serves || (only_counts(s) && !login_fails);
  return {is_well ? HealthStatus::healthy : HealthStatus::unknown, {}, true};
}

}  // namespace

bool is_deserted(const PoolSnapshot& s) {
  return is_pool_without_connections(s) && s.opening.value_or(0) == 0 && s.clients_active == 0U &&
         s.clients_waiting == 0U;
}

Judgement assess(const PoolSnapshot& snapshot, const HealthPolicy& policy, const std::string& failed_login) {
  if (is_not_judged(snapshot)) return {};
  if (snapshot.phase == PoolPhase::recovering) return without_connections();
  const bool login_fails = !failed_login.empty() && !is_held_back(snapshot);
  if (login_fails && is_pool_without_connections(snapshot))
    return without_login(snapshot, policy, failed_login);
  Judgement judgement{HealthStatus::healthy, {}};
  bool has_judged = false;
  for (std::size_t i = 0; i < health_reason_names.size(); ++i) {
    const auto reason = static_cast<HealthReason>(i);
    const Threshold& threshold = policy[reason];
    if (!threshold.degraded && !threshold.unhealthy) continue;
    if (is_held_back(snapshot) && reason != HealthReason::paused) continue;
    const Quantity value = quantity(reason, snapshot, policy);
    has_judged = has_judged || value || is_clear(reason, snapshot);
    if (!value) continue;
    const std::optional<Finding> finding = find(reason, threshold, *value);
    if (!finding) continue;
    judgement.findings.push_back(*finding);
    judgement.status = std::max(judgement.status, finding->tier);
  }
  if (judgement.findings.empty()) return without_findings(snapshot, has_judged, login_fails);
  judgement.figures = figures_of(snapshot, policy);
  return judgement;
}

Judgement current_judgement(const PoolSnapshot& snapshot, const Judgement& verdict) {
  if (snapshot.unread) return {};
  return snapshot.phase == PoolPhase::recovering ? without_connections() : verdict;
}

}  // namespace dbpool
