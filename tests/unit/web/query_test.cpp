#include "web/query.hpp"

#include <doctest/doctest.h>

using dbpool::only_query_parameter;
using dbpool::query_parameter;

TEST_CASE("a parameter is found by its whole name, and the first of several counts") {
  CHECK(query_parameter("hours=2", "hours") == "2");
  CHECK(query_parameter("a=1&hours=2&hours=3&b", "hours") == "2");
  CHECK(query_parameter("b&hours=", "hours") == "");
  CHECK(query_parameter("b&hours", "b") == "");
  CHECK(query_parameter("hours=a=b", "hours") == "a=b");
  CHECK_FALSE(query_parameter("hour=1&xhours=1&hoursx=1", "hours"));
  CHECK_FALSE(query_parameter("", "hours"));
  CHECK_FALSE(query_parameter("&&=&", "hours"));
}

TEST_CASE("names and values are decoded as forms encode them, and what is not encoded properly stays") {
  CHECK(query_parameter("pool=pgb%2Fapp%2fu", "pool") == "pgb/app/u");
  CHECK(query_parameter("pool=a+b%2Bc", "pool") == "a b+c");
  CHECK(query_parameter("p%6fol=x", "pool") == "x");
  CHECK(query_parameter("pool=%zz+%", "pool") == "%zz+%");
}

TEST_CASE("the only value of a parameter is that of one that occurs once, under any encoding of its name") {
  CHECK(only_query_parameter("a=1&target=db%3A1", "target") == "db:1");
  for (const auto* const query :
       {"", "a=1", "target", "target=", "target=x&target=x", "target=x&t%61rget=y"}) {
    CAPTURE(query);
    CHECK_FALSE(only_query_parameter(query, "target"));
  }
}
