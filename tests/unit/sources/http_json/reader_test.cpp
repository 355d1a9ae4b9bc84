#include "sources/http_json/reader.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "dbpool/model/error.hpp"
#include "dbpool/model/names.hpp"
#include "support/http/source_documents.hpp"
#include "support/text/find_pool.hpp"

using namespace dbpool;
using namespace dbpool::test;
using namespace std::chrono_literals;

namespace {

ProbeResult read_document(const std::string& preset, const std::string& text) {
  HttpJsonOptions options;
  options.preset = preset;
  return parse_http_json("app", options, text);
}

HttpJsonOptions custom(std::map<std::string, std::string> fields, const std::string& pools = "") {
  HttpJsonOptions options;
  options.preset = "custom";
  options.fields = std::move(fields);
  options.pools = pools;
  return options;
}

std::string failure(const std::string& preset, const std::string& text) {
  try {
    read_document(preset, text);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("Ombudsman's statistics are a pool each, and one without figures is known by name only") {
  const auto result = read_document("ombudsman", ombudsman_stats);
  REQUIRE(result.pools.size() == 2);
  CHECK(result.pools[0].label() == "app/snowflake");
  CHECK_FALSE(result.pools[0].total());
  CHECK_FALSE(result.pools[0].unread);  // the reading has not failed
  const PoolSnapshot& pool = result.pools[1];
  CHECK(pool.label() == "app/sqlserver");
  CHECK_FALSE(pool.unread);
  CHECK(pool.idle == 3U);
  CHECK(pool.active == 2U);
  CHECK(pool.max == 10U);
  CHECK(pool.min == 2U);
  CHECK(pool.created == 5U);
  CHECK(pool.reused == 127U);
  CHECK(pool.health_checks == 0U);
  CHECK(pool.errors[index_of(ErrorKind::other)] == 0U);
  CHECK_FALSE(pool.errors[index_of(ErrorKind::connect)]);
  CHECK(pool.closed[index_of(CloseReason::max_lifetime)] == 0U);
  CHECK(pool.closed[index_of(CloseReason::closed)] == 0U);
  CHECK_FALSE(pool.closed[index_of(CloseReason::idle)]);
  CHECK_FALSE(pool.waiting);
  CHECK_FALSE(pool.acquisitions);
}

TEST_CASE("Ombudsman's health has each pool's own word for it") {
  const PoolSnapshot pool = only_pool(read_document("ombudsman", ombudsman_health));
  CHECK(pool.label() == "app/sqlserver");
  CHECK(pool.source_status == "healthy");
  CHECK(pool.idle == 3U);
  CHECK(pool.active == 2U);
  CHECK(pool.errors_recent == 0U);
  CHECK_FALSE(pool.max);
}

TEST_CASE("Ombudsman's health tells how full a pool is, where it tells no maximum") {
  const PoolSnapshot full = only_pool(read_document("ombudsman", R"({"pools": [
    {"name": "a", "status": "unhealthy", "utilization": 100, "active_connections": 10}]})"));
  CHECK(full.utilization == 1.0);
  CHECK_FALSE(full.max);
  CHECK(only_pool(read_document("ombudsman", ombudsman_health)).utilization == doctest::Approx(0.2));
  CHECK_FALSE(only_pool(read_document("ombudsman", R"({"pools": [{"name": "a", "utilization": null}]})"))
                  .utilization);
}

TEST_CASE("Ombudsman's metrics are one pool") {
  const PoolSnapshot pool = only_pool(read_document("ombudsman", ombudsman_metrics));
  CHECK(pool.label() == "app");
  CHECK(pool.idle == 5U);
  CHECK(pool.active == 3U);
  CHECK(pool.max == 20U);
  CHECK(pool.total() == 8U);
  CHECK_FALSE(pool.unknown);
  CHECK(pool.created == 12U);
  CHECK(pool.reused == 456U);
  CHECK(pool.closed[index_of(CloseReason::closed)] == 2U);
}

TEST_CASE("the statistics of one Ombudsman pool are read with and without a frame around them") {
  const std::string pool =
      R"({"name": "a", "pool_size": 3, "total_capacity": 0, "statistics": {"created": 5}})";
  for (const std::string& text : {pool, R"({"status": "success", "pool": )" + pool + "}"}) {
    const PoolSnapshot read_one = only_pool(read_document("ombudsman", text));
    CHECK(read_one.label() == "app");
    CHECK(read_one.idle == 3U);
    CHECK(read_one.created == 5U);
    CHECK_FALSE(read_one.max);  // 0 is unlimited
  }
}

TEST_CASE("what this exporter adds to Ombudsman's statistics is read as well") {
  const PoolSnapshot pool = only_pool(read_document("ombudsman", R"({"pools": {"a": {
    "pool_size": 3, "active_connections": 2, "total_capacity": 15, "driver": "postgres", "database": null,
    "leaked": 1, "oldest_waiter_seconds": 0.25,
    "statistics": {"closed": 7, "stale_cleaned": 5, "errors": 4},
    "pool_statistics": {"total_connections": 6, "waiting_requests": 4, "peak_wait_time_ms": 1500.5,
      "total_acquisitions": 100, "configured_size": 10, "max_overflow": 5,
      "pool_created_at": "2025-10-13T14:30:00.250Z", "connection_max_age": 300, "connections_failed": 2}}}})"));
  CHECK(pool.info.driver == "postgres");
  CHECK(pool.info.database.empty());
  CHECK(pool.leaked == 1U);
  CHECK(pool.oldest_waiter == 0.25);
  CHECK(pool.unknown == 1U);
  CHECK(pool.waiting == 4U);
  CHECK(pool.wait_peak == doctest::Approx(1.5005));
  CHECK(pool.acquisitions == 100U);
  CHECK(pool.configured == 10U);
  CHECK(pool.max == 15U);
  CHECK(pool.max_age == 300.0);
  CHECK(pool.connect_failures == 2U);
  CHECK(pool.created_at == WallTime(1760365800250ms));
  CHECK(pool.closed[index_of(CloseReason::max_lifetime)] == 5U);
  CHECK(pool.closed[index_of(CloseReason::closed)] == 2U);
  CHECK(pool.errors[index_of(ErrorKind::other)] == 4U);
}

