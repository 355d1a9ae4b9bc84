#include "sources/mapping/pool_template.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

#include "dbpool/model/error.hpp"

using namespace dbpool;

namespace {

std::string name(const char* text) {
  const std::map<std::string_view, std::string_view> labels{{"database", "shop"}, {"service.name", "web"}};
  return PoolTemplate(text).name([&](std::string_view label) {
    const auto found = labels.find(label);
    return found == labels.end() ? std::string_view() : found->second;
  });
}

std::string template_error(const char* text) {
  try {
    const PoolTemplate refused(text);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("a template puts labels into a pool's name") {
  CHECK(name("{database}") == "shop");
  CHECK(name("{service.name}/{database}-x") == "web/shop-x");
  CHECK(name("main") == "main");
  CHECK(name("").empty());
}

TEST_CASE("an absent label is empty, and a name without any of its labels is none") {
  CHECK(name("{database}/{user}") == "shop/");
  CHECK(name("{user}/{host}").empty());
}

TEST_CASE("a template knows its labels") {
  CHECK(PoolTemplate("{database}/{user}").has("user"));
  CHECK_FALSE(PoolTemplate("user").has("user"));
}

TEST_CASE("braces that do not hold a label are refused with their column") {
  CHECK(template_error("a{b") == "column 2: expected a label in braces");
  CHECK(template_error("a{}") == "column 2: expected a label in braces");
  CHECK(template_error("{a{b}}") == "column 1: expected a label in braces");
  CHECK(template_error("a}b") == "column 2: expected { before }");
}
