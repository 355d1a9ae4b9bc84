#include "cli/status_view.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace dbpool {
namespace {

constexpr std::size_t status_width = 9;  // "unhealthy"
constexpr std::size_t widest_name = 31;  // what the other columns leave
constexpr std::size_t gap = 2;

struct Row {
  std::string status, name, use, active, idle, verdict;
};

Row row_of(const Document& pool) {
  const auto use = number_in(pool, "utilization");
  const std::string verdict = text_in(pool, "verdict");
  return {text_in(pool, "status"),
          text_in(pool, "name"),
          use ? shown_number(use) + "%" : "-",
          shown_number(number_in(pool, "active_connections")),
          shown_number(number_in(pool, "pool_size")),
          verdict.empty() ? "-" : verdict};
}

/// Returns one line; two if the name is too long for its column.
std::string line_of(const Row& row, std::size_t name_width, Colours colours) {
  std::string name = padded(row.name, name_width);
  if (columns(name) > name_width) name += '\n' + std::string(status_width + gap + name_width, ' ');
  return fmt::format("{}  {}  {:>5}  {:>6}  {:>4}  {}\n",
                     painted(padded(row.status, status_width), row.status, colours), name, row.use,
                     row.active, row.idle, row.verdict);
}

std::string headline(const Document& health, Colours colours) {
  const std::string overall = text_in(health, "overall_status");
  return fmt::format("{}: {} of {} pools healthy\n", painted(overall, overall, colours),
                     shown_number(number_in(health, "healthy_pools")),
                     shown_number(number_in(health, "total_pools")));
}

}  // namespace

std::string status_view(const Document& health, Colours colours) {
  std::vector<Row> rows;
  for (const Document& pool : objects_in(health, "pools")) rows.push_back(row_of(pool));
  std::ranges::stable_sort(rows, {}, [](const Row& row) { return rank(row.status); });
  const Row titles{"STATUS", "POOL", "USE", "ACTIVE", "IDLE", "VERDICT"};
  std::size_t name_width = columns(titles.name);
  for (const Row& row : rows) name_width = std::max(name_width, std::min(columns(row.name), widest_name));

  std::string text = headline(health, colours);
  if (!rows.empty()) text += "\n" + line_of(titles, name_width, Colours::off);
  for (const Row& row : rows) text += line_of(row, name_width, colours);
  const auto warnings = texts_in(health, "warnings");
  if (!warnings.empty()) text += '\n';
  for (const std::string& warning : warnings) text += wrapped("- ", warning);
  return text;
}

}  // namespace dbpool
