#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>

#include "snapshot/fleet_snapshot.hpp"

namespace dbpool {

/// What a client asks `/probe` for.
struct ProbeCall {
  std::string module, target;
  std::optional<std::chrono::nanoseconds> patience;  ///< how long it may wait; nullopt = not said
};

/// Why `/probe` shows nothing.
enum class ProbeRefusal {
  unknown_module,
  malformed_target,
  not_allowed,
  too_many_targets,  ///< of the module
  too_many_waiting,  ///< for a first reading
  interrupted,       ///< by a reload or the end of the process
};

/// The target's source alone, or why there is none.
using ProbeAnswer = std::variant<FleetSnapshot, ProbeRefusal>;

}  // namespace dbpool
