#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sources/mapping/expression.hpp"
#include "sources/mapping/fields.hpp"
#include "sources/mapping/mapping_options.hpp"
#include "sources/mapping/pool_template.hpp"
#include "sources/presets/presets.hpp"

namespace dbpool {

/// A series that a mapping selects, and how its pool is named.
struct MappedSeries {
  SeriesSelector selector;
  std::size_t view = 0;          ///< index in `Mapping::views()`
  bool is_distribution = false;  ///< the name is that of a histogram or summary
  std::optional<TimeUnit> unit =
      std::nullopt;                         ///< of a distribution, as configured; counts before the data's
  TimeUnit usual_unit = TimeUnit::seconds;  ///< where neither the configuration nor the data says one
  bool identifies = true;  ///< shows that the view's kind of pools is there; false for added fields
};

/// A way to compute a field: a sum of series of one pool, or a number alone.
struct MappedSum {
  struct Term {
    std::size_t series;  ///< index in `Mapping::series()`
    double factor;
  };
  std::vector<Term> terms;  ///< empty = `number`
  double number = 0;
};

/// A field and the ways to compute it; the first counts whose series exist.
struct MappedRule {
  std::string name;
  MappedField field;
  std::vector<MappedSum> alternatives;
};

/// One way to see pools in the series: a variant of a preset, or what the configuration has by itself.
struct MappedView {
  std::string preset, variant;  ///< "" = of the configuration
  PoolTemplate pool;
  bool sum = false;
  std::vector<MappedRule> rules;
  std::string_view bounds_cure = {}, yields_to = {};  ///< as of the preset
};

/// How the series of a target become pools. A value that does not change, compiled from options.
class Mapping {
 public:
  /// throws Error for an unknown preset or field, or an error in an expression, a pattern or a template. A
  /// configuration that was checked has none of these.
  explicit Mapping(const MappingOptions& options, std::span<const Preset> known = presets());

  /// Returns the views in the order in which they are preferred.
  const std::vector<MappedView>& views() const noexcept { return views_; }
  const std::vector<MappedSeries>& series() const noexcept { return series_; }
  /// Returns the series with the name of a metric, as indices in `series()`. A distribution is also found by
  /// the names of its parts, which end in `_bucket`, `_sum` and `_count`.
  std::span<const std::size_t> called(std::string_view metric) const;
  /// Returns the series whose names are given by patterns.
  std::span<const std::size_t> by_pattern() const noexcept { return by_pattern_; }

 private:
  /// Where an expression is from: a preset, the configuration beside a preset, or the configuration alone.
  enum class Origin { preset, addition, custom };

  struct Hash : std::hash<std::string_view> {
    // NOLINTNEXTLINE(readability-identifier-naming): the standard library's name
    using is_transparent = void;
  };

  void add_preset(const Preset& preset, const MappingOptions& options);
  void add_fields(MappedView& view, const MappingOptions& options);
  MappedSum compile(const MappedField& field, const MappedText& text, Origin origin);
  void add_names();

  std::string prefix_;
  std::vector<LabelMatcher> match_;
  std::vector<MappedView> views_;
  std::vector<MappedSeries> series_;
  std::unordered_map<std::string, std::vector<std::size_t>, Hash, std::equal_to<>> by_name_;
  std::vector<std::size_t> by_pattern_;
};

/// Describes the error in an expression for a field, with its column, and what is allowed; "" if there is
/// none. REQUIRES: the field exists.
std::string mapped_text_problem(const std::string& field, const MappedText& text);

}  // namespace dbpool
