#include "sources/mapping/pattern.hpp"

#include <doctest/doctest.h>

#include <string>

#include "dbpool/model/error.hpp"

using namespace dbpool;

namespace {

bool matches(const char* pattern, std::string_view text) {
  Captures captures;
  return Pattern(pattern).matches(text, captures);
}

Captures captures(const char* pattern, std::string_view text) {
  Captures found;
  Pattern(pattern).matches(text, found);
  return found;
}

}  // namespace

TEST_CASE("a pattern matches whole texts alone") {
  CHECK(matches("idle|used", "used"));
  CHECK_FALSE(matches("idle|used", "unused"));
  CHECK_FALSE(matches("used", "used_up"));
  CHECK(matches("", ""));
  CHECK(matches(R"(\d+\.\d)", "12.5"));
}

TEST_CASE("named groups yield what they matched, and other groups nothing") {
  const Captures vitess{{"pool", "conn_pool"}};
  CHECK(captures("vttablet_(?<pool>.*)_in_use", "vttablet_conn_pool_in_use") == vitess);
  CHECK(captures(R"((a|b)[(]\((?:c)(?P<x>.)(y)(?<z>.))", "a((cqyw") == Captures{{"x", "q"}, {"z", "w"}});
  CHECK(captures("vttablet_(?<pool>.*)_in_use", "other").empty());
}

TEST_CASE("a pattern knows the letters that its matches begin with") {
  CHECK(Pattern("vttablet_(.*)").prefix() == "vttablet_");
  CHECK(Pattern("abc?d").prefix() == "ab");
  CHECK(Pattern("abc|d").prefix().empty());
  CHECK(Pattern("abc").prefix() == "abc");
  CHECK(matches("abc?d", "abd"));
}

TEST_CASE("a pattern that is none is refused without a quote of it") {
  for (const std::string& wrong : {std::string("a("), std::string("[z"), std::string("(?<1:2>x)"),
                                   std::string("(?<>x)"), std::string(2000, 'x')}) {
    CAPTURE(wrong);
    try {
      const Pattern pattern(wrong);
      FAIL("is not refused");
    } catch (const Error& error) {
      CHECK(std::string_view(error.what()).find(wrong) == std::string_view::npos);
    }
  }
}

TEST_CASE("a long text takes no deep stack, and one beyond the limit does not match") {
  CHECK(matches("(a|b)*", std::string(Pattern::longest_text, 'a')));
  CHECK_FALSE(matches("(a|b)*", std::string(Pattern::longest_text + 1, 'a')));
  CHECK_FALSE(matches("(a*)*b", std::string(200, 'a')));  // would not end with backtracking
}
