#include "sources/http_json/value.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

#include "dbpool/model/error.hpp"
#include "model/blank_ends.hpp"
#include "model/utf8.hpp"
#include "sources/http_json/text.hpp"

namespace dbpool {
namespace {

using nlohmann::json;

constexpr int deepest = 64;
constexpr std::size_t most_values = 250'000;

/// Removes a number of exactly `digits` digits from the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  const std::string_view word = text.substr(0, digits);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!std::ranges::all_of(word, is_digit)) return std::nullopt;
  int number = 0;
  std::from_chars(word.data(), word.data() + word.size(), number);
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, std::string_view allowed) {
  if (text.empty() || allowed.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::chrono::sys_days> take_date(std::string_view& text) {
  const auto year = take_number(text, 4);
  const bool first = take(text, "-");
  const auto month = take_number(text, 2);
  const bool second = take(text, "-");
  const auto day = take_number(text, 2);
  if (!year || !first || !month || !second || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *year < 1970 || *year > 2200) return std::nullopt;
  return std::chrono::sys_days(date);
}

/// Removes hours and minutes, of a day or of an offset, from the front of `text`.
std::optional<std::chrono::minutes> take_clock(std::string_view& text) {
  const auto hours = take_number(text, 2);
  const bool colon = take(text, ":");
  const auto minutes = take_number(text, 2);
  if (!hours || !colon || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  return std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
}

std::chrono::nanoseconds take_fraction(std::string_view& text) {
  std::chrono::nanoseconds fraction{0};
  if (!take(text, ".")) return fraction;
  for (std::int64_t unit = 100'000'000; !text.empty() && text.front() >= '0' && text.front() <= '9';
       unit /= 10) {
    fraction += std::chrono::nanoseconds((text.front() - '0') * unit);
    text.remove_prefix(1);
  }
  return fraction;
}

std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
  if (take(text, "Zz")) return std::chrono::minutes(0);
  const bool west = text.starts_with('-');
  if (!take(text, "+-")) return std::nullopt;
  const auto offset = take_clock(text);
  if (!offset) return std::nullopt;
  return west ? -*offset : *offset;
}

std::optional<WallTime> rfc3339_time(std::string_view text) {
  const auto date = take_date(text);
  if (!date || !take(text, "Tt ")) return std::nullopt;
  const auto minutes = take_clock(text);
  const bool colon = take(text, ":");
  const auto seconds = take_number(text, 2);
  if (!minutes || !colon || !seconds || *seconds > 60) return std::nullopt;
  const auto fraction = take_fraction(text);
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  const WallTime time = WallTime(*date) + *minutes + std::chrono::seconds(*seconds) + fraction - *offset;
  return time < WallTime() ? std::nullopt : std::optional(time);
}

std::optional<std::size_t> array_index(const std::string& token) {
  std::size_t index = 0;
  const char* const end = token.data() + token.size();
  const auto [rest, error] = std::from_chars(token.data(), end, index);
  if (error != std::errc() || rest != end) return std::nullopt;
  return index;
}

const json* child(const json& parent, const std::string& token) {
  if (parent.is_object()) {
    const auto found = parent.find(token);
    return found == parent.end() ? nullptr : &*found;
  }
  if (!parent.is_array()) return nullptr;
  const auto index = array_index(token);
  return index && *index < parent.size() ? &parent[*index] : nullptr;
}

/// Returns the number that a text consists of, apart from blanks around it; null when it is not a number.
json number_in(std::string_view text) {
  constexpr std::size_t longest_number = 40;
  text = without_blank_ends(text);
  const bool may_be_number = text.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
  if (text.empty() || text.size() > longest_number || !may_be_number) return nullptr;
  json number = json::parse(text, nullptr, false);
  return number.is_number() ? number : nullptr;
}

std::string unescaped(std::string_view token) {
  std::string text;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      text += token[i];
      continue;
    }
    const char next = ++i < token.size() ? token[i] : '\0';
    if (next != '0' && next != '1') throw Error("a JSON pointer has ~ only as ~0 or ~1");
    text += next == '0' ? '~' : '/';
  }
  return text;
}

}  // namespace

std::optional<std::uint64_t> json_count(const json& value) {
  if (value.is_string()) return json_count(number_in(value.get_ref<const std::string&>()));
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  if (!value.is_number_float()) return std::nullopt;
  const double number = value.get<double>();
  constexpr double end = 18446744073709551616.0;  // 2^64
  if (!(number >= 0 && number < end) || number != std::floor(number)) return std::nullopt;
  return static_cast<std::uint64_t>(number);
}

std::optional<double> json_number(const json& value) {
  if (value.is_string()) return json_number(number_in(value.get_ref<const std::string&>()));
  if (!value.is_number()) return std::nullopt;
  const double number = value.get<double>();
  return std::isfinite(number) && number >= 0 ? std::optional(number) : std::nullopt;
}

std::optional<bool> json_truth(const json& value) {
  if (value == "true" || value == "false") return value == "true";
  return value.is_boolean() ? std::optional(value.get<bool>()) : std::nullopt;
}

std::optional<std::string> json_text(const json& value, std::size_t most) {
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  return valid_utf8(std::string_view(text).substr(0, most));
}

std::optional<WallTime> json_time(const json& value) {
  if (value.is_string()) {
    if (const auto time = rfc3339_time(value.get_ref<const std::string&>())) return time;
  }
  const auto seconds = json_number(value);
  if (!seconds || *seconds > 7e9) return std::nullopt;
  return WallTime(std::chrono::round<std::chrono::microseconds>(std::chrono::duration<double>(*seconds)));
}

std::vector<std::string> json_pointer(std::string_view text) {
  std::vector<std::string> pointer;
  if (!text.empty() && text.front() != '/') throw Error("a JSON pointer begins with /");
  while (!text.empty()) {
    text.remove_prefix(1);
    const std::string_view token = text.substr(0, text.find('/'));
    pointer.push_back(unescaped(token));
    text.remove_prefix(token.size());
  }
  return pointer;
}

const json* json_at(const json& document, const std::vector<std::string>& pointer) {
  const json* at = &document;
  for (const std::string& token : pointer) {
    at = child(*at, token);
    if (at == nullptr) break;
  }
  return at;
}

json read_json(std::string_view text) {
  if (const auto other = other_than_json(text)) throw Error(*other);
  std::size_t values = 0;
  const auto bound = [&](int depth, json::parse_event_t /*event*/, const json& /*value*/) {
    if (depth > deepest) throw Error("its answer is JSON that is too deep");
    if (++values > most_values) throw Error("its answer is JSON with too many values");
    return true;
  };
  try {
    return json::parse(valid_utf8(with_finite_numbers(text)), bound);
  } catch (const json::parse_error& error) {
    throw Error("its answer is not JSON, as byte " + std::to_string(error.byte) + " shows");
  } catch (const json::exception&) {
    throw Error("its answer is not JSON: a number is out of range");
  }
}

}  // namespace dbpool
