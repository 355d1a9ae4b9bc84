#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sources/time_unit.hpp"

namespace dbpool {

/// One way to fill a field, as configured.
struct MappedText {
  std::string expression;
  std::optional<TimeUnit> unit = std::nullopt;  ///< of a histogram; nullopt = as the data says, else seconds

  bool operator==(const MappedText&) const = default;
};

/// How the series of a target become pools, as configured.
struct MappingOptions {
  std::vector<std::string> presets{"auto"};  ///< `auto`, `custom` or names of presets
  /// By the name of the field; of several texts the first counts whose series exist.
  std::map<std::string, std::vector<MappedText>> fields = {};
  std::optional<std::string> pool = std::nullopt;  ///< template of the pools' names; nullopt = the preset's
  std::map<std::string, std::string> match = {};   ///< by label: the value that every series has, or ~pattern
  std::string prefix = {};                         ///< stands before the names of the preset
  std::optional<bool> sum =
      std::nullopt;  ///< add up series that come to one pool; nullopt = as the preset does

  bool operator==(const MappingOptions&) const = default;
};

}  // namespace dbpool
