#pragma once

#include <ranges>
#include <string>
#include <string_view>
#include <vector>

#include "dbpool/model/pool_snapshot.hpp"

namespace dbpool {

/// Returns the key with this label: `source`, `source/name`, `source/database` of that scope,
/// `source/database/user`, or `source/database/user/application`, which has the scope of an application.
inline PoolKey key_of(std::string_view label, PoolScope scope = PoolScope::pool) {
  std::vector<std::string> names;
  for (const auto& name : std::views::split(label, '/')) names.emplace_back(name.begin(), name.end());
  PoolKey::Parts key{.source = names.at(0), .scope = scope};
  if (names.size() == 2) (scope == PoolScope::database ? key.database : key.name) = names[1];
  if (names.size() > 2) key.database = names[1], key.user = names[2];
  if (names.size() > 3) key.application = names[3], key.scope = PoolScope::application;
  return PoolKey(key);
}

/// Returns a pool with the key of this label and without figures.
inline PoolSnapshot pool_named(std::string_view label, PoolScope scope = PoolScope::pool) {
  PoolSnapshot pool;
  pool.key = key_of(label, scope);
  return pool;
}

}  // namespace dbpool
