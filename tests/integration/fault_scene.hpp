#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "support/eventually.hpp"
#include "support/http/scrape_pace.hpp"
#include "support/servers/exporter_process.hpp"

namespace dbpool {

using namespace std::chrono_literals;

/// Returns how long a watchful pool waits for its database.
inline std::string patience() {
  return fmt::format("{}ms", std::chrono::round<std::chrono::milliseconds>(stretched(600ms)).count());
}

/// Returns an entry of `pools` that notices faults soon. `more`: further keys, each after a comma.
inline std::string watchful_pool(const std::string& name, const std::string& dsn,
                                 const std::string& more = "") {
  return fmt::format(
      "  - {{name: {0}, driver: postgres, dsn: '{1}', min_size: 2, max_size: 4, connect_timeout: {2}, "
      "validation_timeout: {2}, canary: {{interval: 200ms}}{3}}}\n",
      name, dsn, patience(), more);
}

/// A pool on a database without faults.
inline const std::string bystander_pool =
    "  - {name: bystander, dsn: 'file:bystander?mode=memory&cache=shared', canary: {interval: 100ms}}\n";

inline Labels of_pool(const std::string& pool) {
  return {{"pool", pool}};
}

/// Returns whether the pool's last contact succeeded and it is neither recovering nor unhealthy.
inline bool works(const Scrape& scrape, const std::string& pool) {
  return scrape.value("dbpool_up", {{"source", pool}}) == 1 &&
         scrape.value("dbpool_lifecycle_state", {{"pool", pool}, {"state", "recovering"}}) == 0 &&
         scrape.value("dbpool_lifecycle_state", {{"pool", pool}, {"state", "initializing"}}) == 0 &&
         scrape.value("dbpool_health_status", {{"pool", pool}, {"status", "unhealthy"}}) == 0;
}

/// Returns whether the pool has no connection and every output reports it.
inline bool is_out(const Scrape& scrape, const std::string& pool) {
  return scrape.value("dbpool_up", {{"source", pool}}) == 0 &&
         scrape.value("dbpool_lifecycle_state", {{"pool", pool}, {"state", "recovering"}}) == 1 &&
         scrape.value("dbpool_health_status", {{"pool", pool}, {"status", "unhealthy"}}) == 1;
}

inline bool comes_to_work(const ExporterProcess& exporter, const std::string& pool,
                          std::chrono::seconds bound = 10s) {
  return eventually([&] { return works(exporter.scrape(), pool); }, bound);
}
/// Returns whether the test can begin: that pool and the bystander work.
inline bool is_settled(const ExporterProcess& exporter, const std::string& pool = "orders") {
  return comes_to_work(exporter, "bystander") && comes_to_work(exporter, pool);
}
inline bool comes_to_an_outage(const ExporterProcess& exporter, const std::string& pool) {
  return eventually([&] { return is_out(exporter.scrape(), pool); }, 8s);
}

/// Returns a counter's total over all series with these labels.
inline double count(const ExporterProcess& exporter, const std::string& name, const Labels& labels) {
  return exporter.metric(name, labels).value_or(0);
}

inline double errors(const ExporterProcess& exporter, const std::string& pool, const std::string& type) {
  return count(exporter, "dbpool_errors_total", {{"pool", pool}, {"error_type", type}});
}

/// Returns whether a caller gets a connection of that pool from now on.
inline bool is_used(const ExporterProcess& exporter, const std::string& pool) {
  const double before = count(exporter, "dbpool_acquisitions_total", of_pool(pool));
  return eventually([&] { return count(exporter, "dbpool_acquisitions_total", of_pool(pool)) > before; }, 3s);
}

/// Returns the log lines about that pool with that message.
inline std::vector<LogLine> told(const ExporterProcess& exporter, const std::string& pool,
                                 const std::string& message) {
  std::vector<LogLine> lines = exporter.log(message);
  std::erase_if(lines, [&](const LogLine& line) { return line.at("pool") != pool; });
  return lines;
}

/// Returns whether any logged error of that pool contains `words`.
inline bool complained(const ExporterProcess& exporter, const std::string& pool, const std::string& words) {
  const auto lines = told(exporter, pool, "database error");
  return std::ranges::any_of(
      lines, [&](const LogLine& line) { return line.at("error").find(words) != std::string::npos; });
}

/// Checks what a fault elsewhere must not change: the scrapes, and the pool on the other database.
inline void check_that_others_go_on(const ExporterProcess& exporter) {
  check_that_scrapes_are_fast(exporter);
  CHECK(works(exporter.scrape(), "bystander"));
  CHECK(is_used(exporter, "bystander"));
  CHECK(told(exporter, "bystander", "database error").empty());
}

/// Checks that the pool works, is used, has logged each recovery once, and keeps its books.
inline void check_that_it_is_back(const ExporterProcess& exporter, const std::string& pool,
                                  std::size_t outages = 1) {
  CHECK(comes_to_work(exporter, pool));
  CHECK(is_used(exporter, pool));
  CHECK(told(exporter, pool, "connection pool recovered").size() == outages);
  CHECK(told(exporter, pool, "database connection lost").size() == outages);
  const Scrape scrape = exporter.scrape();
  CHECK(scrape.at("dbpool_acquisitions_total", of_pool(pool)) ==
        scrape.at("dbpool_releases_total", of_pool(pool)) +
            scrape.at("dbpool_connections", {{"pool", pool}, {"state", "active"}}));
}

}  // namespace dbpool
