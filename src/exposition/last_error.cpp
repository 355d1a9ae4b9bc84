#include "exposition/last_error.hpp"

#include <fmt/format.h>

namespace dbpool {
namespace {

/// How long a timed out acquisition counts as a present error.
constexpr auto news = std::chrono::seconds(60);

/// Returns the codebase-mcp document's phrase for the pool's last error; "" = none.
std::string_view phrase(const PoolSnapshot& s) {
  if (s.last_error_kind == ErrorKind::validation) return "Connection validation failed";
  if (s.last_error_kind == ErrorKind::connect) return "Database connection refused";
  const bool timeout = s.last_error_kind == ErrorKind::timeout;
  const bool of_a_connect = s.last_connect_ok == false;  // else of a statement
  if (!of_a_connect || (!timeout && s.last_error_kind != ErrorKind::network)) return "";
  return timeout && s.created == 0U ? "Pool initialization timeout" : "Database connection refused";
}

std::optional<LastError> last_failure(const PoolSnapshot& s) {
  if (s.last_error.empty() || !s.last_error_at) return std::nullopt;
  const std::string_view words = phrase(s);
  const std::string text = words.empty() ? s.last_error : fmt::format("{}: {}", words, s.last_error);
  return LastError{text, *s.last_error_at};
}

std::optional<LastError> last_timeout(const PoolSnapshot& s) {
  if (!s.last_timeout_at) return std::nullopt;
  return LastError{
      fmt::format("Connection acquisition timeout: {} so far", s.acquisition_timeouts.value_or(0)),
      *s.last_timeout_at};
}

}  // namespace

std::optional<LastError> last_error(const PoolSnapshot& pool) {
  auto failure = last_failure(pool);
  auto timeout = last_timeout(pool);
  const bool timeout_is_newer = timeout && (!failure || timeout->time > failure->time);
  return timeout_is_newer ? timeout : failure;
}

std::optional<LastError> present_error(const PoolSnapshot& pool, WallTime now) {
  auto failure = last_failure(pool);
  const bool recovering = pool.phase == PoolPhase::recovering;
  if (failure && (recovering || pool.errors_recent.value_or(0) > 0)) return failure;
  auto timeout = last_timeout(pool);
  return timeout && now - timeout->time <= news ? timeout : std::nullopt;
}

}  // namespace dbpool
