#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "shown_figures.hpp"
#include "support/eventually.hpp"
#include "support/producers/producer.hpp"
#include "support/servers/exporter_process.hpp"

using namespace dbpool;
using namespace std::chrono_literals;

namespace {

constexpr auto soon = 20s;

/// An application under load, and an exporter that reads it as source `shop`.
class Scene {
 public:
  /// `mapping`: keys of the source.
  Scene(PoolLibrary library, const std::string& mapping)
      : producer_(library, server_),
        exporter_({.config = fmt::format(
                       "sources: [{{name: shop, type: prometheus, url: \"{}\", interval: 100ms, {}}}]",
                       producer_.url(), mapping)}) {}

  const Producer& producer() const noexcept { return producer_; }
  const ExporterProcess& exporter() const noexcept { return exporter_; }
  const PostgresServer& server() const noexcept { return server_; }

  /// Leaves a field out of the comparison.
  void ignore(const std::string& field) { ignored_.push_back(field); }

  /// Returns the exporter's figures, of every field that it shows. throws std::runtime_error if it shows two
  /// pools.
  Figures shown() const { return without_ignored(shown_figures(exporter_.scrape(), {{"source", "shop"}})); }

  Figures truth() const { return without_ignored(producer_.truth()); }

  /// Returns the source's hints.
  std::string hints() const {
    return nlohmann::json::parse(exporter_.get("/connections/pools/stats").body)["sources"][0]["hints"]
        .dump();
  }

  /// Returns whether the exporter shows the pool under this name.
  bool has_pool(const std::string& name) const { return exporter_.scrape().mentions({{"pool", name}}); }

 private:
  Figures without_ignored(Figures figures) const {
    for (const std::string& field : ignored_) figures.erase(field);
    return figures;
  }

  const PostgresServer server_;
  const Producer producer_;
  const ExporterProcess exporter_;
  std::vector<std::string> ignored_;
};

bool have_the_same_fields(const Figures& one, const Figures& other) {
  return std::ranges::equal(one, other, {}, &Figures::value_type::first, &Figures::value_type::first);
}

/// Checks that the exporter shows every figure that the library knows, and no other.
void check_agreement(const Scene& scene) {
  Figures shown;
  Figures truth;
  const auto agreed = [&] {
    truth = scene.truth();
    shown = scene.shown();
    return agree(shown, truth);
  };
  CHECK_MESSAGE(eventually(agreed, soon), "shown: ", nlohmann::json(shown).dump(),
                ", truth: ", nlohmann::json(truth).dump());
}

/// Checks, while the callers run, that a reading shows no counter as it was before the reading.
void check_freshness(const Scene& scene) {
  REQUIRE(eventually([&] { return have_the_same_fields(scene.shown(), scene.truth()); }, soon));
  const auto reads = [&] {
    return scene.exporter().metric("dbpool_source_reads_total", {{"source", "shop"}}).value_or(0);
  };
  const Figures before = scene.truth();
  const double then = reads();
  REQUIRE(eventually([&] { return reads() >= then + 2; }, soon));
  const Figures after = scene.shown();
  for (const ShownField& field : shown_fields()) {
    if (field.kind == ShownField::Kind::gauge || !before.contains(field.field)) continue;
    CAPTURE(field.field);
    CHECK(after.at(field.field) >= before.at(field.field));
  }
}

void hold_all(const Scene& scene) {
  scene.producer().hold();
  REQUIRE(eventually([&] { return scene.producer().truth().at("active") == 3; }, soon));
}

void rest_all(const Scene& scene) {
  scene.producer().rest();
  REQUIRE(eventually([&] { return scene.producer().truth().at("active") == 0; }, soon));
}

}  // namespace

TEST_CASE("a pool of Go's database/sql shows what its statistics say") {
  const Scene scene(PoolLibrary::database_sql, "preset: auto");
  check_freshness(scene);
  hold_all(scene);
  check_agreement(scene);
  rest_all(scene);
  check_agreement(scene);
  CHECK(scene.shown().at("closed.idle") >= 1);  // its default keeps two
  CHECK(scene.has_pool("shop/orders"));
}

