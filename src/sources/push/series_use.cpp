#include "sources/push/series_use.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <variant>

namespace dbpool {
namespace {

using UsedAs = SeriesUse::Figure;

constexpr std::array<std::pair<std::string_view, UsedAs>, 2> parts{
    {{"_count", UsedAs::count}, {"_sum", UsedAs::sum}}};

bool is_distribution(const PushedMetric& metric) {
  return metric.kind != PointKind::gauge && metric.kind != PointKind::sum;
}

SeriesRole role_of(const MappedRule& rule) {
  const auto* const histogram = std::get_if<HistogramMember>(&rule.field);
  return {.is_counter = is_counter(rule.field),
          .is_max = rule.name == "max",
          .is_acquisition = histogram != nullptr && *histogram == &PoolSnapshot::acquisition_duration};
}

/// Collects the uses of one series.
class Uses {
 public:
  Uses(const Mapping& mapping, std::span<const SeriesRole> roles, std::span<const SampleLabel> labels)
      : mapping_(mapping), roles_(roles), labels_(labels) {}

  /// Adds the numbers of that name.
  void add_numbers(std::string_view name, UsedAs figure) {
    for (const std::size_t i : mapping_.called(name)) {
      if (!mapping_.series()[i].is_distribution) add(i, name, figure);
    }
    for (const std::size_t i : mapping_.by_pattern()) add(i, name, figure);
  }
  void add_distributions(std::string_view name) {
    for (const std::size_t i : mapping_.called(name)) {
      const MappedSeries& series = mapping_.series()[i];
      if (series.is_distribution && series.selector.name == name) add(i, name, UsedAs::distribution);
    }
  }
  std::vector<SeriesUse> take() && { return std::move(uses_); }

 private:
  void add(std::size_t index, std::string_view name, UsedAs figure) {
    auto place = place_of(mapping_, index, {name, labels_});
    if (!place) return;
    uses_.push_back({index, figure, std::move(*place), roles_[index], mapping_.series()[index].identifies});
  }

  const Mapping& mapping_;
  std::span<const SeriesRole> roles_;
  std::span<const SampleLabel> labels_;
  std::vector<SeriesUse> uses_;
};

bool selects_number(const Mapping& mapping, std::string_view name) {
  Captures captures;
  return !mapping.called(name).empty() || std::ranges::any_of(mapping.by_pattern(), [&](std::size_t i) {
    return mapping.series()[i].selector.name_pattern->matches(name, captures);
  });
}

}  // namespace

std::vector<SeriesRole> roles_of(const Mapping& mapping) {
  std::vector<SeriesRole> roles(mapping.series().size());
  for (const MappedView& view : mapping.views()) {
    for (const MappedRule& rule : view.rules) {
      for (const MappedSum& sum : rule.alternatives) {
        for (const MappedSum::Term& term : sum.terms) roles[term.series] = role_of(rule);
      }
    }
  }
  return roles;
}

bool wants_metric(const Mapping& mapping, std::string_view metric) {
  return selects_number(mapping, metric) || std::ranges::any_of(parts, [&](const auto& part) {
           return selects_number(mapping, std::string(metric).append(part.first));
         });
}

std::vector<SeriesUse> uses_of(const Mapping& mapping, std::span<const SeriesRole> roles,
                               const PushedMetric& metric, std::span<const SampleLabel> labels) {
  Uses uses(mapping, roles, labels);
  if (!is_distribution(metric)) {
    uses.add_numbers(metric.name, UsedAs::value);
    return std::move(uses).take();
  }
  uses.add_distributions(metric.name);
  for (const auto& [ending, figure] : parts)
    uses.add_numbers(std::string(metric.name).append(ending), figure);
  return std::move(uses).take();
}

std::optional<TimeUnit> unit_of(const MappedSeries& series, std::string_view of_data) {
  if (series.unit) return series.unit;
  if (of_data.empty()) return series.usual_unit;
  return time_unit_called(of_data);
}

}  // namespace dbpool
