#pragma once

#include <string>
#include <vector>

#include "support/http/scrape.hpp"
#include "support/producers/producer.hpp"

namespace dbpool {

/// The series that shows a field of a producer's truth.
struct ShownField {
  enum class Kind { gauge, counter };

  std::string field;
  Kind kind;
  std::string metric;
  Labels labels = {};
};

/// Returns the fields of a producer's truth that the exporter shows.
const std::vector<ShownField>& shown_fields();
/// Returns the shown figures of the pool whose series have these labels; those that are not shown are absent.
/// throws std::runtime_error if there are two such pools.
Figures shown_figures(const Scrape& scrape, const Labels& of_pool);

/// Returns whether both have the same fields with the same values, but for the rounding of sums.
bool agree(const Figures& one, const Figures& other);

}  // namespace dbpool