TEST_CASE("a pgxpool shows what its statistics say, and a caller that gave up is no acquisition") {
  const Scene scene(PoolLibrary::pgxpool, "preset: auto");
  check_freshness(scene);
  hold_all(scene);
  check_agreement(scene);
  scene.producer().time_out();
  check_agreement(scene);
  rest_all(scene);
  check_agreement(scene);
}

TEST_CASE("a HikariCP pool with Micrometer's names is one pool, and its timeouts are no acquisitions") {
  const Scene scene(PoolLibrary::hikaricp, "preset: auto");
  check_freshness(scene);
  hold_all(scene);
  check_agreement(scene);
  scene.producer().time_out();
  check_agreement(scene);
  CHECK(scene.shown().at("acquisition_timeouts") == 1);
  rest_all(scene);
  check_agreement(scene);
  CHECK(scene.hints() == "[]");
  CHECK(scene.has_pool("shop/HikariPool-1"));
  CHECK_FALSE(scene.has_pool("shop/dataSource"));  // the same pool, exposed by Spring Boot once more
}

TEST_CASE("psycopg_pool's statistics, under the application's names, are mapped by fields") {
  const Scene scene(PoolLibrary::psycopg_pool, R"(preset: custom, fields: {
    idle: psycopg_pool_available,
    active: psycopg_pool_size - psycopg_pool_available,
    min: psycopg_pool_min,
    max: psycopg_pool_max,
    waiting: psycopg_requests_waiting,
    acquisition_timeouts: psycopg_requests_errors_total,
    acquisitions: shop_connection_wait_seconds_count,
    acquisition_duration: {histogram: shop_connection_wait_seconds},
    created: psycopg_connections_num_total - psycopg_connections_errors_total,
    connect_failures: psycopg_connections_errors_total})");
  check_freshness(scene);
  hold_all(scene);
  check_agreement(scene);
  scene.producer().time_out();
  check_agreement(scene);
  CHECK(scene.shown().at("acquisition_timeouts") == 1);
  rest_all(scene);
  check_agreement(scene);
}

TEST_CASE("SQLAlchemy's pool, under the application's names, is mapped by fields") {
  const Scene scene(PoolLibrary::sqlalchemy, R"(preset: custom, fields: {
    idle: shop_pool_checked_in,
    active: shop_pool_checked_out,
    max: 3,
    acquisitions: shop_connection_wait_seconds_count,
    acquisition_duration: {histogram: shop_connection_wait_seconds}})");
  check_freshness(scene);
  hold_all(scene);
  check_agreement(scene);
  rest_all(scene);
  check_agreement(scene);
}

TEST_CASE("node-pg's pool, with a histogram in milliseconds, is mapped by fields") {
  const Scene scene(PoolLibrary::node_pg, R"(preset: custom, fields: {
    idle: shop_pg_pool_idle,
    active: shop_pg_pool_total - shop_pg_pool_idle,
    max: shop_pg_pool_max,
    waiting: shop_pg_pool_waiting,
    acquisitions: shop_pg_pool_wait_ms_count,
    acquisition_duration: {histogram: shop_pg_pool_wait_ms, unit: ms}})");
  check_freshness(scene);
  hold_all(scene);
  check_agreement(scene);
  rest_all(scene);
  check_agreement(scene);
}

TEST_CASE("OpenTelemetry's instrumentation of node-pg shows its pool under the name of its database") {
  Scene scene(PoolLibrary::opentelemetry, "preset: auto");
  scene.ignore("waiting");                           // can be that of a moment ago
  scene.ignore("acquisitions");                      // known for HikariCP alone
  scene.ignore("acquisition_duration.within_10ms");  // no bound of the default ones
  check_freshness(scene);
  hold_all(scene);
  check_agreement(scene);
  CHECK(scene.has_pool(fmt::format("shop/127.0.0.1:{}/postgres", scene.server().port())));
  CHECK(scene.hints().find("add a view with bounds from 1 ms to 1 s") != std::string::npos);
  rest_all(scene);
  scene.ignore("active");  // can be those of a moment ago
  scene.ignore("idle");
  check_agreement(scene);
}
