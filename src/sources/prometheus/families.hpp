#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "sources/prometheus/sample.hpp"
#include "sources/prometheus/text_format.hpp"

namespace dbpool {

/// The families that a text has declared so far. A name that ends in `_count`, `_sum`, `_total` or `_bucket`
/// belongs to another family only if that one is declared with a type that has such a suffix.
class Families {
 public:
  /// `most`: the largest number of families.
  Families(TextFormat format, std::size_t most) : format_(format), most_(most) {}

  /// Declares a family's type or unit; a later declaration replaces an earlier one, as in Prometheus. Either
  /// makes the family the current one. Returns nullopt, or the limit that refuses it: on the number of
  /// families, and of 1024 bytes on a name and a unit.
  [[nodiscard]] std::optional<std::string> declare_type(std::string_view name, FamilyType type);
  [[nodiscard]] std::optional<std::string> declare_unit(std::string_view name, std::string_view unit);

  /// Sets the family, type, unit and role of a sample by its name: the current family if the name fits it,
  /// else one with exactly this name, else one with a suffix, else none. The views are valid as long as the
  /// Families.
  void assign(ScrapedSample& sample) const;

 private:
  struct Family {
    FamilyType type = FamilyType::untyped;
    std::string unit;
  };
  using ByName = std::map<std::string, Family, std::less<>>;

  std::optional<std::string> declare(std::string_view name);

  TextFormat format_;
  std::size_t most_;
  ByName families_;
  ByName::value_type* current_ = nullptr;
};

}  // namespace dbpool
