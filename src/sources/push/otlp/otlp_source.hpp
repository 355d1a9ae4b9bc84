#pragma once

#include <memory>

#include "sources/push/otlp/otlp_options.hpp"
#include "sources/push/push_source.hpp"
#include "sources/push/pushed_state.hpp"

namespace dbpool {

/// Returns what a source and its receiver share. throws Error for options that were not checked.
std::shared_ptr<PushedState> otlp_state(const ProbeOptions& source, const OtlpOptions& options);

/// Returns the pools of that state.
std::shared_ptr<PushedPools> otlp_pools(std::shared_ptr<PushedState> state);

}  // namespace dbpool
