#include "web/http1/chunks.hpp"

#include <doctest/doctest.h>

namespace dbpool {
namespace {

using State = ChunkReader::State;

struct Result {
  State state;
  std::string body, rest;
};

/// Feeds `text` in parts of `size` bytes.
Result read(std::string_view text, std::size_t limit = 100, std::size_t size = 1000) {
  const BodyRules rules{.limit = limit};
  BodyBuffer body(rules);
  ChunkReader reader;
  State state = State::more;
  while (state == State::more && !text.empty()) {
    std::string_view part = text.substr(0, size);
    const std::size_t before = part.size();
    state = reader.feed(part, body);
    text.remove_prefix(before - part.size());
  }
  return {state, body.take(BodyEnd::complete).text, std::string(text)};
}

TEST_CASE("chunks are joined, and what follows the last one is left") {
  for (const std::size_t size : {1, 2, 3, 1000}) {
    CAPTURE(size);
    const Result result = read("5\r\nhello\r\n00A\r\n, world!!!\r\n0\r\n\r\nGET", 100, size);
    CHECK(result.state == State::complete);
    CHECK(result.body == "hello, world!!!");
    CHECK(result.rest == "GET");
  }
  CHECK(read("0\r\n\r\n").state == State::complete);
}

TEST_CASE("extensions and trailers are skipped") {
  const Result result = read("5;a=b;c=\"d;\"\r\nhello\r\n1 \t;x\r\n!\r\n0;end\r\nA: b\r\nC:\r\n\r\n");
  CHECK(result.state == State::complete);
  CHECK(result.body == "hello!");
}

TEST_CASE("extensions and trailers may be 4 KiB long") {
  CHECK(read("1;" + std::string(4096, 'x') + "\r\na\r\n0\r\n\r\n").state == State::complete);
  CHECK(read("1;" + std::string(4097, 'x')).state == State::malformed);
  CHECK(read("0\r\n" + std::string(4096, 'x') + "\r\n\r\n").state == State::complete);
  CHECK(read("0\r\n" + std::string(4000, 'x') + "\r\n" + std::string(97, 'x')).state == State::malformed);
}

TEST_CASE("what is not a chunk is malformed") {
  for (const char* text : {"x\r\n", "\r\n", "-1\r\n", "+1\r\n", "0x5\r\n", "5 hello\r\n", ";a\r\n",
                           "5\nhello", "5\r\r", "5;a\nhello", "5\r\nhelloXX", "5\r\nhello\r5",
                           "0\r\nA: b\n\r\n", "0\r\n\rx", "00000000000000005\r\nhello"}) {
    CAPTURE(std::string(text));
    CHECK(read(text).state == State::malformed);
  }
}

TEST_CASE("chunks that break off go on") {
  for (const char* text :
       {"", "5", "5\r", "5\r\n", "5\r\nhel", "5\r\nhello", "5\r\nhello\r\n", "0\r\n", "0\r\n\r"}) {
    CAPTURE(std::string(text));
    CHECK(read(text).state == State::more);
  }
}

TEST_CASE("a chunk over the limit is refused before its data") {
  CHECK(read("5\r\nhello\r\n0\r\n\r\n", 5).state == State::complete);
  CHECK(read("6\r\n", 5).state == State::refused);
  CHECK(read("3\r\nhel\r\n3\r\n", 5).state == State::refused);
  CHECK(read("ffffffffffffffff\r\n").state == State::refused);
}

}  // namespace
}  // namespace dbpool
