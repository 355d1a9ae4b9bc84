#pragma once

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "exposition/json.hpp"
#include "support/fakes/known_fleet.hpp"

namespace dbpool {

/// 14:30 on 13 October 2025, as in the codebase-mcp document.
inline const WallTime example_time = unix_time(1760365800);

inline PoolReport report_of(PoolSnapshot figures, Judgement health = {HealthStatus::healthy, {}}) {
  return {SourceKind::owned, std::move(figures), std::move(health)};
}

/// Returns owned pools, one per source, at the example's time.
inline FleetSnapshot fleet_of(std::vector<PoolReport> pools) {
  FleetSnapshot fleet;
  fleet.time = example_time;
  fleet.uptime_seconds = 3600.5;
  for (PoolReport& pool : pools) {
    SourceReport source{pool.figures.key.source(), pool.kind, {}, {}};
    source.reading.up = pool.figures.last_contact_ok;
    source.pools.push_back(std::move(pool));
    fleet.sources.push_back(std::move(source));
  }
  return fleet;
}

/// Returns two pools of a probed source: one with only a name, and one whose name is not UTF-8.
inline FleetSnapshot fleet_that_knows_little() {
  PoolSnapshot silent = pool_named("pgb/app/u"), odd = pool_named("pgb/\xff/u");
  FleetSnapshot fleet;
  fleet.time = example_time;
  fleet.sources.push_back({"pgb", SourceKind::pgbouncer, {}, {}});
  auto& pools = fleet.sources[0].pools;
  pools.push_back({SourceKind::pgbouncer, std::move(silent), {}});
  pools.push_back({SourceKind::pgbouncer, std::move(odd), {}});
  return fleet;
}

/// Checks that a document has every field of an example, with the same value.
inline void check_has(const Json& document, const Json& example, const std::string& path = "") {
  for (const auto& [name, value] : example.items()) {
    CAPTURE(path + "/" + name);
    REQUIRE(document.contains(name));
    if (value.is_object()) {
      check_has(document[name], value, path + "/" + name);
    } else {
      CHECK(document[name] == value);
      CHECK(document[name].type_name() == std::string(value.type_name()));
      CHECK(document[name].is_number_float() == value.is_number_float());
    }
  }
}

/// Checks that a document has these fields, each null.
inline void check_unknown(const Json& document, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    CAPTURE(name);
    REQUIRE(document.contains(name));
    CHECK(document[name].is_null());
  }
}

}  // namespace dbpool
