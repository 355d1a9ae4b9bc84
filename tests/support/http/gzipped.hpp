#pragma once

#include <doctest/doctest.h>
#include <zlib.h>

#include <string>

namespace dbpool {

/// Compresses a text, and ends with `flush`, which is Z_FINISH or Z_SYNC_FLUSH.
inline std::string deflated(const std::string& text, int flush) {
  z_stream stream{};
  constexpr int gzip_header = 16;
  constexpr std::size_t room_for_flush = 16;
  REQUIRE(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + gzip_header, 8, Z_DEFAULT_STRATEGY) ==
          Z_OK);
  std::string packed(deflateBound(&stream, text.size()) + room_for_flush, '\0');
  std::string source = text;
  stream.next_in = reinterpret_cast<Bytef*>(source.data());
  stream.avail_in = static_cast<uInt>(source.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&stream, flush) == (flush == Z_FINISH ? Z_STREAM_END : Z_OK));
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

/// Compresses a body as servers do.
inline std::string gzipped(const std::string& text) {
  return deflated(text, Z_FINISH);
}

/// Compresses the first part of a body: the stream lacks its end.
inline std::string unfinished_gzip(const std::string& first_part) {
  return deflated(first_part, Z_SYNC_FLUSH);
}

}  // namespace dbpool
