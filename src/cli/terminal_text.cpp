#include "cli/terminal_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "model/utf8.hpp"

namespace dbpool {
namespace {

constexpr std::size_t longest_text = 4000;  // bytes
constexpr std::string_view replacement = "\xEF\xBF\xBD";

struct CodeRange {
  char32_t first, last;
};

/// Controls, invisible characters, and marks that change the direction of the text.
constexpr std::array harmful{CodeRange{0x00, 0x1F},     CodeRange{0x7F, 0x9F},      CodeRange{0xAD, 0xAD},
                             CodeRange{0x200B, 0x200F}, CodeRange{0x2028, 0x202E},  CodeRange{0x2060, 0x206F},
                             CodeRange{0xFEFF, 0xFEFF}, CodeRange{0xE0000, 0xE0FFF}};
/// Marks that are drawn over the character before them (the common blocks).
constexpr std::array combining{
    CodeRange{0x300, 0x36F},   CodeRange{0x483, 0x489},   CodeRange{0x591, 0x5BD},
    CodeRange{0x64B, 0x65F},   CodeRange{0x1AB0, 0x1AFF}, CodeRange{0x1DC0, 0x1DFF},
    CodeRange{0x20D0, 0x20FF}, CodeRange{0xFE00, 0xFE0F}, CodeRange{0xFE20, 0xFE2F}};
/// Characters of two columns: East Asian scripts and pictures (Unicode, UAX 11).
constexpr std::array wide{
    CodeRange{0x1100, 0x115F},   CodeRange{0x2E80, 0x303E},   CodeRange{0x3041, 0x4DBF},
    CodeRange{0x4E00, 0xA4CF},   CodeRange{0xAC00, 0xD7A3},   CodeRange{0xF900, 0xFAFF},
    CodeRange{0xFE30, 0xFE6F},   CodeRange{0xFF00, 0xFF60},   CodeRange{0xFFE0, 0xFFE6},
    CodeRange{0x1F300, 0x1F64F}, CodeRange{0x1F900, 0x1F9FF}, CodeRange{0x20000, 0x3FFFD}};

template <std::size_t Size>
bool is_in(char32_t code, const std::array<CodeRange, Size>& ranges) {
  return std::ranges::any_of(
      ranges, [code](const CodeRange& range) { return code >= range.first && code <= range.last; });
}

struct Character {
  std::string_view bytes;
  char32_t code;
};

/// Removes the first character of a text. REQUIRES: it is valid UTF-8 and not empty.
Character take_character(std::string_view& text) {
  const auto first = static_cast<std::uint8_t>(text.front());
  std::size_t length = 1;
  while (length < text.size() && (static_cast<std::uint8_t>(text[length]) & 0xC0U) == 0x80U) ++length;
  // The first byte of n > 1 begins with n ones and a zero.
  char32_t code = length == 1 ? first : first & (0x7FU >> length);
  for (const char c : text.substr(1, length - 1)) code = code << 6U | (static_cast<std::uint8_t>(c) & 0x3FU);
  const Character character{text.substr(0, length), code};
  text.remove_prefix(length);
  return character;
}

std::string_view colour_of(std::string_view status) {
  if (status == "unhealthy") return "\x1b[31m";
  if (status == "degraded") return "\x1b[33m";
  return status == "healthy" ? "\x1b[32m" : "\x1b[2m";
}

}  // namespace

std::string printable(std::string_view text) {
  const bool is_cut = text.size() > longest_text;
  const std::string valid = valid_utf8(text.substr(0, longest_text));
  std::string result;
  for (std::string_view rest = valid; !rest.empty();) {
    const Character next = take_character(rest);
    result += is_in(next.code, harmful) ? replacement : next.bytes;
  }
  return is_cut ? result + "…" : result;
}

std::size_t columns(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    const char32_t code = take_character(text).code;
    if (!is_in(code, combining)) count += is_in(code, wide) ? 2 : 1;
  }
  return count;
}

std::string padded(std::string_view text, std::size_t width) {
  std::string result(text);
  result.append(width - std::min(width, columns(text)), ' ');
  return result;
}

std::string wrapped(std::string_view first, std::string_view text) {
  const std::size_t indent = columns(first);
  std::string lines, line(first);
  bool is_begun = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (is_begun && columns(line) + 1 + columns(word) > terminal_width) {
      lines.append(line).append("\n");
      line.assign(indent, ' ');
      is_begun = false;
    }
    if (is_begun) line += ' ';
    line += word;
    is_begun = true;
  }
  return lines + line + "\n";
}

std::string painted(std::string_view text, std::string_view status, Colours colours) {
  std::string result(text);
  if (colours == Colours::off) return result;
  return std::string(colour_of(status)) + result + "\x1b[0m";
}

}  // namespace dbpool