TEST_CASE("the codebase-mcp health document tells connections, contact and latency") {
  const PoolSnapshot pool = only_pool(read_document("codebase-mcp", codebase_mcp_health));
  CHECK(pool.label() == "app");
  CHECK(pool.source_status == "healthy");
  CHECK(pool.idle == 4U);
  CHECK(pool.active == 1U);
  CHECK(pool.waiting == 0U);
  CHECK(pool.total() == 5U);
  CHECK(pool.last_connect_ok == true);
  CHECK(pool.response_time == doctest::Approx(0.0023));
  CHECK(pool.last_error.empty());
  CHECK_FALSE(pool.max);
}

TEST_CASE("a codebase-mcp health document that is disconnected tells that no connection is to be had") {
  const PoolSnapshot pool = only_pool(read_document("codebase-mcp", R"({"status": "unhealthy", "database": {
    "status": "disconnected", "pool": {"total": 0, "idle": 0, "active": 0, "waiting": 0}}})"));
  CHECK(pool.total() == 0U);
  CHECK(pool.last_connect_ok == false);
}

TEST_CASE("the codebase-mcp statistics are read") {
  const PoolSnapshot pool = only_pool(read_document("codebase-mcp", R"({
    "total_connections": 5, "idle_connections": 4, "active_connections": 1, "waiting_requests": 0,
    "avg_acquisition_time_ms": 2.5, "peak_active_connections": 3, "peak_wait_time_ms": 12.5,
    "total_acquisitions": 100, "total_releases": 99, "pool_created_at": "2025-10-13T14:30:00+02:00",
    "last_health_check": "2025-10-13T14:30:00", "last_error": "Connection validation failed",
    "last_error_time": "2025-10-13T12:31:00.5Z"})"));
  CHECK(pool.active_peak == 3U);
  CHECK(pool.wait_peak == 0.0125);
  CHECK(pool.acquisitions == 100U);
  CHECK(pool.releases == 99U);
  CHECK(pool.created_at == WallTime(1760358600s));
  CHECK_FALSE(pool.last_health_check);  // its clock is unknown
  CHECK(pool.last_error == "Connection validation failed");
  CHECK(pool.last_error_at == WallTime(1760358660500ms));
}

