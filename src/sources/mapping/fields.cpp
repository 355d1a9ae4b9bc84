#include "sources/mapping/fields.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <type_traits>

#include "sources/whole_count.hpp"

namespace dbpool {
namespace {

using S = PoolSnapshot;

constexpr std::array<HistogramMember, 3> histograms{&S::acquisition_duration, &S::usage_duration,
                                                    &S::connect_duration};

std::string_view name_of(HistogramMember member) {
  return std::ranges::find(figure_table, FigureMember(member), &Figure::member)->name;
}

/// Returns whether numbers can fill a field.
bool takes_numbers(const PoolField& field) {
  const auto is_text = [](auto member) {
    return std::is_same_v<decltype(member), std::string S::*> ||
           std::is_same_v<decltype(member), std::string PoolInfo::*> ||
           std::is_same_v<decltype(member), std::string PoolDraft::*>;
  };
  return field.form != FieldForm::contact && !std::visit(is_text, field.member);
}

/// Returns the figure that a field fills; nullptr if others follow from it.
const Figure* figure_in(const PoolField& field) {
  const auto figure_with = [](auto member) -> const Figure* {
    if constexpr (std::is_constructible_v<FigureMember, decltype(member)>) {
      return &*std::ranges::find(figure_table, FigureMember(member), &Figure::member);
    } else {
      return nullptr;
    }
  };
  return std::visit(figure_with, field.member);
}

// Return the value of a field, by the type of its member.
S::Count read(const S::Count& /*member*/, const PoolField& field, double value) {
  return whole_count(value / field.divisor);
}
S::Seconds read(const S::Seconds& /*member*/, const PoolField& field, double value) {
  return std::isfinite(value) && value >= 0 ? S::Seconds(value / field.divisor) : std::nullopt;
}
S::Time read(const S::Time& /*member*/, const PoolField& /*field*/, double seconds) {
  constexpr double furthest = 7e9;  // the year 2191
  if (!(seconds >= 0 && seconds <= furthest)) return std::nullopt;
  return WallTime(std::chrono::round<std::chrono::microseconds>(std::chrono::duration<double>(seconds)));
}
std::optional<bool> read(const std::optional<bool>& /*member*/, const PoolField& /*field*/, double value) {
  return value == 0 || value == 1 ? std::optional(value == 1) : std::nullopt;
}

template <typename Value>
bool set_number(PoolDraft& pool, std::optional<Value>& member, const PoolField& field, double value) {
  return is_unlimited(&field, value) || fill(pool, member, read(member, field, value));
}
bool set_number(PoolDraft& /*pool*/, const std::string& /*member*/, const PoolField& /*field*/,
                double /*value*/) {
  return false;
}

bool set_table_field(PoolDraft& pool, const PoolField& field, double value) {
  const bool is_set = std::visit(
      [&](auto member) { return set_number(pool, member_of(pool, member), field, value); }, field.member);
  if (field.form == FieldForm::state) pool.null_state = pool.null_state || !is_set;
  return is_set;
}

}  // namespace

std::optional<MappedField> find_mapped_field(std::string_view name) {
  const auto histogram = std::ranges::find(histograms, name, name_of);
  if (histogram != histograms.end()) return MappedField(*histogram);
  const PoolField* const field = find_pool_field(name);
  if (field == nullptr || !takes_numbers(*field)) return std::nullopt;
  return MappedField(field);
}

std::vector<std::string> mapped_field_names() {
  std::vector<std::string> names;
  for (const PoolField& field : pool_fields()) {
    if (takes_numbers(field)) names.emplace_back(field.name);
  }
  for (const HistogramMember member : histograms) names.emplace_back(name_of(member));
  return names;
}

bool is_counter(const MappedField& field) {
  const auto* const row = std::get_if<const PoolField*>(&field);
  if (row == nullptr) return false;
  const FieldMember& member = (*row)->member;
  if (std::holds_alternative<CloseReason>(member) || std::holds_alternative<ErrorKind>(member)) return true;
  const std::string_view name = (*row)->name;
  const Figure* const figure = figure_in(**row);
  return figure == nullptr ? name == "closed" || name == "recycled" || name == "errors"
                           : figure->kind == FigureKind::counter;
}

Total total_of(const MappedField& field) {
  const auto* const row = std::get_if<const PoolField*>(&field);
  const Figure* const figure = row == nullptr ? nullptr : figure_in(**row);
  return figure == nullptr ? Total::sum : figure->total;
}

bool is_unlimited(const MappedField& field, double value) {
  const auto* const row = std::get_if<const PoolField*>(&field);
  return row != nullptr && (*row)->form == FieldForm::limit && (value == 0 || value == -1);
}

bool set_field(PoolDraft& pool, const MappedField& field, double value) {
  return set_table_field(pool, *std::get<const PoolField*>(field), value);
}

}  // namespace dbpool
