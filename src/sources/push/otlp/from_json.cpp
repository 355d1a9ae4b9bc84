#include "sources/push/otlp/from_json.hpp"

#include <charconv>
#include <cmath>
#include <concepts>
#include <limits>
#include <nlohmann/json.hpp>
#include <protozero/pbf_writer.hpp>
#include <utility>
#include <variant>
#include <vector>

#include "model/hexadecimal.hpp"
#include "sources/push/otlp/json_schema.hpp"

namespace dbpool {

namespace {

using Value = std::variant<bool, std::int64_t, std::uint64_t, double, std::string_view>;

constexpr std::size_t deepest = 64;

[[noreturn]] void refuse(const char* why) {
  throw Error(std::string("the body is not OTLP in JSON: ") + why);
}

/// Returns a number that a whole text spells. throws Error if it spells none.
template <typename Number>
Number number_in(std::string_view text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (text.empty() || read.ec != std::errc() || read.ptr != end)
    refuse("a text is not a number of its key's type");
  return number;
}

/// Returns an integer. It may be written as a text, or with a fraction of zeros.
template <std::integral Integer>
Integer integer_of(const Value& value) {
  constexpr double largest_exact = 1LL << std::numeric_limits<double>::digits;
  if (const auto* const text = std::get_if<std::string_view>(&value)) return number_in<Integer>(*text);
  if (const auto* const whole = std::get_if<std::uint64_t>(&value)) {
    if (std::in_range<Integer>(*whole)) return static_cast<Integer>(*whole);
  } else if (const auto* const negative = std::get_if<std::int64_t>(&value)) {
    if (std::in_range<Integer>(*negative)) return static_cast<Integer>(*negative);
  } else if (const auto* const real = std::get_if<double>(&value)) {
    const bool is_exact = std::trunc(*real) == *real && std::abs(*real) <= largest_exact;
    if (is_exact && std::in_range<Integer>(static_cast<std::int64_t>(*real)))
      return static_cast<Integer>(*real);
  }
  refuse("a value is not an integer, or too large for its key");
}

double real_of(const Value& value) {
  if (const auto* const real = std::get_if<double>(&value)) return *real;
  if (const auto* const whole = std::get_if<std::uint64_t>(&value)) return static_cast<double>(*whole);
  if (const auto* const negative = std::get_if<std::int64_t>(&value)) return static_cast<double>(*negative);
  const auto* const text = std::get_if<std::string_view>(&value);
  if (text == nullptr) refuse("a value is not a number");
  if (*text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (*text == "Infinity") return std::numeric_limits<double>::infinity();
  if (*text == "-Infinity") return -std::numeric_limits<double>::infinity();
  return number_in<double>(*text);
}

std::string_view text_of(const Value& value) {
  const auto* const text = std::get_if<std::string_view>(&value);
  if (text == nullptr) refuse("a value is not a text");
  return *text;
}

bool truth_of(const Value& value) {
  const auto* const truth = std::get_if<bool>(&value);
  if (truth == nullptr) refuse("a value is not true or false");
  return *truth;
}

std::int32_t temporality_of(const Value& value) {
  const auto* const text = std::get_if<std::string_view>(&value);
  if (text == nullptr) return integer_of<std::int32_t>(value);
  if (*text == "AGGREGATION_TEMPORALITY_DELTA") return 1;
  if (*text == "AGGREGATION_TEMPORALITY_CUMULATIVE") return 2;
  return 0;
}

/// Returns the bytes that hexadecimal digits spell.
std::string id_of(const Value& value) {
  const auto digits = text_of(value);
  std::string bytes;
  for (std::size_t at = 0; at < digits.size(); at += 2) {
    const auto byte = hexadecimal_byte(digits.substr(at, 2));
    if (!byte) refuse("an id is not written in hexadecimal digits");
    bytes.push_back(static_cast<char>(*byte));
  }
  return bytes;
}

/// Writes a value as its key's type.
void write(protozero::pbf_writer& out, const OtlpKey& key, const Value& value) {
  switch (key.type) {
    case OtlpType::text:
      return out.add_string(key.field, std::string(text_of(value)));
    case OtlpType::id:
      return out.add_bytes(key.field, id_of(value));
    case OtlpType::truth:
      return out.add_bool(key.field, truth_of(value));
    case OtlpType::temporality:
      return out.add_enum(key.field, temporality_of(value));
    case OtlpType::fixed:
      return out.add_fixed64(key.field, integer_of<std::uint64_t>(value));
    case OtlpType::signed_fixed:
      return out.add_sfixed64(key.field, integer_of<std::int64_t>(value));
    case OtlpType::real:
      return out.add_double(key.field, real_of(value));
    case OtlpType::varint:
      return out.add_uint64(key.field, integer_of<std::uint64_t>(value));
    case OtlpType::signed_varint:
      return out.add_int64(key.field, integer_of<std::int64_t>(value));
    case OtlpType::zigzag:
      return out.add_sint32(key.field, integer_of<std::int32_t>(value));
    case OtlpType::message:
      refuse("a value where an object belongs");
  }
}

/// Writes the protobuf of the JSON whose events it receives.
class Translator : public nlohmann::json_sax<nlohmann::json> {
 public:
  /// `most`: the largest size of what it writes.
  explicit Translator(std::size_t most) : most_(most) {}

  std::string take() { return std::move(out_); }

  bool null() override {
    if (open_.empty()) refuse("it is no object");
    return true;
  }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(std::int64_t value) override { return add(value); }
  bool number_unsigned(std::uint64_t value) override { return add(value); }
  bool number_float(double value, const std::string& /*text*/) override { return add(value); }
  bool string(std::string& value) override { return add(std::string_view(value)); }
  bool binary(nlohmann::json::binary_t& /*value*/) override { return false; }

  bool key(std::string& name) override {
    if (ignored_ == 0) open_.back().key = otlp_key(open_.back().message, name);
    return true;
  }

  bool start_object(std::size_t /*size*/) override {
    if (is_ignored()) return ignore();
    if (open_.empty()) {
      open_.push_back({.message = OtlpMessage::request});
      return true;
    }
    const OtlpKey& key = begin_value();
    if (key.type != OtlpType::message) refuse("an object where a value belongs");
    protozero::add_varint_to_buffer(&out_, (std::uint64_t{key.field} << 3U) | length_delimited);
    out_.append(length_size, '\0');
    open_.push_back({.message = key.message, .begin = out_.size()});
    return check_size();
  }

  bool end_object() override {
    if (ignored_ > 0) return end_ignored();
    if (open_.size() > 1) write_length(open_.back().begin);
    open_.pop_back();
    return true;
  }

  bool start_array(std::size_t /*size*/) override {
    if (is_ignored()) return ignore();
    if (open_.empty()) refuse("it is no object");
    Open& top = open_.back();
    if (!top.key->is_repeated || top.is_in_array) refuse("an array where a value belongs");
    see(top);
    top.is_in_array = true;
    return true;
  }

  bool end_array() override {
    if (ignored_ > 0) return end_ignored();
    open_.back().is_in_array = false;
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::json::exception& /*error*/) override {
    throw Error("the body is not JSON, near byte " + std::to_string(position));
  }

 private:
  /// An object that has begun.
  struct Open {
    OtlpMessage message;
    std::size_t begin = 0;         ///< of the message, behind its length
    const OtlpKey* key = nullptr;  ///< whose value comes next; nullptr = it is not read
    bool is_in_array = false;      ///< the values in the array of `key` come next
    std::uint32_t seen = 0;        ///< a bit for each field that was written
  };

  static constexpr std::uint64_t length_delimited = 2;
  /// A length is written with its leading zeros, so that it can be written when its message ends.
  static constexpr std::size_t length_size = 5;

  bool is_ignored() const { return ignored_ > 0 || (!open_.empty() && open_.back().key == nullptr); }
  bool ignore() {
    if (++ignored_ + open_.size() > deepest) refuse("it is nested deeper than 64 levels");
    return true;
  }
  bool end_ignored() {
    --ignored_;
    return true;
  }

  /// Marks the key of an object. throws Error if it occurs twice, or beside another alternative.
  static void see(Open& object) {
    const std::uint32_t bit = object.key->is_alternative ? 1U : 1U << object.key->field;
    if ((object.seen & bit) != 0) refuse("a key occurs twice, or beside one that excludes it");
    object.seen |= bit;
  }

  const OtlpKey& begin_value() {
    Open& top = open_.back();
    if (top.key->is_repeated && !top.is_in_array) refuse("a value where an array belongs");
    if (!top.is_in_array) see(top);
    return *top.key;
  }

  bool add(const Value& value) {
    if (open_.empty()) refuse("it is no object");
    if (is_ignored()) return true;
    protozero::pbf_writer writer(out_);
    write(writer, begin_value(), value);
    return check_size();
  }

  bool check_size() const {
    if (out_.size() > most_) throw TooLarge("the body is larger than max_body as protobuf");
    return true;
  }

  void write_length(std::size_t begin) {
    constexpr std::uint64_t more = 0x80;
    std::size_t length = out_.size() - begin;
    for (std::size_t at = begin - length_size; at < begin; ++at) {
      out_[at] = static_cast<char>((length % more) | (at + 1 < begin ? more : 0));
      length /= more;
    }
  }

  const std::size_t most_;
  std::string out_;
  std::vector<Open> open_;
  std::size_t ignored_ = 0;  ///< number of open objects and arrays that are not read
};

}  // namespace

std::string otlp_from_json(std::string_view json, std::size_t most) {
  Translator translator(most);
  nlohmann::json::sax_parse(json, &translator);
  return translator.take();
}

}  // namespace dbpool
