#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "dbpool/pool/driver.hpp"

namespace dbpool {

/// One row of a result, read by the names of its columns. A column that is missing, short of the row's end,
/// NULL or no number is not known: another version of the server may well have it. REQUIRES: the result
/// outlives it.
class Row {
 public:
  Row(const QueryResult& result, const std::vector<std::optional<std::string>>& fields)
      : result_(result), fields_(fields) {}

  std::optional<std::string> text(std::string_view column) const;
  /// A whole number, 0 or more, that fits 64 bits.
  std::optional<std::uint64_t> count(std::string_view column) const;
  /// As `count`, where 0 says "unlimited", which is not known.
  std::optional<std::uint64_t> limit(std::string_view column) const;
  /// A finite number, 0 or more.
  std::optional<double> number(std::string_view column) const;

 private:
  const QueryResult& result_;
  const std::vector<std::optional<std::string>>& fields_;
};

/// Calls `use` with each row.
void for_each_row(const QueryResult& result, const std::function<void(const Row&)>& use);

/// throws Error, naming `what` was asked, when `result` lacks one of `columns`.
void require_columns(const QueryResult& result, std::string_view what,
                     std::initializer_list<std::string_view> columns);

}  // namespace dbpool
