#include <array>
#include <string>

#include "exposition/metric_catalog.hpp"

namespace dbpool {

std::string Metric::labels() const {
  constexpr std::array<std::string_view, 3> scopes{"source, pool", "source", ""};  // in the order of `read`
  std::string all(scopes[read.index()]);
  if (!all.empty() && !own_labels.empty()) all += ", ";
  return all.append(own_labels);
}

std::string catalog_markdown() {
  std::string table = "| name | type | labels | help |\n|---|---|---|---|\n";
  for (const Metric& metric : metric_catalog()) {
    table.append("| `").append(metric.name).append("` | ").append(text_type(metric.type)).append(" | ");
    table.append(metric.labels()).append(" | ").append(metric.help).append(" |\n");
  }
  return table;
}

}  // namespace dbpool
