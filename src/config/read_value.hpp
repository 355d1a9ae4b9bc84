#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "config/value.hpp"
#include "dbpool/model/histogram_recorder.hpp"
#include "dbpool/sync/clock.hpp"

namespace dbpool {

// Each reader returns the value, or adds a problem that states what is allowed and returns nullopt.

/// Reads a text of at least one character. A number or a boolean is a text as well.
std::optional<std::string> read_text(const Value& value, Problems& problems);

struct WholeRange {
  unsigned low, high;
};
std::optional<unsigned> read_whole(const Value& value, WholeRange range, Problems& problems);

struct ByteRange {
  std::size_t low, high;
};
/// Reads a number of bytes, or a size such as `512KiB` or `16MiB`.
std::optional<std::size_t> read_bytes(const Value& value, ByteRange range, Problems& problems);

/// The bounds of a finite number. `allowed` describes them in words.
struct NumberRange {
  double low, high;
  std::string_view allowed;
};
std::optional<double> read_number(const Value& value, const NumberRange& range, Problems& problems);

/// Returns whether `text` is `word`, in any letter case.
bool is_word(std::string_view text, std::string_view word);

/// Reads true, yes, on; false, no, off; in any letter case.
std::optional<bool> read_switch(const Value& value, Problems& problems);

/// Reads one of `words`, in any letter case, and returns its index.
std::optional<std::size_t> read_word(const Value& value, std::span<const std::string_view> words,
                                     Problems& problems);

/// Reads a duration from `least` to ten years. A `least` of one nanosecond excludes 0 alone.
std::optional<Duration> read_duration(const Value& value, Duration least, Problems& problems);

/// How the usual bounds of the acquisition histogram are written.
inline constexpr std::string_view usual_buckets =
    "[0.000001, 0.00001, 0.00005, 0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, "
    "1, 2.5, 5, 10, 30]";
/// Reads the bounds of a histogram. nullptr = not valid.
std::shared_ptr<const BucketBounds> read_buckets(const Value& value, Problems& problems);

/// Parses `250ms`, `30s`, `1h30m` (us or µs, ms, s, m, h, d) or a number of seconds. nullopt if it is not a
/// duration, is negative, or is longer than ten years.
std::optional<Duration> parse_duration(std::string_view text);

/// Returns `a, b or c`.
std::string enumerate(std::span<const std::string_view> words);

}  // namespace dbpool
