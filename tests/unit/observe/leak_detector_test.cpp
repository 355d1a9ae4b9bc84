#include "dbpool/observe/leak_detector.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace std::chrono_literals;
using dbpool::LeakDetector;
using dbpool::LeaseRecord;

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
