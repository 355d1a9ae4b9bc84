#include "shown_figures.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace dbpool {

const std::vector<ShownField>& shown_fields() {
  using enum ShownField::Kind;
  static const std::vector<ShownField> all{
      {"active", gauge, "dbpool_connections", {{"state", "active"}}},
      {"idle", gauge, "dbpool_connections", {{"state", "idle"}}},
      {"opening", gauge, "dbpool_connections", {{"state", "opening"}}},
      {"min", gauge, "dbpool_connections_min"},
      {"max", gauge, "dbpool_connections_max"},
      {"waiting", gauge, "dbpool_waiting_requests"},
      {"acquisitions", counter, "dbpool_acquisitions_total"},
      {"acquisition_timeouts", counter, "dbpool_acquisition_timeouts_total"},
      {"created", counter, "dbpool_connections_created_total"},
      {"connect_failures", counter, "dbpool_connect_failures_total"},
      {"closed.idle", counter, "dbpool_connections_closed_total", {{"reason", "idle"}}},
      {"closed.max_lifetime", counter, "dbpool_connections_closed_total", {{"reason", "max_lifetime"}}},
      {"wait_seconds", counter, "dbpool_wait_seconds_total"},
      {"acquisition_duration.count", counter, "dbpool_acquisition_duration_seconds_count"},
      {"acquisition_duration.sum", counter, "dbpool_acquisition_duration_seconds_sum"},
      {"acquisition_duration.within_10ms",
       counter,
       "dbpool_acquisition_duration_seconds_bucket",
       {{"le", "0.01"}}},
      {"usage_duration.count", counter, "dbpool_usage_duration_seconds_count"},
  };
  return all;
}

Figures shown_figures(const Scrape& scrape, const Labels& of_pool) {
  Figures figures;
  for (const auto& [field, kind, metric, labels] : shown_fields()) {
    Labels all = labels;
    all.insert(of_pool.begin(), of_pool.end());
    if (const auto value = scrape.value(metric, all)) figures[field] = *value;
  }
  return figures;
}

bool agree(const Figures& one, const Figures& other) {
  return std::ranges::equal(one, other, [](const auto& a, const auto& b) {
    return a.first == b.first && a.second == doctest::Approx(b.second).epsilon(1e-9);
  });
}

}  // namespace dbpool
