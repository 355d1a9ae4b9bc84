#pragma once

#include <string>
#include <string_view>

#include "health/diagnosis.hpp"

namespace dbpool {

// What follows from a diagnosis. Pure; names the figures that were diagnosed, not the present ones.

/// Returns what to do next, or what would show more; "" = nothing.
std::string next_step(const Diagnosis& diagnosis);

/// Returns the page about the verdict, a path in this repository; "" = none.
std::string_view runbook(const Diagnosis& diagnosis);

/// Returns whether the demand of the last 5 minutes shows that the pool is too small. Otherwise the load is
/// too young or too short for that, or its demand is not known.
bool is_explained_by_demand(const Diagnosis& diagnosis);

}  // namespace dbpool
