#include "web/gzip.hpp"

#include <strings.h>
#include <zlib.h>

#include <optional>

#include "dbpool/model/error.hpp"
#include "web/weighted_list.hpp"

namespace dbpool {
namespace {

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
    if (names_gzip(coding)) by_name = weight_in(element) > 0;
    if (coding == "*") by_star = weight_in(element) > 0;
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
