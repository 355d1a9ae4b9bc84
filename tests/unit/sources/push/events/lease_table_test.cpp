#include "sources/push/events/lease_table.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace std::chrono_literals;
using namespace dbpool;

TEST_CASE("a lease ends once, with a report if it was suspected") {
  LeakDetector detector(10s);
  LeaseTable leases("web", detector);
  leases.lend("1", "a.py:1", 1s);
  leases.lend("x-2", "", 5s);
  CHECK(leases.has("1"));
  CHECK(leases.size() == 2);
  detector.sweep(11s);
  const auto returned = leases.end("1", 12s);
  REQUIRE(returned);
  REQUIRE(returned->leak);
  CHECK(returned->leak->connection_id == "web/1");
  CHECK(returned->leak->site == "a.py:1");
  CHECK(returned->leak->held == 11s);
  CHECK_FALSE(leases.end("1", 12s));
  const auto in_time = leases.end("x-2", 12s);
  REQUIRE(in_time);
  CHECK_FALSE(in_time->leak);
  CHECK(leases.size() == 0);
}

TEST_CASE("all leases end at once, and so do those of a table that is destroyed") {
  LeakDetector detector(10s);
  {
    LeaseTable leases("web", detector);
    for (const char* name : {"1", "2", "3"}) leases.lend(name, "", 1s);
    detector.sweep(11s);
    CHECK(leases.end_all().suspected == 3);
    CHECK(detector.suspected() == 0);
    leases.lend("1", "", 20s);
    detector.sweep(30s);
    CHECK(detector.suspected() == 1);
  }
  CHECK(detector.suspected() == 0);
  CHECK(detector.suspects().empty());
}

TEST_CASE("a suspected lease is reported with its client, its name and its place") {
  LeakDetector detector(10s);
  LeaseTable leases("web", detector), others("job", detector);
  leases.lend("17", "Cart.java:12", 1s);
  others.lend("x-17", "", 2s);
  const auto suspects = detector.sweep(20s);
  REQUIRE(suspects.size() == 2);
  const LeakReport numbered = report_of(*suspects[0], 20s), named = report_of(*suspects[1], 20s);
  CHECK(numbered.connection_id == "web/17");
  CHECK(numbered.lease == 17);
  CHECK(numbered.site == "Cart.java:12");
  CHECK(numbered.held == 19s);
  CHECK(named.connection_id == "job/x-17");
  CHECK(named.lease == 0);
  CHECK(named.site.empty());
}
