#include "web/body.hpp"

#include <doctest/doctest.h>
#include <poll.h>

#include <algorithm>
#include <vector>

namespace dbpool {
namespace {

/// Delivers `parts` one by one, and then `end` again and again.
struct Sender {
  int operator()(char* into, std::size_t size) {
    if (parts.empty()) return end;
    const std::size_t taken = std::min(size, parts.front().size());
    std::copy_n(parts.front().begin(), taken, into);
    parts.front().erase(0, taken);
    if (parts.front().empty()) parts.erase(parts.begin());
    return static_cast<int>(taken);
  }
  std::vector<std::string> parts;
  int end = 0;
};

const BodyRules ten_bytes{.limit = 10};

TEST_CASE("a body is read in as many parts as it comes, to its announced length") {
  const Body body = read_body(10, ten_bytes, Sender{{"01", "2345", "6789", "more"}});
  CHECK(body.text == "0123456789");
  CHECK(body.end == BodyEnd::complete);
  const std::string large(100'000, 'x');
  CHECK(read_body(large.size(), {.limit = large.size()}, Sender{{large}}).text == large);
}

TEST_CASE("a body that ends before its announced length is incomplete") {
  CHECK(read_body(10, ten_bytes, Sender{{"01234"}}).end == BodyEnd::incomplete);
  CHECK(read_body(10, ten_bytes, Sender{{"01234"}, -1}).end == BodyEnd::incomplete);
  CHECK(read_body(10, ten_bytes, Sender{}).end == BodyEnd::incomplete);
}

TEST_CASE("a body in chunks is read to its end") {
  const Body body = read_body(std::nullopt, ten_bytes, Sender{{"01", "23456789"}});
  CHECK(body.text == "0123456789");
  CHECK(body.end == BodyEnd::complete);
  CHECK(read_body(std::nullopt, ten_bytes, Sender{}).end == BodyEnd::complete);
}

TEST_CASE("a body in chunks that breaks off is incomplete, and one beyond the limit is too large") {
  CHECK(read_body(std::nullopt, ten_bytes, Sender{{"01"}, -1}).end == BodyEnd::incomplete);
  const Body body = read_body(std::nullopt, ten_bytes, Sender{{std::string(1'000'000, 'x')}});
  CHECK(body.end == BodyEnd::too_large);
  CHECK(body.text.size() <= 10);
}

TEST_CASE("a sender that is silent is given up, although the read itself would wait on") {
  const auto silent = [](char*, std::size_t) { return ::poll(nullptr, 0, 60'000) == 0 ? 0 : -1; };
  CHECK(read_body(10, ten_bytes, silent).end == BodyEnd::incomplete);
}

TEST_CASE("a sender that never ends is given up, however fast the reads return") {
  const auto dripping = [](char* into, std::size_t) {
    ::poll(nullptr, 0, 10);
    *into = 'x';
    return 1;
  };
  const Body body = read_body(std::nullopt, {.limit = 1'000'000}, dripping);
  CHECK(body.end == BodyEnd::incomplete);
}

}  // namespace
}  // namespace dbpool
