#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "sources/prometheus/sample.hpp"

namespace dbpool {

/// What the values of a line are, by the letters of DogStatsD: c, g, ms, h, d, s.
enum class StatsdType { counter, gauge, timing, histogram, distribution, set };

/// The most that a line may have.
struct StatsdLimits {
  static constexpr std::size_t tags = 64, values = 256;
  static constexpr double weight = 1000;  ///< 1 / the least rate
};

/// One line of a datagram. All views point into the datagram.
struct StatsdLine {
  std::string_view name;
  StatsdType type = StatsdType::counter;
  std::span<const double> values;  ///< finite; a set has none
  bool is_signed = false;          ///< a value has a sign; in a gauge some clients send a difference that way
  double weight = 1;               ///< how many events each value stands for: 1 / the rate
  std::span<const SampleLabel> tags;  ///< in their order; of several with one name the first counts
  std::string_view container;         ///< "" = not sent
  std::optional<std::int64_t> time;   ///< Unix time in seconds
};

/// Receives the lines of one datagram, in their order. All views are valid during the call.
class StatsdSink {
 public:
  virtual ~StatsdSink() = default;
  /// Returns whether lines with that name are needed; the others are not read.
  virtual bool wants(std::string_view name) const = 0;
  virtual void line(const StatsdLine& line) = 0;
  /// Reports a line that is not in the format, or whose name is needed and whose rest is not valid.
  virtual void malformed() = 0;
};

/// Reads a datagram of DogStatsD 1.0 to 1.3. It has several lines, each
/// `name:value[:value…]|type[|@rate][|#tags][|c:container][|Ttime]`, where a name begins with a letter or
/// `_`. Fields that it does not know are ignored, and so are events (`_e{`) and service checks (`_sc|`). A
/// needed line is valid UTF-8 without control characters. A datagram without a line is malformed. Keeps
/// nothing, and allocates nothing for lines in ASCII.
///
/// Source: docs.datadoghq.com/developers/dogstatsd/datagram_shell
void parse_statsd(std::string_view datagram, StatsdSink& sink);

}  // namespace dbpool
