#include "exposition/json.hpp"

#include <doctest/doctest.h>

#include "support/fakes/known_fleet.hpp"

using namespace dbpool;

TEST_CASE("a time is RFC 3339 in UTC with milliseconds, cut off and not rounded") {
  CHECK(rfc3339(unix_time(1760365800)) == "2025-10-13T14:30:00.000Z");
  CHECK(rfc3339(unix_time(1760365800.0625)) == "2025-10-13T14:30:00.062Z");
  CHECK(rfc3339(WallTime(std::chrono::milliseconds(1760365799999))) == "2025-10-13T14:29:59.999Z");
  CHECK(rfc3339(WallTime(std::chrono::milliseconds(-1))) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("what is not known is null") {
  CHECK(json_of(PoolSnapshot::Count()).is_null());
  CHECK(json_of(PoolSnapshot::Time()).is_null());
  CHECK(json_of(std::string()).is_null());
  CHECK(json_seconds(std::nullopt).is_null());
  CHECK(json_milliseconds(std::nullopt).is_null());
  CHECK(json_of(PoolSnapshot::Count(0)) == 0);
}

TEST_CASE("a ratio is per cent with one decimal, and null where there is no whole") {
  CHECK(json_per_cent(2, 10).dump() == "20.0");
  CHECK(json_per_cent(1, 3).dump() == "33.3");
  CHECK(json_per_cent(2, 3).dump() == "66.7");
  CHECK(json_per_cent(1, 0).is_null());
  CHECK(json_per_cent(std::nullopt, 10).is_null());
  CHECK(json_per_cent(1, std::nullopt).is_null());
}

TEST_CASE("whole seconds are written as people configure them") {
  CHECK(json_seconds(300).dump() == "300");
  CHECK(json_seconds(1.5).dump() == "1.5");
  CHECK(json_seconds(1e300).dump() == "1e+300");
  CHECK(json_seconds(1e19).dump() == "1e+19");
  CHECK(json_milliseconds(0.0023).dump() == "2.3");
}

TEST_CASE("seconds that no integer holds are a number all the same") {
  CHECK(json_seconds(9007199254740991).dump() == "9007199254740991");
  CHECK(json_seconds(1e300) == 1e300);
  CHECK(json_milliseconds(1e200).get<double>() == doctest::Approx(1e203));
  CHECK(json_milliseconds(1e308).is_null());
}

TEST_CASE("what is not UTF-8 does not end an answer") {
  CHECK(json_text({{"name", "a\xff"}}) == "{\"name\":\"a\xEF\xBF\xBD\"}\n");
  CHECK(json_text({{"name", "<b>\""}}) == "{\"name\":\"<b>\\\"\"}\n");
}
