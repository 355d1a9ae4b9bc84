#include "config/mapping_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "config/read_value.hpp"
#include "dbpool/model/error.hpp"
#include "dbpool/model/names.hpp"
#include "sources/mapping/mapping.hpp"

namespace dbpool {
namespace {

constexpr std::string_view for_numbers =
    "series such as name{label=\"value\"} * 0.001, joined by + or -, or a number";
constexpr std::string_view for_histograms = "a series, or {histogram: series, unit: ms}";

/// Reads the fields of a mapping.
class Fields {
 public:
  Fields(MappingOptions& mapping, Problems& problems) : mapping_(mapping), problems_(problems) {}

  void read(const Value& all, const Value::Member& member) {
    if (is_pool_field_group(member.key) && member.value.kind == Value::Kind::mapping)
      return read_parts(member);
    if (!find_mapped_field(member.key))
      return problems_.add(member.line, shown_path(all, member), unknown_field(member.key));
    read_texts(member.key, member);
  }

 private:
  static std::string unknown_field(const std::string& name) {
    const std::vector<std::string> names = mapped_field_names();
    const auto meant = nearest(name, {names.begin(), names.end()});
    return fmt::format(
        "no such field{}; allowed: the numbers in the table of fields in docs/sources/http_json.md,"
        " acquisition_duration, usage_duration, connect_duration, closed by reason, errors by type",
        meant.empty() ? "" : fmt::format(" (did you mean \"{}\"?)", meant));
  }

  /// Reads closed connections by reason, or errors by type.
  void read_parts(const Value::Member& group) {
    const auto& names = group.key == "closed" ? std::span<const std::string_view>(close_reason_names)
                                              : std::span<const std::string_view>(error_kind_names);
    for (const auto& part : group.value.members) {
      if (std::ranges::find(names, part.key) == names.end()) {
        problems_.add(part.line, shown_path(group.value, part),
                      fmt::format("none of these; allowed: {}", fmt::join(names, ", ")));
      } else {
        read_texts(group.key + '.' + part.key, part);
      }
    }
  }

  void read_texts(const std::string& field, const Value::Member& member) {
    const auto [texts, is_new] = mapping_.fields.try_emplace(field);
    if (!is_new) return problems_.add(member.line, member.value.path, "duplicate key; allowed: once");
    const Value& value = member.value;
    if (value.kind == Value::Kind::list && value.items.empty())
      return problems_.reject(value, "an expression, or a list of them");
    const std::span<const Value> all =
        value.kind == Value::Kind::list ? std::span(value.items) : std::span(&value, 1);
    for (const Value& one : all) read_text_of(field, one, texts->second);
  }

  void read_text_of(const std::string& field, const Value& value, std::vector<MappedText>& texts) {
    const bool is_histogram = std::holds_alternative<HistogramMember>(*find_mapped_field(field));
    const std::string_view allowed = is_histogram ? for_histograms : for_numbers;
    MappedText text;
    if (value.kind == Value::Kind::mapping && is_histogram) {
      if (!read_histogram(value, text)) return;
    } else if (value.kind == Value::Kind::mapping || value.kind == Value::Kind::list) {
      return problems_.reject(value, allowed);
    } else {
      auto expression = read_text(value, problems_);
      if (!expression) return;
      text.expression = std::move(*expression);
    }
    if (const std::string wrong = mapped_text_problem(field, text); !wrong.empty())
      return problems_.add(value, fmt::format("not an expression: {}; allowed: {}", wrong, allowed));
    texts.push_back(std::move(text));
  }

  bool read_histogram(const Value& value, MappedText& text) {
    static constexpr auto keys = std::to_array<Key<MappedText>>({
        {"histogram", Variable::none, "", "the series",
         [](MappedText& target, const Value& v, Problems& p) {
           if (auto series = dbpool::read_text(v, p)) target.expression = std::move(*series);
         }},
        {"unit", Variable::none, "", "s, ms, us or ns", set_unit},
    });
    const Written written = read_keys(value, std::span<const Key<MappedText>>(keys), text, problems_);
    if (!written.has("histogram")) problems_.add(value, "histogram is missing; allowed: a series");
    return !text.expression.empty();
  }

