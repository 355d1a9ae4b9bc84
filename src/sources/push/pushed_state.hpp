#pragma once

#include <string>
#include <utility>

#include "dbpool/sync/guarded.hpp"
#include "sources/mapping/mapping.hpp"
#include "sources/push/senders.hpp"

namespace dbpool {

/// What a receiver of pushes and its source share. The mapping does not change, so it needs no lock.
struct PushedState {
  PushedState(Mapping compiled, std::string source, const PushNaming& naming, const PushLimits& limits)
      : mapping(std::move(compiled)), senders(mapping, std::move(source), naming, limits) {}

  const Mapping mapping;
  Guarded<Senders> senders;
};

}  // namespace dbpool
