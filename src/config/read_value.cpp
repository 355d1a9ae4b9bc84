#include "config/read_value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <utility>
#include <vector>

#include "model/ascii.hpp"
#include "model/seconds.hpp"

namespace dbpool {
namespace {

constexpr double longest_seconds = 3650.0 * 86400;
constexpr std::array<std::pair<std::string_view, double>, 7> units{{
    {"us", 1e-6},
    {"µs", 1e-6},
    {"ms", 1e-3},
    {"s", 1.0},
    {"m", 60.0},
    {"h", 3600.0},
    {"d", 86400.0},
}};

/// Removes a number from the front of `text` and returns it. It begins with a digit or a point, so it is not
/// `-1`, `inf` or `nan`.
std::optional<double> take_number(std::string_view& text) {
  if (text.empty() || !(is_digit(text[0]) || text[0] == '.')) return std::nullopt;
  double number = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.begin()));
  return number;
}

/// Removes a unit from the front of `text`, up to the next digit, and returns its seconds.
std::optional<double> take_unit(std::string_view& text) {
  const auto unit = text.substr(0, text.find_first_of("0123456789"));
  const auto known = std::ranges::find(units, unit, &std::pair<std::string_view, double>::first);
  if (known == units.end()) return std::nullopt;
  text.remove_prefix(unit.size());
  return known->second;
}

std::string describe_least(Duration least) {
  if (least == Duration(0)) return "of 0 or more";
  if (least == Duration(1)) return "greater than 0";
  return fmt::format("of {}s or more", seconds_of(least));
}

/// Returns whether a value can be a number or a boolean: a text without quotes, possibly from a variable.
bool is_bare(const Value& value) {
  return value.kind == Value::Kind::text && !value.quoted;
}

}  // namespace

std::optional<std::string> read_text(const Value& value, Problems& problems) {
  if (value.kind == Value::Kind::text && !value.text.empty()) return value.text;
  if (value.kind == Value::Kind::text) {
    problems.add(value, "is empty; allowed: a text");
  } else {
    problems.reject(value, "a text");
  }
  return std::nullopt;
}

std::optional<unsigned> read_whole(const Value& value, WholeRange range, Problems& problems) {
  unsigned number = 0;
  const char* const end = value.text.data() + value.text.size();
  const auto parsed = std::from_chars(value.text.data(), end, number);
  const bool whole = is_bare(value) && parsed.ec == std::errc() && parsed.ptr == end;
  if (whole && number >= range.low && number <= range.high) return number;
  problems.reject(value, fmt::format("a whole number from {} to {}, without quotes", range.low, range.high));
  return std::nullopt;
}

std::optional<double> read_number(const Value& value, const NumberRange& range, Problems& problems) {
  std::string_view text = value.text;
  const auto number = take_number(text);
  if (is_bare(value) && number && text.empty() && *number >= range.low && *number <= range.high)
    return number;
  problems.reject(value, range.allowed);
  return std::nullopt;
}

bool is_word(std::string_view text, std::string_view word) {
  return same_but_for_case(text, word);
}

std::optional<bool> read_switch(const Value& value, Problems& problems) {
  if (is_bare(value)) {
    for (const auto word : {"true", "yes", "on"}) {
      if (is_word(value.text, word)) return true;
    }
    for (const auto word : {"false", "no", "off"}) {
      if (is_word(value.text, word)) return false;
    }
  }
  problems.reject(value, "true or false");
  return std::nullopt;
}

std::optional<std::size_t> read_word(const Value& value, std::span<const std::string_view> words,
                                     Problems& problems) {
  if (value.kind == Value::Kind::text) {
    const auto word =
        std::ranges::find_if(words, [&value](std::string_view one) { return is_word(value.text, one); });
    if (word != words.end()) return static_cast<std::size_t>(word - words.begin());
  }
  problems.reject(value, enumerate(words));
  return std::nullopt;
}

std::optional<Duration> read_duration(const Value& value, Duration least, Problems& problems) {
  constexpr std::string_view forms = "such as 250ms, 30s, 1h30m or a number of seconds, at most 3650d";
  const auto duration = value.kind == Value::Kind::text ? parse_duration(value.text) : std::nullopt;
  if (duration && *duration >= least) return duration;
  problems.reject(value, fmt::format("a duration {}, {}", describe_least(least), forms));
  return std::nullopt;
}

std::optional<Duration> parse_duration(std::string_view text) {
  double seconds = 0;
  std::string_view rest = text;
  const auto number = take_number(rest);
  if (number && rest.empty()) {
    seconds = *number;
  } else {
    rest = text;
    do {
      const auto count = take_number(rest);
      const auto unit = take_unit(rest);
      if (!count || !unit) return std::nullopt;
      seconds += *count * *unit;
    } while (!rest.empty());
  }
  if (!(seconds <= longest_seconds)) return std::nullopt;
  return Duration(std::llround(seconds * 1e9));
}

std::optional<std::size_t> read_bytes(const Value& value, ByteRange range, Problems& problems) {
  static constexpr std::array<std::pair<std::string_view, unsigned>, 5> shifts{
      {{"", 0}, {"B", 0}, {"KiB", 10}, {"MiB", 20}, {"GiB", 30}}};
  std::size_t number = 0;
  const std::string_view text = value.kind == Value::Kind::text ? std::string_view(value.text) : "";
  const auto [end, error] = std::from_chars(text.begin(), text.end(), number);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.begin()));
  const auto* const shift = std::ranges::find(shifts, unit, &decltype(shifts)::value_type::first);
  const bool is_size = error == std::errc() && shift != shifts.end() && number <= range.high >> shift->second;
  if (is_size && number << shift->second >= range.low) return number << shift->second;
  problems.reject(value, fmt::format("bytes from {} to {}, such as 512KiB or 16MiB", range.low, range.high));
  return std::nullopt;
}

std::string enumerate(std::span<const std::string_view> words) {
  const auto all_but_last = words.first(words.size() - 1);
  if (all_but_last.empty()) return std::string(words.back());
  return fmt::format("{} or {}", fmt::join(all_but_last, ", "), words.back());
}

std::shared_ptr<const BucketBounds> read_buckets(const Value& value, Problems& problems) {
  constexpr std::string_view allowed = "a list of seconds, positive and strictly increasing";
  if (value.kind != Value::Kind::list) {
    problems.reject(value, allowed);
    return nullptr;
  }
  std::vector<double> bounds;
  for (const auto& item : value.items) {
    const auto bound =
        read_number(item, {0, 1e9, "a number of seconds greater than 0, at most 1e9"}, problems);
    if (!bound) return nullptr;
    bounds.push_back(*bound);
  }
  try {
    return std::make_shared<const BucketBounds>(std::move(bounds));
  } catch (const std::invalid_argument& error) {
    problems.add(value, fmt::format("{}; allowed: {}", error.what(), allowed));
    return nullptr;
  }
}

}  // namespace dbpool
