#include "exposition/json_health_document.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "exposition/last_error.hpp"
#include "exposition/named_pools.hpp"

namespace dbpool {
namespace {

/// Ordered from best to worst; `unknown`, the first, is no state.
enum class Contact { unknown, connected, disconnected };
constexpr std::array contact_names{"unknown", "connected", "disconnected"};

/// Returns whether a pool has no database: an owned one that is recovering, or a probed one that failed to
/// connect or whose pooler cannot log in.
bool is_lost(const PoolReport& pool) {
  const auto& phase = pool.figures.phase;
  if (phase) return phase == PoolPhase::recovering;
  const bool login_fails = !pool.health.figures.failed_login.empty() && !pool.held_since;
  return login_fails || pool.figures.last_connect_ok == false;
}

/// Returns whether a reading proves a contact with a database. That of a pooler does so only where it has a
/// server connection.
bool is_in_contact(const SourceReport& source) {
  if (source.kind != SourceKind::pgbouncer && source.kind != SourceKind::pgpool) return true;
  return std::ranges::any_of(source.pools,
                             [](const PoolReport& pool) { return pool.figures.total().value_or(0) > 0; });
}

Contact contact_of(const SourceReport& source) {
  const bool lost = std::ranges::any_of(source.pools, is_lost);
  if (lost || source.reading.up == false) return Contact::disconnected;
  const auto& pushed = source.reading.pushed;
  const bool is_silent = pushed && pushed->senders == 0;  // no sender says whether it has a database
  return source.reading.up && !is_silent && is_in_contact(source) ? Contact::connected : Contact::unknown;
}

Contact worst_contact(const FleetSnapshot& fleet) {
  Contact worst = Contact::unknown;
  for (const SourceReport& source : fleet.sources) worst = std::max(worst, contact_of(source));
  return worst;
}

/// Returns the newest error that still matters. The error of a reading is present until a reading succeeds.
Json newest_error(const FleetSnapshot& fleet) {
  std::optional<LastError> newest;
  const auto take = [&](const std::optional<LastError>& error) {
    if (error && (!newest || error->time > newest->time)) newest = error;
  };
  for (const SourceReport& source : fleet.sources) {
    const bool failed = source.reading.up == false && !source.reading.last_error.empty();
    if (failed) take(LastError{source.reading.last_error, fleet.time});
    for (const PoolReport& pool : source.pools) take(present_error(pool.figures, fleet.time));
  }
  return newest ? Json(newest->text) : Json(nullptr);
}

}  // namespace

Json health_document_json(const FleetSnapshot& fleet) {
  const auto pools = named_pools(fleet);
  Json connections{{"total", json_of(connections_in(pools, &PoolSnapshot::total))},
                   {"idle", json_of(total_of<&PoolSnapshot::idle>(pools))},
                   {"active", json_of(total_of<&PoolSnapshot::active>(pools))},
                   {"waiting", json_of(total_of<&PoolSnapshot::waiting>(pools))}};
  Json database{{"status", contact_names[index_of(worst_contact(fleet))]},
                {"pool", std::move(connections)},
                {"latency_ms", json_milliseconds(total_of<&PoolSnapshot::response_time>(pools))},
                {"last_error", newest_error(fleet)}};
  return {{"status", to_string(worst_status(fleet))},
          {"timestamp", rfc3339(fleet.time)},
          {"database", std::move(database)},
          {"uptime_seconds", std::round(fleet.uptime_seconds * 1000) / 1000}};
}

}  // namespace dbpool
