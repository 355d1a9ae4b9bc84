#include "sources/ca_file.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

namespace dbpool {
namespace {

constexpr std::size_t largest = 16U << 20U;
constexpr std::string_view dashes = "-----";

/// nullopt: the text is not base64. Line breaks and blanks in it do not count.
std::optional<std::vector<std::uint8_t>> decode_base64(std::string_view text) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  constexpr unsigned bits_a_digit = 6, bits_a_byte = 8;
  std::vector<std::uint8_t> bytes;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '=') continue;
    const auto digit = digits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = (bits << bits_a_digit) | static_cast<std::uint32_t>(digit);
    count += bits_a_digit;
    if (count < bits_a_byte) continue;
    count -= bits_a_byte;
    bytes.push_back(static_cast<std::uint8_t>(bits >> count));
  }
  return bytes;
}

/// Whether it begins with a SEQUENCE of DER that is there to its end; a trusted certificate has more behind
/// it.
bool begins_with_sequence(const std::vector<std::uint8_t>& bytes) {
  constexpr std::uint8_t sequence = 0x30, long_form = 0x80;
  constexpr std::size_t longest_length = 4;
  if (bytes.size() < 2 || bytes[0] != sequence) return false;
  if (bytes[1] < long_form) return bytes.size() >= 2U + bytes[1];
  const std::size_t octets = bytes[1] - long_form;
  if (octets == 0 || octets > longest_length || bytes.size() < 2 + octets) return false;
  std::size_t length = 0;
  for (std::size_t i = 0; i < octets; ++i) length = (length << 8U) | bytes[2 + i];
  return bytes.size() >= 2 + octets + length;
}

bool is_certificate(std::string_view label) {
  return label == "CERTIFICATE" || label == "X509 CERTIFICATE" || label == "TRUSTED CERTIFICATE";
}

/// Takes one `-----BEGIN …-----` … `-----END …-----` from the front of `text`. nullopt: there is no more, or
/// it has no end, which leaves `text` empty or not.
std::optional<std::string_view> take_block(std::string_view& text, std::string_view& label) {
  constexpr std::string_view begin = "-----BEGIN ";
  const auto at = text.find(begin);
  if (at == std::string_view::npos) {
    text = {};
    return std::nullopt;
  }
  const auto rest = text.substr(at + begin.size());
  label = rest.substr(0, rest.find(dashes));
  const auto body = rest.substr(std::min(label.size() + dashes.size(), rest.size()));
  const auto end = body.find("-----END " + std::string(label) + std::string(dashes));
  if (end == std::string_view::npos) return std::nullopt;
  text = body.substr(end + dashes.size());
  return body.substr(0, end);
}

}  // namespace

std::string ca_file_problem(const std::filesystem::path& file) {
  std::error_code ignored;
  // Opening a pipe or a device could keep the reader waiting.
  std::ifstream stream;
  if (std::filesystem::is_regular_file(file, ignored)) stream.open(file, std::ios::binary);
  if (!stream.is_open()) return "not a readable file";
  std::string text(largest + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > largest) return "a file that is too large";

  std::string_view rest = text;
  std::string_view label;
  bool found = false;
  while (const auto block = take_block(rest, label)) {
    if (!is_certificate(label)) continue;
    const auto bytes = decode_base64(*block);
    if (!bytes || !begins_with_sequence(*bytes)) return "a file with a malformed certificate";
    found = true;
  }
  if (!rest.empty()) return "a file with a certificate that is cut off";
  return found ? "" : "a file without a certificate";
}

}  // namespace dbpool
