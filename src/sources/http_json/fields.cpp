#include "sources/http_json/fields.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "sources/http_json/value.hpp"

namespace dbpool {
namespace {

using nlohmann::json;
using S = PoolSnapshot;

constexpr std::size_t longest_word = 100, longest_text = 500;

// Return the value of a field, by the type of its member.
S::Count read_member(const S::Count& /*member*/, const PoolField& /*field*/, const json& value) {
  return json_count(value);
}
S::Seconds read_member(const S::Seconds& /*member*/, const PoolField& field, const json& value) {
  auto number = json_number(value);
  if (number) *number /= field.divisor;
  return number;
}
S::Time read_member(const S::Time& /*member*/, const PoolField& /*field*/, const json& value) {
  return json_time(value);
}
std::optional<bool> read_member(const std::optional<bool>& /*member*/, const PoolField& field,
                                const json& value) {
  if (field.form != FieldForm::contact) return json_truth(value);
  const auto word = json_text(value, longest_word);
  const bool is_known = word == "connected" || word == "disconnected";
  return is_known ? std::optional(word == "connected") : std::nullopt;
}

/// Returns whether the value is 0 as a limit, which leaves the limit unknown.
template <typename Value>
bool is_unlimited(const PoolField& field, const std::optional<Value>& value) {
  return field.form == FieldForm::limit && value == Value{0};
}

template <typename Value>
bool set_member(PoolDraft& pool, std::optional<Value>& member, const PoolField& field, const json& value) {
  const auto read_value = read_member(member, field, value);
  if constexpr (std::is_arithmetic_v<Value>) {
    if (is_unlimited(field, read_value)) return true;
  }
  return fill(pool, member, read_value);
}

/// Sets a text unless it is known already.
bool set_member(PoolDraft& /*pool*/, std::string& member, const PoolField& field, const json& value) {
  const auto text = json_text(value, field.form == FieldForm::word ? longest_word : longest_text);
  if (member.empty()) member = text.value_or("");
  return text.has_value();
}

}  // namespace

bool set_field(PoolDraft& pool, const PoolField& field, const json& value) {
  if (field.form == FieldForm::state) pool.null_state = pool.null_state || value.is_null();
  return std::visit([&](auto member) { return set_member(pool, member_of(pool, member), field, value); },
                    field.member);
}

std::string http_json_fields_markdown() {
  std::vector<std::pair<std::string_view, std::string>> rows;  // meaning, and names of its fields
  for (const PoolField& field : pool_fields()) {
    auto row = std::ranges::find(rows, field.meaning, &decltype(rows)::value_type::first);
    if (row == rows.end()) row = rows.insert(row, {field.meaning, ""});
    row->second.append(row->second.empty() ? "`" : ", `").append(field.name).append("`");
  }
  std::string table = "| fields | value |\n|---|---|\n";
  for (const auto& [meaning, names] : rows) {
    table.append("| ").append(names).append(" | ").append(meaning).append(" |\n");
  }
  return table;
}

}  // namespace dbpool
