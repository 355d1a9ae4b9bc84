#include "web/gzip.hpp"

#include <doctest/doctest.h>
#include <zlib.h>

namespace dbpool {
namespace {

std::string gunzip(const std::string& compressed, std::size_t size) {
  std::string text(size + 1, '\0');
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, MAX_WBITS + 16) == Z_OK);
  std::string input = compressed;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

TEST_CASE("a client that takes gzip says so by name or by a star") {
  CHECK(accepts_gzip("gzip"));
  CHECK(accepts_gzip("GZip"));
  CHECK(accepts_gzip("deflate, gzip;q=1.0, *;q=0.5"));
  CHECK(accepts_gzip("br ;q=1 ,\tgzip ; q=0.001"));
  CHECK(accepts_gzip("*"));
  CHECK(accepts_gzip("identity;q=0.5, *;q=0.1"));
}

TEST_CASE("a client that does not name gzip, or names it at zero, gets plain text") {
  CHECK_FALSE(accepts_gzip(""));
  CHECK_FALSE(accepts_gzip("identity"));
  CHECK_FALSE(accepts_gzip("deflate, br"));
  CHECK_FALSE(accepts_gzip("gzip;q=0"));
  CHECK_FALSE(accepts_gzip("gzip;q=0.000, deflate"));
  CHECK_FALSE(accepts_gzip("gzip ; Q=0"));
  CHECK_FALSE(accepts_gzip("*;q=0"));
  CHECK_FALSE(accepts_gzip("gzipped"));
  CHECK_FALSE(accepts_gzip("notgzip"));
}

TEST_CASE("what is said of gzip by name beats the star, in either order") {
  CHECK_FALSE(accepts_gzip("*, gzip;q=0"));
  CHECK_FALSE(accepts_gzip("gzip;q=0, *"));
  CHECK(accepts_gzip("*;q=0, gzip"));
}

TEST_CASE("malformed headers are no reason to compress") {
  CHECK_FALSE(accepts_gzip("gzip;q="));
  CHECK_FALSE(accepts_gzip("gzip;q=abc"));
  CHECK_FALSE(accepts_gzip(",,;;q=1,"));
  CHECK_FALSE(accepts_gzip("gzip;q=-1"));
}

TEST_CASE("what was compressed comes back, and smaller it was") {
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "dbpool_connections{pool=\"orders\"} " + std::to_string(i) + "\n";
  const std::string compressed = gzip(text);
  CHECK(compressed.size() < text.size() / 3);
  CHECK(gunzip(compressed, text.size()) == text);
  CHECK(gunzip(gzip(""), 0).empty());
}

}  // namespace
}  // namespace dbpool
