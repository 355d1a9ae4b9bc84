#include "sources/owned/owned_source.hpp"

#include <doctest/doctest.h>

#include "support/fakes/fake_pool.hpp"

using namespace std::chrono_literals;
using namespace dbpool;

namespace {

struct Owner {
  explicit Owner(const CanaryOptions& canary = {.interval = 0s}, bool up = true) {
    database->up = up;
    PoolOptions options;
    options.name = "orders";
    source.emplace(options, std::make_shared<test::FakeDriver>(database), canary,
                   std::map<std::string, std::string>{{"team", "payments"}}, Runtime{scheduler, clock},
                   nullptr);
  }

  ~Owner() { scheduler->stop(); }

  std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
  std::shared_ptr<test::ManualScheduler> scheduler = std::make_shared<test::ManualScheduler>(clock);
  std::shared_ptr<test::FakeDatabase> database = std::make_shared<test::FakeDatabase>(clock);
  std::optional<OwnedSource> source;
};

}  // namespace

TEST_CASE("an owned pool is its own source, with the labels it was given") {
  Owner o;
  o.scheduler->run();
  CHECK(o.source->name() == "orders");
  const auto reading = o.source->read();
  REQUIRE(reading->pools.size() == 1);
  CHECK(reading->pools[0].label() == "orders");
  CHECK(reading->pools[0].info.labels.at("team") == "payments");
  CHECK(reading->up == true);
}

TEST_CASE("the labels of an owned pool are valid UTF-8") {
  Owner o;
  o.source->reconfigure({.interval = 0s}, {{"team", "pay\xFF"}});
  CHECK(o.source->read()->pools.at(0).info.labels.at("team") == "pay\xEF\xBF\xBD");
}

TEST_CASE("an owned pool is settled once it has been initialized or has failed to") {
  Owner working;
  CHECK_FALSE(working.source->read()->settled);
  CHECK_FALSE(working.source->read()->up.has_value());
  working.scheduler->run();
  CHECK(working.source->read()->settled);
  Owner dead({.interval = 0s}, false);
  dead.scheduler->run();
  CHECK(dead.source->read()->settled);
  CHECK(dead.source->read()->up == false);
}

TEST_CASE("after a stop a held lease is waited for, one whose query hangs is not") {
  Owner holding({.interval = 1s, .concurrency = 1, .hold = 10s});
  holding.scheduler->advance(1s);
  holding.source->stop();
  CHECK(holding.source->leases_out() == 1);
  holding.scheduler->advance(10s);
  CHECK(holding.source->leases_out() == 0);

  Owner hanging({.interval = 1s});
  hanging.scheduler->advance(600ms);
  hanging.database->silent = true;
  hanging.scheduler->advance(1s);
  hanging.source->stop();
  CHECK(hanging.source->read()->pools[0].active == 1);
  CHECK(hanging.source->leases_out() == 0);
}
