#include "config/health_keys.hpp"

#include <algorithm>

#include "config/key_table.hpp"
#include "config/read_value.hpp"
#include "model/seconds.hpp"

namespace dbpool {
namespace {

using Tier = std::optional<Bound> Threshold::*;

constexpr unsigned most_counted = 1'000'000'000;

bool is_off(const Value& value) {
  return value.kind == Value::Kind::text && !value.quoted && is_word(value.text, "off");
}

/// Reads a bound in the unit of its quantity.
std::optional<double> read_bound(HealthReason reason, const Value& value, Problems& problems) {
  switch (reason) {
    case HealthReason::peak_wait:
    case HealthReason::response: {
      const auto duration = read_duration(value, Duration(0), problems);
      if (!duration) return std::nullopt;
      return seconds_of(*duration);
    }
    case HealthReason::errors:
    case HealthReason::leaks:
      return read_whole(value, {0, most_counted}, problems);
    case HealthReason::no_connections:
    case HealthReason::paused: {
      static constexpr std::array<std::string_view, 2> words{"on", "off"};
      if (!read_word(value, words, problems)) return std::nullopt;
      return 1;  // the quantity is 1 while the condition holds
    }
    default:
      return read_number(value, {0, 1, "a ratio from 0 to 1"}, problems);
  }
}

/// Returns whether a configured bound is strict. The configuration gives only a number, so strictness comes
/// from the same tier of the policy in force, else from its other tier, else from the first preset that has
/// the threshold.
bool is_exclusive(const HealthPolicy& policy, HealthReason reason, Tier tier) {
  const auto known_from = [&](const HealthPolicy& from) {
    const Threshold& threshold = from[reason];
    if (threshold.*tier) return threshold.*tier;
    return threshold.degraded ? threshold.degraded : threshold.unhealthy;
  };
  if (const auto bound = known_from(policy)) return bound->exclusive;
  for (const auto name : health_preset_names) {
    if (const auto bound = known_from(*health_preset(name))) return bound->exclusive;
  }
  return false;
}

}  // namespace

void set_health_preset(HealthPolicy& policy, const Value& value, Problems& problems) {
  if (const auto index = read_word(value, health_preset_names, problems)) {
    policy = *health_preset(health_preset_names[*index]);
  }
}

void override_threshold(HealthPolicy& policy, HealthReason reason, const Value& value, Problems& problems) {
  Threshold& threshold = policy[reason];
  if (is_off(value)) {
    threshold = {};
    return;
  }
  if (value.kind != Value::Kind::mapping) {
    problems.reject(value, "{degraded: …, unhealthy: …} or off");
    return;
  }
  check_keys(value, {"degraded", "unhealthy"}, problems);
  Threshold overridden = threshold;
  for (const auto& [name, tier] : {std::pair<std::string_view, Tier>{"degraded", &Threshold::degraded},
                                   std::pair<std::string_view, Tier>{"unhealthy", &Threshold::unhealthy}}) {
    const Value* const bound = value.find(name);
    if (bound == nullptr) continue;
    if (is_off(*bound)) {
      overridden.*tier = std::nullopt;
    } else if (const auto number = read_bound(reason, *bound, problems)) {
      overridden.*tier = Bound{*number, is_exclusive(policy, reason, tier)};
    }
  }
  threshold = overridden;
}

void set_error_window(PoolConfig& pool, Duration window) {
  pool.options.error_window = window;
}

void set_error_window(SourceConfig& source, Duration window) {
  std::visit(
      [window](auto& options) {
        if constexpr (requires { options.error_window; }) options.error_window = window;
      },
      source.options);
}

void set_wait_window(PoolConfig& pool, Duration window) {
  pool.options.wait_window = window;
}

void set_wait_window(SourceConfig& source, Duration window) {
  std::visit(
      [window](auto& options) {
        if constexpr (requires { options.wait_window; }) options.wait_window = window;
      },
      source.options);
}

}  // namespace dbpool
