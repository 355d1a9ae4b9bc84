#include "web/gzip.hpp"

#include <strings.h>
#include <zlib.h>

#include <charconv>
#include <optional>

#include "dbpool/model/error.hpp"

namespace dbpool {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Removes the part before `separator` from the front of `rest` and returns it trimmed.
std::string_view next_part(std::string_view& rest, char separator) {
  const auto end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return trimmed(part);
}

bool is_wanted(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::string_view parameter = next_part(parameters, ';');
    if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) continue;
    double weight = 0;
    std::from_chars(parameter.data() + 2, parameter.data() + parameter.size(), weight);
    return weight > 0;
  }
  return true;
}

bool names_gzip(std::string_view coding) {
  return coding.size() == 4 && ::strncasecmp(coding.data(), "gzip", 4) == 0;
}

}  // namespace

bool accepts_gzip(std::string_view accept_encoding) {
  std::optional<bool> by_name;
  bool by_star = false;
  while (!accept_encoding.empty()) {
    std::string_view element = next_part(accept_encoding, ',');
    const std::string_view coding = next_part(element, ';');
    if (names_gzip(coding)) by_name = is_wanted(element);
    if (coding == "*") by_star = is_wanted(element);
  }
  return by_name.value_or(by_star);
}

std::string gzip(std::string_view text) {
  constexpr int gzip_container = 16;
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + gzip_container, 8, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    throw Error("compress an answer: zlib could not start");
  }
  std::string compressed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(compressed.data());
  stream.avail_out = static_cast<uInt>(compressed.size());
  const int result = deflate(&stream, Z_FINISH);
  compressed.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) throw Error("compress an answer: zlib did not finish");
  return compressed;
}

}  // namespace dbpool
