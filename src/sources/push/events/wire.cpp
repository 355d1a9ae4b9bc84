#include "sources/push/events/wire.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <system_error>
#include <utility>

#include "model/ascii.hpp"
#include "model/utf8.hpp"
#include "sources/prometheus/numbers.hpp"

namespace dbpool {
namespace {

constexpr auto statsd_types = std::to_array<std::pair<std::string_view, StatsdType>>({
    {"c", StatsdType::counter},
    {"g", StatsdType::gauge},
    {"ms", StatsdType::timing},
    {"h", StatsdType::histogram},
    {"d", StatsdType::distribution},
    {"s", StatsdType::set},
});

/// Returns the text up to the next `end`, and removes both from `rest`.
std::string_view taken_until(char end, std::string_view& rest) {
  const std::string_view part = rest.substr(0, rest.find(end));
  rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  return part;
}

/// Returns whether a line is valid UTF-8 without control characters.
bool is_clean(std::string_view line) {
  constexpr unsigned char first_printable = 0x20, last_printable = 0x7e, first_of_more_bytes = 0x80;
  const auto is_plain = [](unsigned char c) { return c >= first_printable && c <= last_printable; };
  if (std::ranges::all_of(line, is_plain)) return true;
  const auto is_allowed = [&](unsigned char c) { return is_plain(c) || c >= first_of_more_bytes; };
  return std::ranges::all_of(line, is_allowed) && valid_utf8(line) == line;
}

/// Returns whether a line begins with a name, whatever stands behind its first character.
bool is_name(std::string_view text) {
  if (text.empty()) return false;
  const char first = ascii_lower(text.front());
  return (first >= 'a' && first <= 'z') || first == '_';
}

std::optional<double> finite_value(std::string_view text) {
  const auto value = sample_value(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

/// Reads lines, one after the other. Its arrays are reused from line to line.
class LineReader {
 public:
  /// Reads the line after its name. `rest`: from the values on. Returns false if it is malformed.
  bool read(std::string_view name, std::string_view rest) {
    line_ = {};
    line_.name = name;
    tags_used_ = 0;
    const std::string_view values = taken_until('|', rest);
    if (!read_type(taken_until('|', rest))) return false;
    if (line_.type != StatsdType::set && !read_values(values)) return false;
    while (!rest.empty()) {
      if (!read_field(taken_until('|', rest))) return false;
    }
    line_.tags = {tags_.data(), tags_used_};
    return true;
  }
  const StatsdLine& line() const noexcept { return line_; }

 private:
  bool read_type(std::string_view word) {
    const auto known = std::ranges::find(statsd_types, word, &std::pair<std::string_view, StatsdType>::first);
    if (known == statsd_types.end()) return false;
    line_.type = known->second;
    return true;
  }

  bool read_values(std::string_view packed) {
    if (packed.ends_with(':')) return false;
    std::size_t used = 0;
    do {
      if (used == values_.size()) return false;
      const std::string_view text = taken_until(':', packed);
      const auto value = finite_value(text);
      if (!value) return false;
      line_.is_signed = line_.is_signed || text.front() == '+' || text.front() == '-';
      values_[used++] = *value;
    } while (!packed.empty());
    line_.values = {values_.data(), used};
    return true;
  }

  bool read_field(std::string_view field) {
    if (field.starts_with('@')) return read_rate(field.substr(1));
    if (field.starts_with('#')) return read_tags(field.substr(1));
    if (field.starts_with("c:")) line_.container = field.substr(2);
    if (field.starts_with('T')) return read_time(field.substr(1));
    return true;
  }

  bool read_rate(std::string_view text) {
    const auto rate = finite_value(text);
    if (!rate || !(*rate > 0 && *rate <= 1)) return false;
    line_.weight = 1 / *rate;
    return line_.weight <= StatsdLimits::weight;
  }

  bool read_tags(std::string_view list) {
    while (!list.empty()) {
      std::string_view value = taken_until(',', list);
      if (value.empty()) continue;
      if (tags_used_ == tags_.size()) return false;
      const std::string_view name = taken_until(':', value);
      tags_[tags_used_++] = {name, value};
    }
    return true;
  }

  bool read_time(std::string_view text) {
    std::int64_t seconds = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, seconds);
    if (error != std::errc() || rest != end || seconds < 0) return false;
    line_.time = seconds;
    return true;
  }

  StatsdLine line_;
  std::array<double, StatsdLimits::values> values_{};
  std::array<SampleLabel, StatsdLimits::tags> tags_{};
  std::size_t tags_used_ = 0;
};

}  // namespace

void parse_statsd(std::string_view datagram, StatsdSink& sink) {
  LineReader reader;
  bool is_empty = true;
  while (!datagram.empty()) {
    std::string_view line = taken_until('\n', datagram);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    is_empty = false;
    if (line.starts_with("_e{") || line.starts_with("_sc|")) continue;
    std::string_view rest = line;
    const std::string_view name = taken_until(':', rest);
    if (!is_name(name) || name.size() == line.size()) {
      sink.malformed();
    } else if (sink.wants(name)) {
      is_clean(line) && reader.read(name, rest) ? sink.line(reader.line()) : sink.malformed();
    }
  }
  if (is_empty) sink.malformed();
}

}  // namespace dbpool
