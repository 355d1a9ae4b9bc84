#include "web/http1/chunks.hpp"

#include <algorithm>
#include <charconv>

namespace dbpool {
namespace {

constexpr int max_digits = 16;
constexpr unsigned bits_a_digit = 4;
constexpr std::size_t max_skipped = 4096;

/// Returns the value of a hexadecimal digit; -1 for another character.
int hex_value(char c) {
  int value = -1;
  std::from_chars(&c, &c + 1, value, 1 << bits_a_digit);
  return value;
}

}  // namespace

ChunkReader::State ChunkReader::feed(std::string_view& bytes, BodyBuffer& body) {
  while (!bytes.empty()) {
    if (phase_ == Phase::data) {
      const std::string_view part = bytes.substr(0, left_);
      if (!body.append(part)) return State::refused;
      bytes.remove_prefix(part.size());
      left_ -= part.size();
      if (left_ == 0) phase_ = Phase::data_end;
      continue;
    }
    phase_ = after(bytes.front());
    bytes.remove_prefix(1);
    if (phase_ == Phase::malformed) return State::malformed;
    if (phase_ == Phase::complete) return State::complete;
    if (phase_ == Phase::data && !body.fits(left_)) return State::refused;
  }
  return State::more;
}

/// Returns the phase behind the character `c`.
ChunkReader::Phase ChunkReader::after(char c) {
  const auto only = [&](char expected, Phase next) { return c == expected ? next : Phase::malformed; };
  switch (phase_) {
    case Phase::size:
    case Phase::blanks:
      return after_size(c);
    case Phase::extension:
      return skipped_to(Phase::extension, Phase::size_end, c);
    case Phase::size_end:
      digits_ = 0, skipped_ = 0;
      return only('\n', left_ > 0 ? Phase::data : Phase::line);
    case Phase::data_end:
      return only('\r', Phase::data_line_end);
    case Phase::data_line_end:
      return only('\n', Phase::size);
    case Phase::line:
      return c == '\r' ? Phase::end : skipped_to(Phase::trailer, Phase::trailer_end, c);
    case Phase::trailer:
      return skipped_to(Phase::trailer, Phase::trailer_end, c);
    case Phase::trailer_end:
      return only('\n', Phase::line);
    case Phase::end:
      return only('\n', Phase::complete);
    case Phase::data:
    case Phase::complete:
    case Phase::malformed:
      break;
  }
  return Phase::malformed;
}

ChunkReader::Phase ChunkReader::after_size(char c) {
  const int value = phase_ == Phase::size ? hex_value(c) : -1;
  if (value >= 0) {
    left_ = (left_ << bits_a_digit) + static_cast<std::size_t>(value);
    return ++digits_ <= max_digits ? Phase::size : Phase::malformed;
  }
  if (digits_ == 0) return Phase::malformed;
  if (c == ' ' || c == '\t') return Phase::blanks;
  if (c == ';') return Phase::extension;
  return c == '\r' ? Phase::size_end : Phase::malformed;
}

/// Skips a character of a line that has no meaning here.
ChunkReader::Phase ChunkReader::skipped_to(Phase same, Phase at_end, char c) {
  if (c == '\r') return at_end;
  return c != '\n' && ++skipped_ <= max_skipped ? same : Phase::malformed;
}

}  // namespace dbpool