  static void set_unit(MappedText& target, const Value& value, Problems& problems) {
    static constexpr std::array<std::string_view, 4> units{"s", "ms", "us", "ns"};
    if (const auto unit = read_word(value, units, problems)) target.unit = static_cast<TimeUnit>(*unit);
  }

  MappingOptions& mapping_;
  Problems& problems_;
};

}  // namespace

void set_mapping_preset(MappingOptions& mapping, const Value& value, Problems& problems) {
  std::vector<std::string_view> words{"auto", "custom"};
  const auto names = preset_names();
  words.insert(words.end(), names.begin(), names.end());
  const bool is_list = value.kind == Value::Kind::list;
  if (is_list && value.items.empty()) return problems.reject(value, "auto, custom or names of presets");
  std::vector<std::string> chosen;
  for (const Value& one : is_list ? std::span(value.items) : std::span(&value, 1)) {
    const auto index = read_word(one, words, problems);
    if (!index) continue;
    if (std::ranges::find(chosen, words[*index]) != chosen.end())
      problems.add(one, "a second time; allowed: each preset once");
    chosen.emplace_back(words[*index]);
  }
  const auto is_alone = [](const std::string& name) { return name == "auto" || name == "custom"; };
  if (chosen.size() > 1 && std::ranges::any_of(chosen, is_alone))
    problems.add(value, "several; allowed: auto alone, custom alone, or names of presets");
  if (!chosen.empty()) mapping.presets = std::move(chosen);
}

void set_mapping_fields(MappingOptions& mapping, const Value& value, Problems& problems) {
  if (value.kind != Value::Kind::mapping) return problems.reject(value, "a mapping of fields to expressions");
  Fields fields(mapping, problems);
  for (const auto& member : value.members) fields.read(value, member);
}

void set_mapping_pool(MappingOptions& mapping, const Value& value, Problems& problems) {
  auto text = read_text(value, problems);
  if (!text) return;
  try {
    const PoolTemplate checked(*text);
    mapping.pool = std::move(*text);
  } catch (const Error& error) {
    problems.add(value, fmt::format("not the name of a pool: {}; allowed: text and labels in braces, such as"
                                    " \"{{database}}/{{user}}\"",
                                    error.what()));
  }
}

void set_mapping_match(MappingOptions& mapping, const Value& value, Problems& problems) {
  if (value.kind != Value::Kind::mapping)
    return problems.reject(value, "a mapping of labels to values or ~patterns");
  for (const auto& member : value.members) {
    if (member.value.kind == Value::Kind::null) {
      problems.add(member.line, shown_path(value, member), "has no value; allowed: a text");
      continue;
    }
    auto text = read_text(member.value, problems);
    if (!text) continue;
    try {
      read_matcher(member.key, *text);
      if (!mapping.match.emplace(member.key, std::move(*text)).second)
        problems.add(member.line, member.value.path, "duplicate key; allowed: once");
    } catch (const Error& error) {
      problems.add(member.value,
                   fmt::format("{}; allowed: a value, or ~ and a regular expression", error.what()));
    }
  }
}

void set_mapping_prefix(MappingOptions& mapping, const Value& value, Problems& problems) {
  static constexpr std::string_view allowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:.";
  auto text = read_text(value, problems);
  if (!text) return;
  if (text->find_first_not_of(allowed) != std::string::npos)
    return problems.reject(value, "the beginning of a metric's name, of the characters A-Z a-z 0-9 _ : .");
  mapping.prefix = std::move(*text);
}

void set_mapping_sum(MappingOptions& mapping, const Value& value, Problems& problems) {
  if (const auto sum = read_switch(value, problems)) mapping.sum = *sum;
}

void check_mapping(const MappingOptions& mapping, const Written& written, Problems& problems) {
  const bool is_custom = mapping.presets == std::vector<std::string>{"custom"};
  if (is_custom && !written.has("fields"))
    problems.add(written.at("preset"), "preset custom needs fields; allowed: fields with expressions");
}

}  // namespace dbpool