TEST_CASE("the EROS statistics are read, and its maximum includes the overflow") {
  const PoolSnapshot pool = only_pool(read_document("eros", eros_stats));
  CHECK(pool.configured == 10U);
  CHECK(pool.max == 15U);
  CHECK(pool.idle == 7U);
  CHECK(pool.active == 3U);
  CHECK(pool.total() == 10U);
  CHECK(pool.overflow == 0U);
  CHECK(pool.created == 15U);
  CHECK(pool.closed[index_of(CloseReason::max_lifetime)] == 5U);
  CHECK_FALSE(pool.closed[index_of(CloseReason::closed)]);
  CHECK(pool.connect_failures == 0U);
  CHECK(pool.health_check_failures == 1U);
  CHECK(pool.max_age == 300.0);
}

TEST_CASE("an overflow beyond all bounds makes a pool no smaller") {
  const PoolSnapshot pool =
      only_pool(read_document("eros", R"({"pool_size": 18446744073709551615, "max_overflow": 5})"));
  CHECK(pool.max == 18446744073709551615U);
}

TEST_CASE("the Snowflake health tells a total, what is healthy, and its own word") {
  const PoolSnapshot pool = only_pool(read_document("snowflake", R"({
    "status": "slow", "message": "High response time: 6000ms",
    "metrics": {"total_connections": 10, "healthy_connections": 9, "response_time_ms": 6000.0,
                "errors_last_hour": 2, "last_check": "2025-10-13T14:30:00.123456"}})"));
  CHECK(pool.source_status == "slow");
  CHECK(pool.unknown == 10U);
  CHECK_FALSE(pool.active);
  CHECK(pool.healthy == 9U);
  CHECK(pool.response_time == 6.0);
  CHECK(pool.errors_last_hour == 2U);
  CHECK_FALSE(pool.last_health_check);
}

TEST_CASE("the Snowflake health before its first check is a pool of which nothing is known") {
  const PoolSnapshot pool =
      only_pool(read_document("snowflake", R"({"status": "unknown", "message": "No metrics available"})"));
  CHECK_FALSE(pool.total());
  CHECK_FALSE(pool.response_time);
  CHECK_FALSE(pool.unread);
  CHECK(pool.source_status == "unknown");
}

TEST_CASE("one item of the Snowflake history is read") {
  const PoolSnapshot pool = only_pool(read_document("snowflake", R"({
    "timestamp": "2025-10-13T14:30:00Z", "total_connections": 0, "healthy_connections": 0,
    "failed_health_checks": 0, "average_response_time_ms": 12.5, "errors_last_hour": 0})"));
  CHECK(pool.total() == 0U);
  CHECK(pool.healthy == 0U);
  CHECK(pool.response_time == 0.0125);
  CHECK(pool.last_health_check == WallTime(1760365800s));
}

TEST_CASE("custom fields come from where the pointers say, in one pool") {
  const PoolSnapshot pool = only_pool(parse_http_json(
      "app",
      custom({{"active", "/hikari/active"},
              {"idle", "/hikari/idle"},
              {"max", "/config/~1max~0/0"},
              {"wait_peak_ms", "/hikari/longest"},
              {"status", "/state"},
              {"waiting", "/not/there"}}),
      R"({"hikari": {"active": 3.0, "idle": 7, "longest": 250}, "config": {"/max~": [10]}, "state": "UP"})"));
  CHECK(pool.label() == "app");
  CHECK(pool.active == 3U);
  CHECK(pool.idle == 7U);
  CHECK(pool.max == 10U);
  CHECK(pool.wait_peak == 0.25);
  CHECK(pool.source_status == "UP");
  CHECK_FALSE(pool.waiting);
}

TEST_CASE("custom pools are an object's members, or an array's items by name or number") {
  const auto options = custom({{"active", "/a"}, {"name", "/id"}}, "/pools");
  const auto members =
      parse_http_json("app", options, R"({"pools": {"x": {"a": 1}, "y": {"a": 2, "id": "z"}}})");
  REQUIRE(members.pools.size() == 2);
  CHECK(members.pools[0].label() == "app/x");
  CHECK(members.pools[1].label() == "app/z");
  const auto items = parse_http_json("app", options, R"({"pools": [{"a": 1}, {"a": 2, "id": "z"}]})");
  REQUIRE(items.pools.size() == 2);
  CHECK(items.pools[0].label() == "app/0");
  CHECK(items.pools[1].label() == "app/z");
  CHECK(parse_http_json("app", custom({{"active", "/a"}}), R"([{"a": 1}, {"a": 2}])").pools.size() == 2);
  CHECK(parse_http_json("app", options, R"({"pools": {}})").pools.empty());
}

