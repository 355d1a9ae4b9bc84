#include "exposition/json_diagnosis.hpp"

#include <doctest/doctest.h>

#include "json_fleets.hpp"

using namespace dbpool;

namespace {

FleetSnapshot diagnosed_fleet(const std::shared_ptr<const Diagnosis>& diagnosis) {
  FleetSnapshot fleet = fleet_of({report_of(known_pool("orders"))});
  fleet.sources[0].pools[0].diagnosis = diagnosis;
  return fleet;
}

Json document_of(const Diagnosis& diagnosis) {
  const FleetSnapshot fleet = diagnosed_fleet(std::make_shared<const Diagnosis>(diagnosis));
  return pool_diagnosis_json(named_pools(fleet).at(0));
}

}  // namespace

TEST_CASE("the diagnosis of one pool has the verdict, why one may believe it, and what to do") {
  const Json document = document_of(*known_diagnosis());
  CHECK(document == Json::parse(R"({
    "status": "success",
    "pool": "orders",
    "verdict": "too_small",
    "sentence": "The pool is too small for its load: 12 of 12 connections are in use and 4 callers wait. 14.5 connections were wanted at once over the last 5 min, which needs a size of 19.",
    "evidence": [{"figure": "demand", "value": 14.5, "bound": 12}, {"figure": "waiting", "value": 4, "bound": null}],
    "next_step": "Set the size to 19, if the database has room for it.",
    "demand": 14.5,
    "needed_size": 19,
    "runbook": "alerts/runbooks/ConnectionPoolExhausted.md",
    "sites": [],
    "known_seconds": 3600})"));
}

TEST_CASE("what a diagnosis does not know is null") {
  Diagnosis healthy;
  healthy.verdict = Verdict::ok;
  healthy.ground = Ground::none;
  healthy.figures.waiting = 0;
  healthy.figures.used_share = 0.1;
  check_unknown(document_of(healthy), {"next_step", "demand", "needed_size", "runbook"});
  CHECK(document_of(healthy)["evidence"].empty());
}

TEST_CASE("a leak's sites are listed, and figures are rounded to millionths") {
  Diagnosis leak;
  leak.verdict = Verdict::leak;
  leak.figures.leaked = 2;
  leak.figures.sites = {{"checkout.cpp:88", 2, 90.0000004}};
  leak.demand = 1.0 / 3;
  const Json document = document_of(leak);
  CHECK(document["sites"] ==
        Json::parse(R"([{"site": "checkout.cpp:88", "leases": 2, "longest_held_seconds": 90}])"));
  CHECK(document["demand"] == 0.333333);
}

TEST_CASE("the diagnoses are those of the pools that have one") {
  FleetSnapshot fleet = diagnosed_fleet(known_diagnosis());
  fleet.sources[0].pools.push_back(report_of(pool_named("orders/app", PoolScope::database)));
  const Json document = diagnoses_json(fleet);
  CHECK(document["status"] == "success");
  REQUIRE(document["diagnoses"].size() == 1);
  const Json one = pool_diagnosis_json(named_pools(fleet).at(0));
  check_has(one, document["diagnoses"][0]);
  CHECK(one.size() == document["diagnoses"][0].size() + 1);
  CHECK(diagnoses_json({}) == Json::parse(R"({"status": "success", "diagnoses": []})"));
}
