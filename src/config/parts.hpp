#pragma once

#include <tuple>
#include <type_traits>
#include <variant>

#include "config/config.hpp"

namespace dbpool {

/// Returns the part of a pool's configuration that is a `Part`.
template <typename Part>
Part& part_of(PoolConfig& pool) {
  return std::get<Part&>(std::tie(pool, pool.options, pool.sqlite, pool.canary, pool.health));
}

/// Returns the part of a source's configuration that is a `Part`: one that every source has, else the options
/// of its kind.
template <typename Part>
Part& part_of(SourceConfig& source) {
  if constexpr (std::is_same_v<Part, ProbeOptions>) {
    return source.probe;
  } else if constexpr (std::is_same_v<Part, HealthPolicy>) {
    return source.health;
  } else {
    return std::get<Part>(source.options);
  }
}

/// Returns the module, whose own fields keys set.
template <typename Part>
Part& part_of(ModuleConfig& module) {
  return module;
}

}  // namespace dbpool