TEST_CASE("custom fields may come from several documents, as Spring Boot Actuator needs it") {
  const HttpJsonReader reader(custom({{"active", "hikaricp.connections.active#/measurements/0/value"},
                                      {"idle", "hikaricp.connections.idle#/measurements/0/value"},
                                      {"waiting", "hikaricp.connections.pending#/measurements/0/value"}}));
  CHECK(reader.references() == std::vector<std::string>{"hikaricp.connections.active",
                                                        "hikaricp.connections.idle",
                                                        "hikaricp.connections.pending"});
  const auto metric = [](const std::string& value) {
    return R"({"name": "m", "baseUnit": null, "measurements": [{"statistic": "VALUE", "value": )" + value +
           R"(}], "availableTags": [{"tag": "pool", "values": ["HikariPool-1"]}]})";
  };
  const PoolSnapshot pool =
      only_pool(reader.read("app", {metric("3.0"), metric("7.0"), metric("0.0")}).result);
  CHECK(pool.active == 3U);
  CHECK(pool.idle == 7U);
  CHECK(pool.waiting == 0U);
}

TEST_CASE("a mapping that fits nothing is an error, not a pool without figures") {
  CHECK_THROWS_AS(parse_http_json("app", custom({{"active", "/a"}}), R"({"b": 1})"), Error);
  CHECK_THROWS_AS(parse_http_json("app", custom({{"active", "/a"}}), R"({"a": "many"})"), Error);
  CHECK_THROWS_AS(parse_http_json("app", custom({{"active", "/a"}}, "/p"), R"({"a": 1})"), Error);
  CHECK_THROWS_AS(parse_http_json("app", custom({{"active", "/a"}}, "/a"), R"({"a": 1})"), Error);
}

TEST_CASE("an unknown field and a malformed pointer are told before anything is read") {
  CHECK(http_json_field_problem("active", "/a/0") == "");
  CHECK(http_json_field_problem("active", "metrics/x?tag=a:b#/value") == "");
  CHECK(http_json_field_problem("actives", "/a").starts_with("no such field; allowed: "));
  CHECK(http_json_field_problem("active", "a") != "");
  CHECK(http_json_field_problem("active", "/a~2") != "");
  CHECK(http_json_field_problem("active", "x#a") != "");
  CHECK_THROWS_AS(HttpJsonReader(custom({{"actives", "/a"}})), Error);
  CHECK_THROWS_AS(HttpJsonReader(custom({})), Error);
}

TEST_CASE("connections closed for each reason and errors of each type are fields of their own") {
  for (const std::string_view reason : close_reason_names) {
    CAPTURE(reason);
    const auto result =
        parse_http_json("app", custom({{"closed." + std::string(reason), "/a"}, {"closed", "/all"}}),
                        R"({"a": 2, "all": 5})");
    const auto& closed = result.pools.at(0).closed;
    const auto index =
        static_cast<std::size_t>(std::ranges::find(close_reason_names, reason) - close_reason_names.begin());
    CHECK(closed.at(index) == 2U);
    if (reason != "closed") CHECK(closed[index_of(CloseReason::closed)] == 3U);
  }
  for (const std::string_view type : error_kind_names) {
    CAPTURE(type);
    const auto result = parse_http_json(
        "app", custom({{"errors." + std::string(type), "/a"}, {"errors", "/all"}}), R"({"a": 2, "all": 5})");
    const auto& errors = result.pools.at(0).errors;
    const auto index =
        static_cast<std::size_t>(std::ranges::find(error_kind_names, type) - error_kind_names.begin());
    CHECK(errors.at(index) == 2U);
    if (type != "other") CHECK(errors[index_of(ErrorKind::other)] == 3U);
  }
  CHECK(http_json_field_problem("closed.age", "/a").starts_with("no such field"));
  CHECK(http_json_field_problem("errors.", "/a").starts_with("no such field"));
}

