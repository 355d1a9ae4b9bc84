#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <source_location>
#include <string>

#include "support/fakes/fake_pool.hpp"

using namespace std::chrono_literals;
using namespace dbpool;
using dbpool::test::FakePool;

namespace {

constexpr std::string_view traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// A pool with one connection, whose callers wait as long as a test wants.
class WaitingRoom {
 public:
  WaitingRoom() : pool(only_one()) {}

  /// Lets a request wait for `wait`, or time out.
  void wait(Duration wait, const AcquireRequest& request,
            std::source_location where = std::source_location::current()) {
    std::optional<Lease> held = pool->acquire();
    pool->acquire_async(
        request, LeasePurpose::work, [](std::optional<Lease>, auto) {}, where);
    pool.scheduler->advance(wait);
    held.reset();
    pool.scheduler->run();
  }
  /// Returns the exemplar of the only bucket that has one.
  std::optional<Exemplar> exemplar() const {
    const auto waits = pool.now().acquisition_duration;
    std::optional<Exemplar> only;
    for (std::size_t i = 0; i <= waits->bounds().size(); ++i) {
      if (const Exemplar* const found = waits->exemplar_in(i)) {
        CHECK_FALSE(only);
        only = *found;
      }
    }
    return only;
  }
  std::map<std::string, std::string> labels() const {
    const auto found = exemplar();
    REQUIRE(found);
    return {found->labels.begin(), found->labels.end()};
  }

  FakePool pool;

 private:
  static PoolOptions only_one() {
    auto options = test::sized(1, 1, Validate::never);
    options.latency_objective = 10ms;
    return options;
  }
};

}  // namespace

TEST_CASE("an acquisition with a trace is the exemplar of its bucket, however short it was") {
  WaitingRoom room;
  room.wait(3ms, {.timeout = 1s, .site = "pay", .trace = trace_context(traceparent)});
  const auto exemplar = room.exemplar();
  REQUIRE(exemplar);
  CHECK(exemplar->value == 0.003);
  CHECK(exemplar->time == room.pool.clock->wall());
  CHECK(room.labels() == std::map<std::string, std::string>{{"trace_id", "0af7651916cd43dd8448eb211c80319c"},
                                                            {"span_id", "b7ad6b7169203331"}});
}

TEST_CASE("a slow acquisition without a trace is an exemplar with its lease and its site") {
  WaitingRoom room;
  room.wait(10ms, {.timeout = 1s, .site = "pay"});
  CHECK_FALSE(room.exemplar());
  room.wait(11ms, {.timeout = 1s, .site = "pay"});
  CHECK(room.labels() == std::map<std::string, std::string>{{"lease", "4"}, {"site", "pay"}});
}

TEST_CASE("without a name the site is the source location of the caller, cut to what OpenMetrics allows") {
  WaitingRoom room;
  const auto where = std::source_location::current();
  room.wait(20ms, {.timeout = 1s, .site = {}}, where);
  const std::string whole =
      std::string(where.file_name()) + ":" + std::to_string(where.line()) + " " + where.function_name();
  CHECK(room.labels().at("lease") == "2");
  const std::string site = room.labels().at("site");
  CHECK(whole.starts_with(site));
  CHECK(site.size() == std::min<std::size_t>(whole.size(), 128 - std::string("sitelease2").size()));
}

TEST_CASE("a request that timed out is an exemplar too, and has no lease") {
  WaitingRoom room;
  room.wait(30ms, {.timeout = 20ms, .site = "pay"});
  CHECK(room.labels() == std::map<std::string, std::string>{{"site", "pay"}});
  CHECK(room.exemplar()->value == 0.02);
}

TEST_CASE("an acquisition that did not wait and has no trace is no exemplar") {
  WaitingRoom room;
  room.pool->acquire();
  room.pool->acquire({.timeout = 1s, .site = "pay", .trace = trace_context("00-00-00-00")});
  CHECK_FALSE(room.exemplar());
  room.pool->acquire({.timeout = 1s, .site = "pay", .trace = trace_context(traceparent)});
  CHECK(room.exemplar());
}
