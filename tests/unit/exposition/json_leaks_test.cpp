#include "exposition/json_leaks.hpp"

#include <doctest/doctest.h>

using namespace dbpool;
using namespace std::chrono_literals;

TEST_CASE("a leak tells its pool, lease, connection, age and where it was acquired") {
  const LeakReport lease{"conn_7", 42, 45200ms, "src/search.cpp:123 search_code", {"frame 1", "frame 2"}};
  CHECK(leaks_json({{"orders", lease}}) == Json::parse(R"({
    "status": "success",
    "leaks": [
      {"pool": "orders", "lease": 42, "connection_id": "conn_7", "age_seconds": 45.2,
       "held_duration_seconds": 45.2, "site": "src/search.cpp:123 search_code",
       "stack": ["frame 1", "frame 2"]}
    ],
    "total_leaks": 1
  })"));
}

TEST_CASE("without a leak the list is empty") {
  CHECK(leaks_json({}) == Json{{"status", "success"}, {"leaks", Json::array()}, {"total_leaks", 0}});
}
