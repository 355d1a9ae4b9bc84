#include "dbpool/model/exemplar_recorder.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace std::chrono_literals;
using namespace dbpool;

namespace {

const std::chrono::system_clock::time_point morning(24h * 20'000);

/// Two buckets that are offered durations.
class Offered {
 public:
  /// Returns whether the recorder keeps the duration.
  bool add(ExemplarRecorder::Candidate candidate, const std::string& site = "a", std::size_t bucket = 0) {
    if (!recorder.wants(bucket, candidate)) return false;
    ExemplarLabels labels;
    labels.add("site", site);
    recorder.keep(bucket, candidate, morning + candidate.at, labels);
    return true;
  }
  Exemplar kept(std::size_t bucket = 0) const { return recorder.value().at(bucket).value(); }

  ExemplarRecorder recorder{2};
};

}  // namespace

TEST_CASE(
    "a bucket without a duration has no exemplar, and one with a duration has its value, time and labels") {
  Offered offered;
  CHECK(offered.recorder.value().empty());
  CHECK(offered.add({.at = 3s, .value = 20ms}, "cart.cpp", 1));
  const auto exemplars = offered.recorder.value();
  REQUIRE(exemplars.size() == 2);
  CHECK_FALSE(exemplars[0]);
  CHECK(offered.kept(1).value == 0.02);
  CHECK(offered.kept(1).time == morning + 3s);
  CHECK(offered.kept(1).labels.at(0) == std::pair<std::string, std::string>("site", "cart.cpp"));
}

TEST_CASE("the longest duration stays for ten seconds, and then makes room for any") {
  Offered offered;
  CHECK(offered.add({.at = 1s, .value = 20ms}));
  CHECK_FALSE(offered.add({.at = 2s, .value = 19ms}));
  CHECK_FALSE(offered.add({.at = 2s, .value = 20ms}));
  CHECK(offered.add({.at = 3s, .value = 21ms}));
  CHECK_FALSE(offered.add({.at = 13s - 1ns, .value = 15ms}));
  CHECK(offered.add({.at = 13s, .value = 15ms}));
  CHECK(offered.kept().value == 0.015);
}

TEST_CASE("within that time a trace replaces what has none, and is replaced by a longer one with a trace") {
  Offered offered;
  CHECK(offered.add({.at = 1s, .value = 90ms}));
  CHECK(offered.add({.at = 2s, .value = 20ms, .has_trace = true}));
  CHECK_FALSE(offered.add({.at = 3s, .value = 90ms}));
  CHECK_FALSE(offered.add({.at = 3s, .value = 19ms, .has_trace = true}));
  CHECK(offered.add({.at = 3s, .value = 21ms, .has_trace = true}));
  CHECK(offered.add({.at = 13s, .value = 12ms}));
}

TEST_CASE("a copy into a recorder of the same size takes over its exemplars") {
  Offered offered;
  ExemplarRecorder copy(2);
  offered.add({.at = 1s, .value = 20ms});
  copy = offered.recorder;
  offered.add({.at = 1s, .value = 30ms});
  CHECK(copy.value().at(0)->value == 0.02);
}
