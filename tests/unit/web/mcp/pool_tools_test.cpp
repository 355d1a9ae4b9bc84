#include "web/mcp/pool_tools.hpp"

#include <doctest/doctest.h>

#include <string>

#include "exposition/json_diagnosis.hpp"
#include "exposition/named_pools.hpp"
#include "posting.hpp"

namespace dbpool::mcp {
namespace {

using namespace std::chrono_literals;
using test::Program;
using test::program_with_mcp;
using enum HealthStatus;

Json document_of(const Finding& finding) {
  REQUIRE(std::holds_alternative<Json>(finding));
  return std::get<Json>(finding);
}

JournalEntry change_of(const std::string& pool, double seconds) {
  return {{}, unix_time(seconds), "health_changed", pool, pool, "health changed"};
}

SuspectedLeak leak_of(const std::string& pool, const std::string& site, std::chrono::seconds held) {
  return {pool, {"conn_1", 1, held, site, {}}};
}

}  // namespace

TEST_CASE("list_pools has a line for each pool, the worst first, with the time of its last change") {
  Program program = program_with_mcp();
  program.add(known_pool("users"), {unhealthy, {{HealthReason::no_connections, unhealthy}}});
  program.add(known_pool("stock"), {degraded, {{HealthReason::errors, degraded, 2, {1, false}}}});
  program.journal = {change_of("users", 200), change_of("users", 100), change_of("orders", 50)};
  const Json document = document_of(list_pools(Json::object(), program.services()));
  CHECK(document["overall_status"] == "unhealthy");
  CHECK(document["overall_message"] == "2 pools are not healthy");
  CHECK(document["total_pools"] == 3);
  CHECK(document["left_out"] == 0);
  REQUIRE(document["pools"].size() == 3);
  CHECK(document["pools"][0] == Json::parse(R"({
    "name": "users", "status": "unhealthy", "verdict": null, "message": "No healthy connections available",
    "reasons": ["no_connections"], "active_connections": 5, "total_capacity": 12, "waiting_requests": 4,
    "since": "1970-01-01T00:03:20.000Z"
  })"));
  CHECK(document["pools"][1]["name"] == "stock");
  CHECK(document["pools"][1]["since"].is_null());
  CHECK(document["pools"][2]["verdict"] == "too_small");
}

TEST_CASE("list_pools shows those with a status, and of many the worst hundred") {
  Program program;
  for (int i = 0; i < 150; ++i) program.add(known_pool("p" + std::to_string(i)));
  program.add(known_pool("last"), {degraded, {}});
  const Json all = document_of(list_pools(Json::object(), program.services()));
  CHECK(all["pools"].size() == 100);
  CHECK(all["pools"][0]["name"] == "last");
  CHECK(all["pools"][1]["name"] == "p0");
  CHECK(all["left_out"] == 51);
  const Json some = document_of(list_pools({{"status", "degraded"}}, program.services()));
  CHECK(some["pools"].size() == 1);
  CHECK(some["left_out"] == 0);
  CHECK(some["total_pools"] == 151);
}

TEST_CASE("explain_pool finds the document of the path with the diagnosis") {
  Program program = program_with_mcp();
  const Finding found = explain_pool({{"pool", "orders"}}, program.services());
  CHECK(document_of(found) == pool_diagnosis_json(named_pools(program.fleet).at(0)));
  CHECK(json_text(document_of(found)) == program.ask("GET", "/connections/pools/diagnosis/orders").body);
}

TEST_CASE("where there is no such pool, a tool says which there are") {
  Program program = program_with_mcp();
  program.add(known_pool("users"));
  const std::string words = "there is no pool named 'x'; known: orders, users";
  for (const auto& tool : {explain_pool, list_leaks, pool_history})
    CHECK(std::get<std::string>(tool({{"pool", "x"}}, program.services())) == words);
  for (int i = 0; i < 30; ++i) program.add(known_pool("p" + std::to_string(i)));
  const auto many = std::get<std::string>(explain_pool({{"pool", "x"}}, program.services()));
  CHECK(many.ends_with("p17 and 12 more (list_pools)"));
  Program empty;
  CHECK(std::get<std::string>(explain_pool({{"pool", "x"}}, empty.services())) ==
        "there is no pool named 'x'; there are no pools");
}

TEST_CASE("an entry that only counts has no diagnosis to explain") {
  Program program = program_with_mcp();
  program.add(known_pool("counts"));
  CHECK(std::get<std::string>(explain_pool({{"pool", "counts"}}, program.services())) ==
        "the entry 'counts' only counts, so it has no diagnosis");
}

TEST_CASE("list_leaks keeps those of a place together, and drops the shortest of too many") {
  Program program = program_with_mcp();
  program.add(known_pool("users"));
  program.leaks = {leak_of("users", "a", 5s), leak_of("orders", "a", 10s), leak_of("orders", "b", 90s),
                   leak_of("orders", "a", 30s)};
  const auto held = [](const Json& document) {
    std::vector<double> seconds;
    for (const Json& leak : document["leaks"]) seconds.push_back(leak["held_duration_seconds"].get<double>());
    return seconds;
  };
  const Json all = document_of(list_leaks(Json::object(), program.services()));
  CHECK(held(all) == std::vector<double>{30, 10, 90, 5});
  CHECK(all["total_leaks"] == 4);
  CHECK(held(document_of(list_leaks({{"pool", "users"}}, program.services()))) == std::vector<double>{5});
  program.leaks.assign(150, leak_of("orders", "a", 20s));
  program.leaks.push_back(leak_of("orders", "z", 60s));
  const Json most = document_of(list_leaks(Json::object(), program.services()));
  CHECK(most["leaks"].size() == 100);
  CHECK(most["leaks"].back()["site"] == "z");
  CHECK(most["total_leaks"] == 151);
  CHECK(most["left_out"] == 51);
}

TEST_CASE("pool_history reaches back as far as it is asked, with the changes of health before the points") {
  Program program = program_with_mcp();
  auto& items = program.histories["orders"];
  items.assign(1440, HistoryItem());
  items[700].status = unhealthy;
  const Json document = document_of(pool_history({{"pool", "orders"}, {"hours", 24}}, program.services()));
  CHECK(program.asked_span == 24h);
  CHECK(document["pool"] == "orders");
  CHECK(document["interval_seconds"] == 24 * 60);
  CHECK(document["changes"].size() == 2);
  CHECK(document["history"].size() == 60);
  CHECK(document["history"][29]["status"] == "unhealthy");
  CHECK(document.dump().find("\"changes\"") < document.dump().find("\"history\""));
  document_of(pool_history({{"pool", "orders"}}, program.services()));
  CHECK(program.asked_span == 1h);
}

TEST_CASE("recent_changes has the last hundred events, of the last hour where nothing else is asked") {
  Program program = program_with_mcp();
  program.journal = {change_of("users", 200)};
  const Json document = document_of(recent_changes(Json::object(), program.services()));
  CHECK(program.asked_span == 1h);
  CHECK(document["events"][0]["pool"] == "users");
  CHECK(document["left_out"] == 0);
  program.journal.assign(130, change_of("users", 200));
  const Json many = document_of(recent_changes({{"minutes", 0.5}}, program.services()));
  CHECK(program.asked_span == 30s);
  CHECK(many["events"].size() == 100);
  CHECK(many["left_out"] == 30);
}

}  // namespace dbpool::mcp
