#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "dbpool/pool/driver.hpp"

namespace dbpool {

/// One row of a result, read by column name. A value is unknown when its column is missing, when the row is
/// too short, or when it is NULL or not a number: another version of the server may have it. REQUIRES: the
/// result outlives the row.
class Row {
 public:
  Row(const QueryResult& result, const std::vector<std::optional<std::string>>& fields)
      : result_(result), fields_(fields) {}

  std::optional<std::string> text(std::string_view column) const;
  /// Returns a whole number, 0 or more, that fits 64 bits.
  std::optional<std::uint64_t> count(std::string_view column) const;
  /// Like `count`, but unknown for 0, which is "unlimited".
  std::optional<std::uint64_t> limit(std::string_view column) const;
  /// Returns a finite number, 0 or more.
  std::optional<double> number(std::string_view column) const;

 private:
  const QueryResult& result_;
  const std::vector<std::optional<std::string>>& fields_;
};

/// Calls `use` with each row.
void for_each_row(const QueryResult& result, const std::function<void(const Row&)>& use);

/// throws Error, which names the statement `what`, when `result` lacks one of `columns`.
void require_columns(const QueryResult& result, std::string_view what,
                     std::initializer_list<std::string_view> columns);

}  // namespace dbpool
