#include "support/text/secret_search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>

#include "support/servers/child_process.hpp"

namespace dbpool {
namespace {

using Bytes = std::basic_string_view<char>;

/// Encodes everything except letters, digits and -._~ as %XX.
std::string percent_encoded(Bytes text, bool upper) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || Bytes("-._~").find(c) != Bytes::npos) {
      encoded += c;
    } else {
      encoded += upper ? fmt::format("%{:02X}", byte) : fmt::format("%{:02x}", byte);
    }
  }
  return encoded;
}

std::string hexadecimal(Bytes text) {
  std::string encoded;
  for (const char c : text) encoded += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return encoded;
}

/// Returns the Base64 of `text` after `skip` (0 to 2) other bytes, without padding and without digits that
/// depend on the bytes around it.
std::string base64(Bytes text, std::size_t skip) {
  static constexpr Bytes digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::string shifted = std::string(skip, '\0') + std::string(text);
  std::string encoded;
  for (std::size_t i = 0; i + 2 < shifted.size(); i += 3) {
    unsigned bits = 0;
    for (std::size_t j = 0; j < 3; ++j) bits = bits << 8 | static_cast<unsigned char>(shifted[i + j]);
    for (const int shift : {18, 12, 6, 0}) encoded += digits[bits >> shift & 63U];
  }
  return encoded.substr(skip == 0 ? 0 : 4);
}

std::string lowered(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

}  // namespace

SecretSearch::SecretSearch(std::string secret) : secret_(std::move(secret)) {
  add_pieces("raw", secret_, 6);
  for (const bool upper : {true, false}) add_pieces("percent", percent_encoded(secret_, upper), 8);
  for (const std::size_t skip : {0U, 1U, 2U}) add_pieces("Base64", base64(secret_, skip), 8);
  add_pieces("hexadecimal", hexadecimal(secret_), 12);
  for (const char* program : {"md5sum", "sha1sum", "sha256sum"}) add_hash(program);
}

std::vector<std::string> SecretSearch::traces_in(std::string_view text) const {
  const std::string lower = lowered(text);
  std::vector<std::string> found;
  for (const Needle& needle : needles_) {
    const bool any_case = needle.form != "raw" && needle.form != "percent" && needle.form != "Base64";
    if ((any_case ? std::string_view(lower) : text).find(needle.text) != std::string_view::npos)
      found.push_back(needle.form + ": " + needle.text);
  }
  return found;
}

void SecretSearch::add_pieces(const std::string& form, const std::string& encoded, std::size_t length) {
  for (std::size_t i = 0; i + length <= encoded.size(); ++i) {
    needles_.push_back({form, encoded.substr(i, length)});
  }
}

/// Adds the hash and its beginning, which is the usual short form.
void SecretSearch::add_hash(const std::string& program) {
  const Finished hashed = run_to_end({"sh", "-c", "printf %s \"$1\" | " + program, "sh", secret_});
  if (hashed.exit_code != 0 || hashed.output.size() < 32) throw std::runtime_error("no " + program);
  needles_.push_back({program, hashed.output.substr(0, 12)});
}

}  // namespace dbpool