TEST_CASE("a document of another form is an error that quotes nothing of it") {
  for (const std::string preset : {"ombudsman", "codebase-mcp", "eros", "snowflake"}) {
    for (const std::string text :
         {"{}", "[]", "7", "null", R"("hunter2")", R"({"status": "error", "error": "hunter2"})"}) {
      const std::string why = failure(preset, text);
      CHECK(why == "its answer is none of the documents of preset " + preset);
    }
  }
  CHECK(failure("ombudsman", R"({"pools": {"a": 7}})") == "its answer has a pool that is no JSON object");
  CHECK(failure("ombudsman", R"({"pools": [null]})") == "its answer has a pool that is no JSON object");
}

TEST_CASE("values that cannot be are not known") {
  const PoolSnapshot pool = only_pool(read_document("ombudsman", R"({"pools": {"a": {
    "pool_size": -3, "active_connections": "2", "total_capacity": 1e30, "min_size": 2.5,
    "statistics": {"created": true, "reused": null, "closed": [], "errors": {}, "health_checks": 18446744073709551615},
    "oldest_waiter_seconds": -1, "status": 7}}})"));
  CHECK_FALSE(pool.idle);
  CHECK(pool.active == 2U);
  CHECK_FALSE(pool.max);
  CHECK_FALSE(pool.min);
  CHECK_FALSE(pool.created);
  CHECK_FALSE(pool.oldest_waiter);
  CHECK(pool.health_checks == 18446744073709551615U);
}

TEST_CASE("names are valid UTF-8 of a bounded length") {
  const auto result = read_document("ombudsman", "{\"pools\": {\"a\xFF\": {\"pool_size\": 1}, \"" +
                                                     std::string(100'000, 'x') + "\": {\"pool_size\": 1}}}");
  REQUIRE(result.pools.size() == 2);
  CHECK(result.pools[0].label() == "app/a\xEF\xBF\xBD");
  CHECK(result.pools[1].label().starts_with("app/" + std::string(180, 'x')));
  CHECK(result.pools[1].key.name().size() == PoolKey::longest_name);
}

TEST_CASE("a caller who is known to wait counts for the longest wait") {
  const auto judged = [](std::map<std::string, std::string> fields, const std::string& text) {
    return only_pool(parse_http_json("app", custom(std::move(fields)), text)).wait_judged_peak;
  };
  const std::string text = R"({"oldest": 30, "peak": 0.5})";
  CHECK(judged({{"oldest_waiter", "/oldest"}}, text) == 30.0);
  CHECK(judged({{"oldest_waiter", "/oldest"}, {"wait_recent_peak", "/peak"}}, text) == 30.0);
  CHECK(judged({{"oldest_waiter", "/peak"}, {"wait_recent_peak", "/oldest"}}, text) == 30.0);
  CHECK_FALSE(judged({{"active", "/oldest"}}, text));
}

TEST_CASE("of idle, active and total each follows from the other two") {
  const auto pool_of = [](std::map<std::string, std::string> fields, const std::string& text) {
    return only_pool(parse_http_json("app", custom(std::move(fields)), text));
  };
  const std::map<std::string, std::string> node{
      {"total", "/totalCount"}, {"idle", "/idleCount"}, {"waiting", "/waitingCount"}, {"max", "/max"}};
  const PoolSnapshot full =
      pool_of(node, R"({"totalCount": 10, "idleCount": 0, "waitingCount": 7, "max": 10})");
  CHECK(full.active == 10U);
  CHECK(full.idle == 0U);
  CHECK_FALSE(full.unknown);
  CHECK(pool_of(node, R"({"totalCount": 4, "idleCount": 4})").active == 0U);
  CHECK(pool_of(node, R"({"totalCount": 0, "idleCount": 0})").total() == 0U);

  const PoolSnapshot idle =
      pool_of({{"total", "/t"}, {"active", "/a"}, {"checking", "/c"}}, R"({"t": 10, "a": 6, "c": 1})");
  CHECK(idle.idle == 3U);
  CHECK(idle.total() == 10U);
  CHECK_FALSE(idle.unknown);
  const PoolSnapshot all =
      pool_of({{"total", "/t"}, {"active", "/a"}, {"idle", "/i"}}, R"({"t": 10, "a": 6, "i": 1})");
  CHECK(all.unknown == 3U);
  const PoolSnapshot total = pool_of({{"total", "/t"}, {"max", "/t"}}, R"({"t": 10})");
  CHECK(total.unknown == 10U);
  CHECK_FALSE(total.active);
  CHECK_FALSE(total.idle);
}

TEST_CASE(
    "a state that the document itself says null for is not known, since the total may be that of the "
    "others") {
  const PoolSnapshot pool =
      only_pool(read_document("ombudsman", R"({"pools": {"a": {"pool_size": 3, "active_connections": null,
    "pool_statistics": {"total_connections": 3, "idle_connections": 3, "active_connections": null}}}})"));
  CHECK(pool.idle == 3U);
  CHECK_FALSE(pool.active);
  CHECK(pool.total() == 3U);
}

