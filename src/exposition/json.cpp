#include "exposition/json.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cmath>

namespace dbpool {
namespace {

/// Below it, a double holds every whole number exactly.
constexpr double exact = 9007199254740992.0;  // 2^53

}  // namespace

std::string rfc3339(WallTime time) {
  using std::chrono::milliseconds;
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const auto rest = std::chrono::floor<milliseconds>(time - whole).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(whole)),
                     rest);
}

Json json_of(const std::optional<WallTime>& time) {
  return time ? Json(rfc3339(*time)) : Json(nullptr);
}

Json json_of(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json json_seconds(const std::optional<double>& seconds) {
  const bool is_whole = seconds && *seconds == std::floor(*seconds) && std::abs(*seconds) < exact;
  if (is_whole) return static_cast<std::int64_t>(*seconds);
  return json_of(seconds);
}

Json json_milliseconds(const std::optional<double>& seconds) {
  const double nanoseconds = seconds.value_or(0) * 1e9;
  if (!seconds || !std::isfinite(nanoseconds)) return nullptr;
  return std::round(nanoseconds) / 1e6;
}

Json json_per_cent(const PoolSnapshot::Count& part, const PoolSnapshot::Count& whole) {
  if (!part || whole.value_or(0) == 0) return nullptr;
  return std::round(static_cast<double>(*part) / static_cast<double>(*whole) * 1000) / 10;
}

Json json_utilization(const PoolSnapshot& pool) {
  if ((pool.active && pool.max) || !pool.utilization) return json_per_cent(pool.active, pool.max);
  return std::round(*pool.utilization * 1000) / 10;
}

PoolSnapshot::Count closed_in_all(const PoolSnapshot& pool) {
  return pool.closed[index_of(CloseReason::closed)] ? total(pool.closed) : std::nullopt;
}

std::string json_text(const Json& document) {
  return document.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace dbpool
