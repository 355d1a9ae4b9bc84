#include "sources/mapping/mapping.hpp"

#include <algorithm>
#include <utility>

#include "dbpool/model/error.hpp"

namespace dbpool {
namespace {

/// Reads the expression of a field, and checks that it fits the field.
Expression expression_of(const MappedField& field, const MappedText& text) {
  Expression read = parse_expression(text.expression);
  if (!std::holds_alternative<HistogramMember>(field)) {
    if (text.unit) throw Error("a unit, which only a histogram has");
    return read;
  }
  const auto is_plain = [](const Term& term) { return term.factor == 1 && !term.series.name_pattern; };
  if (read.terms.empty() || !std::ranges::all_of(read.terms, is_plain))
    throw Error("a histogram is a series with a name, or several joined by +, without a number");
  return read;
}

MappedField field_called(std::string_view name) {
  const auto field = find_mapped_field(name);
  if (!field) throw Error("there is no field \"" + std::string(name) + "\" that takes a number");
  return *field;
}

MappedRule& rule_of(MappedView& view, std::string_view field) {
  const auto found = std::ranges::find(view.rules, field, &MappedRule::name);
  if (found != view.rules.end()) return *found;
  return view.rules.emplace_back(MappedRule{std::string(field), field_called(field), {}});
}

}  // namespace

Mapping::Mapping(const MappingOptions& options, std::span<const Preset> known) : prefix_(options.prefix) {
  for (const auto& [label, value] : options.match) match_.push_back(read_matcher(label, value));
  for (const std::string& name : options.presets) {
    if (name == "custom") {
      MappedView& view = views_.emplace_back();
      view.pool = PoolTemplate(options.pool.value_or(""));
      view.sum = options.sum.value_or(false);
      add_fields(view, options);
      continue;
    }
    const std::size_t before = views_.size();
    for (const Preset& preset : known) {
      if (name == "auto" || name == preset.name) add_preset(preset, options);
    }
    if (views_.size() == before && name != "auto") throw Error("there is no preset \"" + name + "\"");
  }
  add_names();
}

void Mapping::add_preset(const Preset& preset, const MappingOptions& options) {
  MappedView& view = views_.emplace_back();
  view.preset = preset.name;
  view.variant = preset.variant;
  view.pool = PoolTemplate(options.pool.value_or(std::string(preset.pool)));
  view.sum = options.sum.value_or(preset.sum);
  view.bounds_cure = preset.bounds_cure;
  view.yields_to = preset.yields_to;
  for (const PresetField& row : preset.fields) {
    if (options.fields.contains(std::string(row.field))) continue;
    MappedRule& rule = rule_of(view, row.field);
    rule.alternatives.push_back(compile(rule.field, {std::string(row.expression), row.unit}, Origin::preset));
  }
  add_fields(view, options);
}

/// Adds the fields of the configuration, which replace the preset's.
void Mapping::add_fields(MappedView& view, const MappingOptions& options) {
  const Origin origin = view.preset.empty() ? Origin::custom : Origin::addition;
  for (const auto& [name, texts] : options.fields) {
    MappedRule& rule = rule_of(view, name);
    for (const MappedText& text : texts) rule.alternatives.push_back(compile(rule.field, text, origin));
  }
}

/// Adds the series of an expression to the view that was added last.
MappedSum Mapping::compile(const MappedField& field, const MappedText& text, Origin origin) {
  Expression read = expression_of(field, text);
  MappedSum sum{{}, read.number};
  const bool is_usual = origin == Origin::preset;
  for (Term& term : read.terms) {
    SeriesSelector& selector = term.series;
    const bool has_star = selector.name.starts_with('*');
    if (has_star) selector.name.erase(0, 1);
    if (has_star || (is_usual && !selector.name.empty())) selector.name.insert(0, prefix_);
    selector.labels.insert(selector.labels.end(), match_.begin(), match_.end());
    sum.terms.push_back({series_.size(), term.factor});
    series_.push_back({.selector = std::move(selector),
                       .view = views_.size() - 1,
                       .is_distribution = std::holds_alternative<HistogramMember>(field),
                       .unit = is_usual ? std::nullopt : text.unit,
                       .usual_unit = (is_usual ? text.unit : std::nullopt).value_or(TimeUnit::seconds),
                       .identifies = origin != Origin::addition});
  }
  return sum;
}

void Mapping::add_names() {
  for (std::size_t i = 0; i < series_.size(); ++i) {
    const std::string& name = series_[i].selector.name;
    if (series_[i].selector.name_pattern) {
      by_pattern_.push_back(i);
      continue;
    }
    by_name_[name].push_back(i);
    if (!series_[i].is_distribution) continue;
    for (const PartEnding& ending : part_endings) by_name_[name + std::string(ending.text)].push_back(i);
  }
}

std::span<const std::size_t> Mapping::called(std::string_view metric) const {
  const auto found = by_name_.find(metric);
  return found == by_name_.end() ? std::span<const std::size_t>() : found->second;
}

std::string mapped_text_problem(const std::string& field, const MappedText& text) {
  try {
    expression_of(field_called(field), text);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace dbpool