TEST_CASE("of a total that is less than its parts nothing follows") {
  const PoolSnapshot idle =
      only_pool(parse_http_json("app", custom({{"total", "/t"}, {"idle", "/i"}}), R"({"t": 3, "i": 5})"));
  CHECK(idle.idle == 5U);
  CHECK_FALSE(idle.active);
  CHECK_FALSE(idle.unknown);
  const PoolSnapshot active =
      only_pool(parse_http_json("app", custom({{"total", "/t"}, {"active", "/a"}}), R"({"t": 0, "a": 5})"));
  CHECK(active.active == 5U);
  CHECK_FALSE(active.idle);
  CHECK_FALSE(active.unknown);
}

TEST_CASE("a number in quotes and one that JSON does not have leave the others as they are") {
  const auto result = parse_http_json(
      "app", custom({{"max", "/max"}, {"active", "/a"}, {"oldest_waiter", "/o"}, {"paused", "/p"}}),
      R"({"max": "10", "a": 3, "o": NaN, "p": "true"})");
  CHECK(only_pool(result).max == 10U);
  CHECK(only_pool(result).active == 3U);
  CHECK_FALSE(only_pool(result).oldest_waiter);
  CHECK(only_pool(result).paused == true);
  CHECK(result.hints.empty());
}

TEST_CASE("a mapped field that a document lacks, or has as something else, is hinted at") {
  const auto result =
      parse_http_json("app",
                      custom({{"active", "/active"},
                              {"idle", "/idle"},
                              {"max", "/maxx"},
                              {"min", "metrics?token=hunter2#/min/0"},
                              {"paused", "/idle"},
                              {"status", "/list"},
                              {"waiting", "/null"},
                              {"created", "/word"}}),
                      R"({"active": 1, "idle": -1, "null": null, "list": [], "word": "hunter2"})");
  CHECK(result.hints ==
        std::vector<std::string>{"created: /word leads to a text, which cannot be its value",
                                 "idle: /idle leads to a number, which cannot be its value",
                                 "max: /maxx leads to nothing", "min: /min/0 leads to nothing",
                                 "paused: /idle leads to a number, which cannot be its value",
                                 "status: /list leads to an array, which cannot be its value"});
}

TEST_CASE("a field is missing only where no pool of the document has it") {
  const auto options = custom({{"active", "/a"}, {"max", "/m"}, {"min", "/n"}}, "/pools");
  CHECK(parse_http_json("app", options, R"({"pools": [{"a": 1}, {"a": 2, "m": null}, {"m": {}}]})").hints ==
        std::vector<std::string>{"min: /n leads to nothing"});
  CHECK(parse_http_json("app", options, R"({"pools": []})").hints.empty());
}

TEST_CASE("an error for want of any figure names the first fields") {
  try {
    parse_http_json("app", custom({{"active", "/a"}, {"idle", "/b"}, {"max", "/c"}, {"min", "/d"}}),
                    R"({"b": {}})");
    FAIL("it was read");
  } catch (const Error& error) {
    CHECK(std::string(error.what()) ==
          "its answer has a number in none of the fields; active: /a leads to nothing; idle: /b leads to an "
          "object, "
          "which cannot be its value; max: /c leads to nothing; …");
  }
}

TEST_CASE("a document in which a preset finds no figure is hinted at") {
  const std::vector<std::string> hint{"its answer has no figure that preset ombudsman knows"};
  CHECK(read_document("ombudsman", R"({"pools": {"a": {}, "b": {"size": 7}}})").hints == hint);
  CHECK(read_document("ombudsman", R"({"pools": {}})").hints.empty());
  CHECK(read_document("ombudsman", ombudsman_stats).hints.empty());
  CHECK(read_document("snowflake", R"({"status": "unknown", "message": "No metrics available"})").hints ==
        std::vector<std::string>{"its answer has no figure that preset snowflake knows"});
}
