#include "dbpool/observe/leak_detector.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "dbpool/model/pool_event.hpp"

using namespace std::chrono_literals;
using dbpool::LeakDetector;
using dbpool::LeaseRecord;
namespace event = dbpool::event;

namespace {

/// Three leases, lent at 1, 2 and 3 seconds.
struct Leases {
  explicit Leases(LeakDetector& detector) {
    for (std::size_t i = 0; i < records.size(); ++i) {
      records[i].id = i + 1;
      records[i].acquired_at = (static_cast<int>(i) + 1) * 1s;
      detector.lent(records[i]);
    }
  }
  std::vector<LeaseRecord> records{3};
};

/// Follows the leases that applications report, by the identities in their events.
struct ReportedLeases {
  using Key = std::pair<std::string, std::string>;

  void apply(const event::Acquired& e) {
    LeaseRecord& lease = out[key(e.lease)];
    lease.acquired_at = e.at;
    lease.site = e.lease.site;
    detector.lent(lease);
  }
  /// Returns whether the lease was out.
  bool apply(const event::Released& e) {
    const auto lease = out.find(key(e.lease));
    if (lease == out.end()) return false;
    detector.returned(lease->second);
    out.erase(lease);
    return true;
  }
  static Key key(const event::LeaseIdentity& lease) {
    return {std::string(lease.client), std::string(lease.lease)};
  }

  LeakDetector detector{10s};
  std::map<Key, LeaseRecord> out;
};

std::vector<std::uint64_t> ids(const std::vector<const LeaseRecord*>& leases) {
  std::vector<std::uint64_t> all;
  for (const auto* lease : leases) all.push_back(lease->id);
  return all;
}

}  // namespace

TEST_CASE("a lease is suspected when it has been out for the limit, and only once") {
  LeakDetector detector(10s);
  const Leases leases(detector);
  CHECK(detector.sweep(10s).empty());
  CHECK(ids(detector.sweep(11s)) == std::vector<std::uint64_t>{1});
  CHECK(detector.sweep(11s).empty());
  CHECK(ids(detector.sweep(20s)) == std::vector<std::uint64_t>{2, 3});
  CHECK(ids(detector.suspects()) == std::vector<std::uint64_t>{1, 2, 3});
}

TEST_CASE("a pause of the process counts against no lease that was out, and for none that was lent later") {
  LeakDetector detector(10s);
  Leases leases(detector);
  detector.pardon(100s);
  CHECK(detector.sweep(110s).empty());
  CHECK(ids(detector.sweep(111s)) == std::vector<std::uint64_t>{1});
  CHECK_FALSE(detector.returned(leases.records[2]));
  leases.records[2].acquired_at = 111s;
  detector.lent(leases.records[2]);
  CHECK(ids(detector.sweep(121s)) == std::vector<std::uint64_t>{2, 3});
}

TEST_CASE("a suspect that comes back is no longer counted, whichever of them it is") {
  for (const std::size_t back : {0U, 1U, 2U}) {
    LeakDetector detector(10s);
    Leases leases(detector);
    detector.sweep(20s);
    CHECK(detector.returned(leases.records[back]));
    CHECK(detector.suspected() == 2);
    CHECK(detector.suspects().size() == 2);
    for (std::size_t i = 0; i < 3; ++i) {
      if (i != back) detector.returned(leases.records[i]);
    }
    CHECK(detector.suspects().empty());
  }
}

TEST_CASE("a lease that comes back in time was never suspected, and its record serves the next one") {
  LeakDetector detector(10s);
  Leases leases(detector);
  CHECK_FALSE(detector.returned(leases.records[1]));
  leases.records[1].acquired_at = 50s;
  detector.lent(leases.records[1]);
  CHECK(ids(detector.sweep(20s)) == std::vector<std::uint64_t>{1, 3});
}

TEST_CASE("a limit of zero suspects nobody") {
  LeakDetector detector(0s);
  const Leases leases(detector);
  CHECK(detector.sweep(1000h).empty());
}

TEST_CASE("the identities in events are enough to follow the leases of several clients") {
  ReportedLeases leases;
  leases.apply(event::Acquired{1s, 0s, false, {"web-1", "7", "c1", "cart.py:12"}});
  leases.apply(event::Acquired{2s, 0s, false, {"web-2", "7", "c1", "list.py:40"}});
  CHECK(leases.apply(event::Released{1s, {"web-2", "7", "c1", ""}}));
  CHECK_FALSE(leases.apply(event::Released{1s, {"web-2", "7", "c1", ""}}));
  CHECK_FALSE(leases.apply(event::Released{1s, {"web-1", "8", "", ""}}));
  CHECK(leases.out.size() == 1);
  const auto suspects = leases.detector.sweep(11s);
  REQUIRE(suspects.size() == 1);
  CHECK(report(*suspects[0], 11s).site == "cart.py:12");
}
