#include "sources/prometheus/numbers.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <system_error>

#include "model/ascii.hpp"

namespace dbpool {
namespace {

/// Reads NaN and the infinities, without a sign.
std::optional<double> named_value(std::string_view word) {
  if (same_but_for_case(word, "nan")) return std::numeric_limits<double>::quiet_NaN();
  if (same_but_for_case(word, "inf") || same_but_for_case(word, "infinity"))
    return std::numeric_limits<double>::infinity();
  return std::nullopt;
}

/// Reads a decimal number without a sign.
std::optional<double> plain_value(std::string_view word) {
  if (word.empty() || (word.front() != '.' && (word.front() < '0' || word.front() > '9')))
    return named_value(word);
  double value = 0;
  const char* const end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data(), end, value);
  return error == std::errc() && rest == end ? std::optional(value) : std::nullopt;
}

}  // namespace

std::optional<double> sample_value(std::string_view word) {
  const bool is_negative = word.starts_with('-');
  if (is_negative || word.starts_with('+')) word.remove_prefix(1);
  const auto value = plain_value(word);
  return value && is_negative ? -*value : value;
}

std::optional<SampleTime> time_in_milliseconds(std::string_view word) {
  if (word.starts_with('+')) {
    word.remove_prefix(1);
    if (word.starts_with('-')) return std::nullopt;
  }
  std::int64_t count = 0;
  const char* const end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data(), end, count);
  if (error != std::errc() || rest != end) return std::nullopt;
  return SampleTime(std::chrono::milliseconds(count));
}

std::optional<SampleTime> time_in_seconds(std::string_view word) {
  constexpr double furthest = 9e15;  // as milliseconds it fits into 64 bits
  const auto seconds = sample_value(word);
  if (!seconds || !(std::abs(*seconds) < furthest)) return std::nullopt;
  return SampleTime(std::chrono::milliseconds(std::llround(*seconds * 1000)));
}

}  // namespace dbpool
