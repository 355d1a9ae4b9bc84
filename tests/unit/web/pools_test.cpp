#include "web/handlers/pools.hpp"

#include <doctest/doctest.h>

#include "exposition/json_diagnosis.hpp"
#include "exposition/json_health.hpp"
#include "exposition/json_health_document.hpp"
#include "exposition/json_metrics.hpp"
#include "exposition/json_stats.hpp"
#include "program.hpp"

namespace dbpool {
namespace {

using namespace std::chrono_literals;
using test::header_of;
using test::Program;

Json body_of(const Response& response) {
  return Json::parse(response.body);
}

bool is_error(const Response& response, int status) {
  const Json body = body_of(response);
  return response.status == status && response.content_type == "application/json" && body.size() == 2 &&
         body["status"] == "error" && body["error"].is_string() && !body["error"].empty();
}

TEST_CASE("every document is JSON and the projection of the fleet") {
  Program program;
  program.add(known_pool("orders"));
  program.add(known_pool("users"), {HealthStatus::unhealthy, {}});
  const auto check = [&](const std::string& path, const Json& expected) {
    CAPTURE(path);
    const Response response = program.ask("GET", path);
    CHECK(response.status == 200);
    CHECK(response.content_type == "application/json");
    CHECK(response.body.ends_with("}\n"));
    CHECK(body_of(response) == expected);
  };
  check("/connections/pools/stats", stats_json(program.fleet));
  check("/connections/pools/health", health_json(program.fleet));
  check("/connections/pools/metrics", metrics_json(program.fleet));
  check("/connections/pools/diagnosis", diagnoses_json(program.fleet));
  check("/connections/pools/leaks", Json::parse(R"({"status": "success", "leaks": [], "total_leaks": 0})"));
}

TEST_CASE("every path takes GET and HEAD and nothing else") {
  Program program;
  program.add(known_pool("orders"));
  program.fleet.sources[0].pools[0].diagnosis = known_diagnosis();
  program.histories["orders"];
  for (const char* path :
       {"/health", "/connections/pools/stats", "/connections/pools/stats/orders", "/connections/pools/health",
        "/connections/pools/metrics", "/connections/pools/history/orders", "/connections/pools/leaks",
        "/connections/pools/diagnosis", "/connections/pools/diagnosis/orders"}) {
    CAPTURE(path);
    CHECK(program.ask("HEAD", path).status == 200);
    const Response refused = program.ask("POST", path);
    CHECK(is_error(refused, 405));
    CHECK(header_of(refused, "Allow") == "GET, HEAD");
    CHECK(program.ask("GET", std::string(path) + "?nobody=knows&this").status == 200);
  }
}

TEST_CASE("one pool's statistics come with its connections, or with null where the source has none") {
  Program program;
  program.add(known_pool("orders"));
  program.add(known_pool("users"));
  program.connections["orders"] = {{"conn_1", "idle", {}, {}, 0, 1s}};
  const Json orders = body_of(program.ask("GET", "/connections/pools/stats/orders"));
  CHECK(orders["pool"] == stats_json(program.fleet)["pools"]["orders"]);
  CHECK(orders["connections"][0]["id"] == "conn_1");
  CHECK(body_of(program.ask("GET", "/connections/pools/stats/users"))["connections"].is_null());
}

TEST_CASE("one pool's diagnosis is 404 where the entry only counts, and names the reason") {
  Program program;
  program.add(known_pool("orders"));
  program.add(pool_named("pgb/app", PoolScope::database));
  program.fleet.sources[0].pools[0].diagnosis = known_diagnosis();
  const Response orders = program.ask("GET", "/connections/pools/diagnosis/orders");
  CHECK(orders.status == 200);
  CHECK(body_of(orders)["pool"] == "orders");
  CHECK(body_of(orders)["verdict"] == "too_small");
  const Response counting = program.ask("GET", "/connections/pools/diagnosis/pgb/app");
  CHECK(is_error(counting, 404));
  CHECK(counting.body.find("only counts") != std::string::npos);
  CHECK(is_error(program.ask("GET", "/connections/pools/diagnosis/absent"), 404));
  CHECK(body_of(program.ask("GET", "/connections/pools/diagnosis"))["diagnoses"].size() == 1);
}

TEST_CASE("a pool's name in a path may be percent-encoded, and may hold slashes") {
  Program program;
  program.add(known_pool("pgb/app/u"));
  program.histories["pgb/app/u"];
  for (const char* name : {"pgb/app/u", "pgb%2Fapp%2fu", "%70gb/app/u"}) {
    CAPTURE(name);
    CHECK(body_of(program.ask("GET", std::string("/connections/pools/stats/") + name))["pool"]["name"] ==
          "pgb/app/u");
    CHECK(program.ask("GET", std::string("/connections/pools/history/") + name).status == 200);
  }
  CHECK(is_error(program.ask("GET", "/connections/pools/stats/%zz"), 400));
}

TEST_CASE("a pool that there is not is 404") {
  Program program;
  program.add(known_pool("orders"));
  for (const char* path : {"/connections/pools/stats/nobody", "/connections/pools/stats/orders/",
                           "/connections/pools/stats/", "/connections/pools/history/nobody",
                           "/health?pool=nobody", "/health?pool=", "/connections/pools", "/health/"}) {
    CAPTURE(path);
    CHECK(is_error(program.ask("GET", path), 404));
  }
}

TEST_CASE("the health document is 503 when the worst pool is unhealthy, and 200 otherwise") {
  Program program;
  CHECK(program.ask("GET", "/health").status == 200);
  program.add(known_pool("new"), {});
  program.add(known_pool("slow"), {HealthStatus::degraded, {}});
  CHECK(program.ask("GET", "/health").status == 200);
  program.add(known_pool("dead"), {HealthStatus::unhealthy, {}});
  const Response all = program.ask("GET", "/health");
  CHECK(all.status == 503);
  CHECK(body_of(all) == health_document_json(program.fleet));
  CHECK(program.ask("GET", "/health?pool=slow").status == 200);
  CHECK(program.ask("GET", "/health?pool=dead").status == 503);
  CHECK(program.ask("GET", "/connections/pools/health").status == 200);
}

TEST_CASE("the health of one pool is told of that pool alone") {
  Program program;
  program.add(known_pool("a b"), {HealthStatus::degraded, {}});
  program.add(known_pool("other"), {HealthStatus::unhealthy, {}});
  for (const char* query : {"pool=a%20b", "pool=a+b", "x=1&pool=a%20b&pool=other"}) {
    CAPTURE(query);
    const Json document = body_of(program.ask("GET", std::string("/health?") + query));
    CHECK(document["status"] == "degraded");
    CHECK(document["database"]["pool"]["active"] == 5);
  }
}

TEST_CASE("history reaches back an hour unless it is told otherwise, from nothing to a day") {
  Program program;
  program.histories["orders"] = {HistoryItem{}};
  const auto span_of = [&](const std::string& query) {
    CAPTURE(query);
    const Response response = program.ask("GET", "/connections/pools/history/orders" + query);
    CHECK(response.status == 200);
    CHECK(body_of(response)["history"].size() == 1);
    return program.asked_span;
  };
  CHECK(span_of("") == 1h);
  CHECK(span_of("?other=3") == 1h);
  CHECK(span_of("?hours=0") == 0h);
  CHECK(span_of("?hours=0.5") == 30min);
  CHECK(span_of("?hours=24") == 24h);
  CHECK(span_of("?hours=24.0&hours=x") == 24h);
}

TEST_CASE("hours that are no number from 0 to 24 are 400, and the error says what is allowed") {
  Program program;
  program.histories["orders"];
  for (const char* hours : {"", "x", "-1", "-0.001", "24.001", "25", "1e9", "1e999", "nan", "inf", "1h",
                            "%201", "1%20", "0x1", "1,5", "%zz"}) {
    CAPTURE(hours);
    const Response response =
        program.ask("GET", std::string("/connections/pools/history/orders?hours=") + hours);
    CHECK(is_error(response, 400));
    CHECK(response.body.find("from 0 to 24") != std::string::npos);
  }
}

TEST_CASE("leaks are listed with their pool") {
  Program program;
  program.leaks = {{"orders", {"conn_7", 42, 45s, "here.cpp:1 f", {}}}};
  const Json document = body_of(program.ask("GET", "/connections/pools/leaks"));
  CHECK(document["leaks"][0]["pool"] == "orders");
  CHECK(document["leaks"][0]["site"] == "here.cpp:1 f");
}

TEST_CASE("what happened is listed, of the last hour unless another number of minutes is given") {
  Program program;
  program.journal = {{{}, {}, "source_lost", "pgb", "", "source cannot be read: refused"}};
  const auto span_of = [&](const std::string& query) {
    const Json document = body_of(program.ask("GET", "/connections/pools/events" + query));
    CHECK(document["events"][0]["kind"] == "source_lost");
    return program.asked_span;
  };
  CHECK(span_of("") == 1h);
  CHECK(span_of("?minutes=0") == 0h);
  CHECK(span_of("?minutes=0.5") == 30s);
  CHECK(span_of("?minutes=525600") == 24h * 365);
  for (const char* minutes : {"", "x", "-1", "525601", "1e999", "nan", "1m"}) {
    CAPTURE(minutes);
    const Response response = program.ask("GET", std::string("/connections/pools/events?minutes=") + minutes);
    CHECK(is_error(response, 400));
    CHECK(response.body.find("from 0 to 525600") != std::string::npos);
  }
}

}  // namespace
}  // namespace dbpool
