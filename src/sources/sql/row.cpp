#include "sources/sql/row.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "dbpool/model/error.hpp"

namespace dbpool {
namespace {

/// Parses the whole text as a number; nullopt when it is not a number, or when more text follows.
template <typename Number>
std::optional<Number> parse(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  Number number{};
  const char* const end = text->data() + text->size();
  const auto [rest, error] = std::from_chars(text->data(), end, number);
  if (error != std::errc() || rest != end) return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::string> Row::text(std::string_view column) const {
  const auto found = std::ranges::find(result_.columns, column);
  if (found == result_.columns.end()) return std::nullopt;
  const auto index = static_cast<std::size_t>(found - result_.columns.begin());
  return index < fields_.size() ? fields_[index] : std::nullopt;
}

std::optional<std::uint64_t> Row::count(std::string_view column) const {
  return parse<std::uint64_t>(text(column));
}

std::optional<std::uint64_t> Row::limit(std::string_view column) const {
  const auto bound = count(column);
  return bound == 0U ? std::nullopt : bound;
}

std::optional<double> Row::number(std::string_view column) const {
  const auto value = parse<double>(text(column));
  return value && std::isfinite(*value) && *value >= 0 ? value : std::nullopt;
}

void for_each_row(const QueryResult& result, const std::function<void(const Row&)>& use) {
  for (const auto& fields : result.rows) use(Row(result, fields));
}

void require_columns(const QueryResult& result, std::string_view what,
                     std::initializer_list<std::string_view> columns) {
  for (const auto column : columns) {
    if (std::ranges::find(result.columns, column) != result.columns.end()) continue;
    throw Error(std::string(what).append(" was answered without the column ").append(column));
  }
}

}  // namespace dbpool
