#include "cli/explain_view.hpp"

#include <doctest/doctest.h>

using namespace dbpool;

TEST_CASE("explain prints the verdict, why, the demand, the sites, the next step and the runbook") {
  const Document diagnosis = Document::parse(R"({
    "status": "success", "pool": "orders", "verdict": "leak",
    "sentence": "2 leases are suspected of leaking.",
    "evidence": [{"figure": "leaked", "value": 2, "bound": 1}, {"figure": "used_share", "value": 0.954321, "bound": null}],
    "next_step": "Mend the code at that site.", "demand": 5.25, "needed_size": 7,
    "runbook": "alerts/runbooks/ConnectionPoolLeak.md",
    "sites": [{"site": "search.cpp:12", "leases": 2, "longest_held_seconds": 45.2}]
  })");
  CHECK(explain_view(diagnosis, "degraded", Colours::off) ==
        "orders: degraded, leak\n"
        "  2 leases are suspected of leaking.\n"
        "  Evidence:\n"
        "    leaked      2 (bound 1)\n"
        "    used_share  0.9543\n"
        "  Demand: 5.25 connections at once, which need a size of 7\n"
        "  Leaks:\n"
        "    search.cpp:12: 2 held, the longest for 45.2 s\n"
        "  Next: Mend the code at that site.\n"
        "  Runbook: alerts/runbooks/ConnectionPoolLeak.md\n");
}

TEST_CASE("what is not known is left out") {
  const Document diagnosis = Document::parse(R"({
    "pool": "orders", "verdict": "ok", "sentence": "Nothing is wrong.", "evidence": [], "next_step": null,
    "demand": null, "needed_size": null, "runbook": null, "sites": []
  })");
  CHECK(explain_view(diagnosis, "healthy", Colours::on) ==
        "orders: \x1b[32mhealthy\x1b[0m, ok\n  Nothing is wrong.\n");
}
