#include "net/gunzip.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>

#include "support/http/gzipped.hpp"

using namespace dbpool;

namespace {

constexpr std::size_t plenty = std::size_t{1} << 20U;
const std::string two_lines = "one 1\ntwo 2\n";

struct Inflated {
  std::string text;
  std::optional<GzipFault> fault;
  bool operator==(const Inflated&) const = default;
};

/// Inflates a body that arrives in pieces of `step` bytes, until it ends or is refused.
Inflated inflated(const std::string& body, std::size_t step, std::size_t max_bytes = plenty) {
  Inflated result;
  Gunzip gunzip(max_bytes);
  try {
    for (std::size_t at = 0; at < body.size(); at += step) {
      std::string_view packed = std::string_view(body).substr(at, step);
      for (auto piece = gunzip.next(packed); !piece.empty(); piece = gunzip.next(packed)) {
        CHECK(piece.size() <= Gunzip::piece_bytes);
        result.text += piece;
      }
      CHECK(packed.empty());
    }
    gunzip.finish();
  } catch (const GzipError& error) {
    result.fault = error.fault();
  }
  return result;
}

/// Returns what is wrong with a body, which must not depend on how it is cut into pieces.
std::optional<GzipFault> fault_of(const std::string& body, std::size_t max_bytes = plenty) {
  const auto fault = inflated(body, std::max<std::size_t>(body.size(), 1), max_bytes).fault;
  CHECK((inflated(body, 1, max_bytes).fault == fault));
  return fault;
}

}  // namespace

TEST_CASE("a body is inflated whatever pieces it arrives in") {
  for (const std::size_t step : {1, 2, 3, 7, 1000}) {
    CAPTURE(step);
    CHECK(inflated(gzipped(two_lines), step) == Inflated{two_lines, {}});
  }
  CHECK(inflated(gzipped(""), 1) == Inflated{});
}

TEST_CASE("a piece that inflates to much more comes out in bounded pieces") {
  const std::string text(10 * Gunzip::piece_bytes + 1, 'x');
  const std::string packed = gzipped(text);
  REQUIRE(packed.size() < 1000);
  CHECK(inflated(packed, packed.size()) == Inflated{text, {}});
  CHECK(inflated(packed, 1) == Inflated{text, {}});
}

TEST_CASE("several members are one body, empty ones too") {
  const std::string body = gzipped("") + gzipped("one 1\n") + gzipped("") + gzipped("two 2\n") + gzipped("");
  for (const std::size_t step : {1, 5, 1000}) {
    CAPTURE(step);
    CHECK(inflated(body, step) == Inflated{two_lines, {}});
  }
}

TEST_CASE("a body that is cut at any byte is cut, within a member or where there is none") {
  const std::string body = gzipped(two_lines);
  for (std::size_t size = 0; size < body.size(); ++size) {
    CAPTURE(size);
    CHECK(fault_of(body.substr(0, size)) == GzipFault::cut);
    if (size > 0) CHECK(fault_of(body + body.substr(0, size)) == GzipFault::cut);
  }
  CHECK(fault_of(unfinished_gzip(two_lines)) == GzipFault::cut);
}

TEST_CASE("bytes behind the end that begin no member are found") {
  for (const char* rest : {"\n", "0", "one 1\n", "\x78\x9C"}) {
    CAPTURE(rest);
    CHECK(fault_of(gzipped(two_lines) + rest) == GzipFault::followed);
  }
  CHECK(fault_of(gzipped(two_lines) + '\0') == GzipFault::followed);
}

TEST_CASE("a body that is something else is not gzip: a text, zlib's own format") {
  CHECK(fault_of(two_lines) == GzipFault::not_gzip);
  CHECK(fault_of("\x78\x9C\x03") == GzipFault::not_gzip);
}

TEST_CASE("a wrong bit anywhere never makes another text") {
  const std::string body = gzipped(two_lines);
  for (std::size_t bit = 0; bit < 8 * body.size(); ++bit) {
    std::string wrong = body;
    wrong[bit / 8] = static_cast<char>(wrong[bit / 8] ^ (1 << (bit % 8)));
    CAPTURE(bit);
    const auto result = inflated(wrong, wrong.size());
    CHECK((result.fault || result.text == two_lines));  // some bits say nothing of the text
  }
}

TEST_CASE("a stream whose header, data, checksum or length is wrong is damaged") {
  const std::string body = gzipped(two_lines);
  for (const std::size_t at : {std::size_t{1}, std::size_t{2}, body.size() - 8, body.size() - 1}) {
    std::string wrong = body;
    wrong[at] = static_cast<char>(wrong[at] ^ 1);
    CAPTURE(at);
    CHECK(fault_of(wrong) == GzipFault::damaged);
  }
  std::string wrong = body;
  wrong[10] = '\xFF';  // the type of the first block, which there is not
  CHECK(fault_of(wrong) == GzipFault::damaged);
}

TEST_CASE("a body may inflate to its bound and no further, alone or in members") {
  const std::string text(100'000, 'x');
  CHECK_FALSE(fault_of(gzipped(text), text.size()));
  CHECK(fault_of(gzipped(text), text.size() - 1) == GzipFault::too_large);
  CHECK_FALSE(fault_of(gzipped(text) + gzipped(text), 2 * text.size()));
  CHECK(fault_of(gzipped(text) + gzipped(text), 2 * text.size() - 1) == GzipFault::too_large);
  CHECK_FALSE(fault_of(gzipped(""), 0));
}

TEST_CASE("of a body beyond its bound no more is inflated than the bound") {
  const std::string bomb = gzipped(std::string(std::size_t{50} << 20U, '#'));
  const auto result = inflated(bomb, bomb.size(), plenty);
  CHECK(result.fault == GzipFault::too_large);
  CHECK(result.text.size() <= plenty);
}

TEST_CASE("the text of an error says what the body does") {
  Gunzip gunzip(plenty);
  std::string_view packed = "hunter2";
  CHECK_THROWS_WITH_AS(gunzip.next(packed), "is not gzip, although its Content-Encoding says so", GzipError);
  CHECK_THROWS_WITH_AS(Gunzip(plenty).finish(), "ends before its gzip stream does", GzipError);
}
