#include "config/expand.hpp"

#include <doctest/doctest.h>

namespace dbpool {
namespace {

const Environment environment{{"A", "one"}, {"B_2", "two"}, {"EMPTY", ""}, {"DOLLAR", "${A}$$"}};

TEST_CASE("variables, defaults and dollar signs expand anywhere in a text") {
  struct Case {
    const char *text, *expected;
  };
  for (const auto& [text, expected] : {Case{"", ""},
                                       {"plain", "plain"},
                                       {"${A}", "one"},
                                       {"<${A}${B_2}>", "<onetwo>"},
                                       {"${UNSET:-x}", "x"},
                                       {"${EMPTY:-x}", "x"},
                                       {"${UNSET:-}", ""},
                                       {"${EMPTY}", ""},
                                       {"${A:-x}", "one"},
                                       {"${UNSET:-a:-b}", "a:-b"},
                                       {"${UNSET:-${A}}!", "one!"},
                                       {"${UNSET:-${UNSET:-${B_2}}}", "two"},
                                       {"$$", "$"},
                                       {"$${A}", "${A}"},
                                       {"$$$${A}", "$${A}"},
                                       {"${UNSET:-$$}", "$"},
                                       {"${UNSET:-$$}}", "$}"},
                                       {"5$ $A $", "5$ $A $"},
                                       {"}{", "}{"}}) {
    CAPTURE(text);
    const auto expansion = expand(text, environment);
    CHECK(expansion.problem.empty());
    CHECK(expansion.text == expected);
  }
}

TEST_CASE("the value of a variable is not expanded again") {
  CHECK(expand("${DOLLAR}", environment).text == "${A}$$");
}

TEST_CASE("a text tells whether a variable went into it") {
  CHECK(expand("x${A}", environment).used_variable);
  CHECK(expand("${UNSET:-x}", environment).used_variable);
  CHECK_FALSE(expand("$$x", environment).used_variable);
}

TEST_CASE("an unset variable is named, and nothing else of the text is") {
  const auto problem = expand("hunter2${UNSET}", environment).problem;
  CHECK(problem.find("UNSET is not set") != std::string::npos);
  CHECK(problem.find("hunter2") == std::string::npos);
}

TEST_CASE("defaults within defaults are filled in sixteen levels deep, and no deeper") {
  const auto nested = [](int levels) {
    std::string text = "x";
    for (int i = 0; i < levels; ++i) text = "${UNSET:-" + text + "}";
    return expand(text, environment);
  };
  CHECK(nested(16).text == "x");
  CHECK(nested(16).problem.empty());
  CHECK(nested(17).problem == "defaults within defaults too deep; allowed: 16 levels");
  CHECK_FALSE(nested(5'000).problem.empty());
}

TEST_CASE("a malformed variable is a problem") {
  for (const auto* text :
       {"${", "${A", "${}", "${1A}", "${A-x}", "${A:x}", "${A B}", "${:-x}", "${UNSET:-${A}"}) {
    CAPTURE(text);
    CHECK_FALSE(expand(text, environment).problem.empty());
  }
}

}  // namespace
}  // namespace dbpool
