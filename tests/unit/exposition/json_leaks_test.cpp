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

TEST_CASE("a leak that a server sees tells its session too, and its query only where that was asked for") {
  LeakReport lease{"4711", 4711, 90s, "shop", {}};
  lease.session =
      ServerSession{4711, "orders", "app", "shop", "10.0.0.7", "idle in transaction", 5123U, WallTime(), {}};
  const Json told = leaks_json({{"srv/orders", lease}})["leaks"][0];
  CHECK(told["pid"] == 4711);
  CHECK(told["client"] == "10.0.0.7");
  CHECK(told["application"] == "shop");
  CHECK(told["age_seconds"] == 90.0);
  CHECK(told["last_query_start"] == "1970-01-01T00:00:00.000Z");
  CHECK(told["ends_it"] == "SELECT pg_terminate_backend(4711)");
  CHECK(told["behind_pooler"].is_null());
  CHECK_FALSE(told.contains("query"));
  lease.session->client.clear();
  lease.session->query = "UPDATE t";
  lease.session->behind = PooledClient{"pgb", "billing", "alice", "orders", "10.0.0.9:40022"};
  const Json more = leaks_json({{"srv/orders", lease}})["leaks"][0];
  CHECK(more["client"].is_null());
  CHECK(more["query"] == "UPDATE t");
  CHECK(more["behind_pooler"] == Json{{"source", "pgb"},
                                      {"application", "billing"},
                                      {"user", "alice"},
                                      {"database", "orders"},
                                      {"address", "10.0.0.9:40022"}});
}

TEST_CASE("without a leak the list is empty") {
  CHECK(leaks_json({}) == Json{{"status", "success"}, {"leaks", Json::array()}, {"total_leaks", 0}});
}
