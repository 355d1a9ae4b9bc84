#include "dbpool/exposition/fleet_collectable.hpp"

#include <doctest/doctest.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/fakes/fake_driver.hpp"
#include "support/fakes/manual_scheduler.hpp"

using namespace dbpool;
using namespace dbpool::test;

namespace {

/// An application whose pools have one connection each.
struct Application {
  ~Application() { scheduler->stop(); }

  std::shared_ptr<Pool> pool(const std::string& name) const {
    PoolOptions options;
    options.name = name;
    options.min_size = options.max_size = 1;
    auto made =
        std::make_shared<Pool>(options, std::make_shared<FakeDriver>(database), Runtime{scheduler, clock});
    scheduler->run();
    return made;
  }

  std::shared_ptr<FakeClock> clock = std::make_shared<FakeClock>();
  std::shared_ptr<ManualScheduler> scheduler = std::make_shared<ManualScheduler>(clock);
  std::shared_ptr<FakeDatabase> database = std::make_shared<FakeDatabase>(clock);
};

/// Returns the value of one series; throws std::out_of_range if it is absent.
double value_of(const std::vector<prometheus::MetricFamily>& families, const std::string& name,
                const std::string& pool, const std::string& state) {
  for (const auto& family : families) {
    if (family.name != name) continue;
    for (const auto& series : family.metric) {
      const auto has = [&](const char* label, const std::string& value) {
        return std::ranges::any_of(series.label,
                                   [&](const auto& l) { return l.name == label && l.value == value; });
      };
      if (has("pool", pool) && has(family.name == "dbpool_connections" ? "state" : "status", state))
        return series.gauge.value;
    }
  }
  throw std::out_of_range(name + " of " + pool + " in " + state);
}

}  // namespace

TEST_CASE("a collection has the figures and the health of each pool now") {
  const Application application;
  const auto orders = application.pool("orders"), users = application.pool("users");
  const FleetCollectable collectable({orders, users});
  CHECK(value_of(collectable.Collect(), "dbpool_connections", "orders", "idle") == 1);
  const Lease lease = orders->acquire();
  const auto families = collectable.Collect();
  CHECK(value_of(families, "dbpool_connections", "orders", "idle") == 0);
  CHECK(value_of(families, "dbpool_connections", "orders", "active") == 1);
  CHECK(value_of(families, "dbpool_connections", "users", "idle") == 1);
  CHECK(value_of(families, "dbpool_health_status", "users", "healthy") == 1);
}

TEST_CASE("a collection has families of pools alone, none of the exporter or of a source") {
  const Application application;
  const FleetCollectable collectable({application.pool("orders")});
  const auto families = collectable.Collect();
  REQUIRE_FALSE(families.empty());
  for (const auto& family : families) {
    CAPTURE(family.name);
    CHECK(family.name.starts_with("dbpool_"));
    CHECK(family.name != "dbpool_up");
    CHECK_FALSE(family.name.starts_with("dbpool_exporter_"));
  }
}

TEST_CASE("two pools with one name cannot be exposed together") {
  const Application application;
  CHECK_THROWS_WITH_AS(FleetCollectable({application.pool("orders"), application.pool("orders")}),
                       "exposing pools: two have the name 'orders'; allowed: different names",
                       std::invalid_argument);
}
