#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "sources/time_unit.hpp"

namespace dbpool {

/// One field of a preset. Several rows with one field are alternatives: the first whose series exist counts.
struct PresetField {
  std::string_view field;       ///< "idle", "closed.idle", "errors.timeout", "usage_duration"
  std::string_view expression;  ///< in the mapping language
  std::optional<TimeUnit> unit =
      std::nullopt;  ///< of a histogram where the data says none; nullopt = seconds
};

/// How a kind of application or pooler names the figures of its pools. Pure data.
struct Preset {
  std::string_view name;  ///< "micrometer"
  std::string_view variant =
      {};  ///< "hikaricp"; of two variants or presets with the same pool, the first counts
  std::string_view pool = {};  ///< template of the pool's name: "{pool}"; "" = the source's name alone
  bool sum = false;            ///< add up series that come to one pool
  std::span<const PresetField> fields = {};
  std::string_view gaps = {};  ///< what is not mapped, and why, for the documentation
  /// What gives `acquisition_duration` bounds from 1 ms to 1 s, in words such as `set …=…`; "" = not known.
  std::string_view bounds_cure = {};
  /// The variant before it of the same preset that, where it is shown, shows these pools already; "" = none.
  std::string_view yields_to = {};
};

}  // namespace dbpool
