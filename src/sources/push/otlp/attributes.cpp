#include "sources/push/otlp/attributes.hpp"

#include <algorithm>
#include <charconv>

#include "sources/push/otlp/wire.hpp"

namespace dbpool {

namespace wire = otlp_wire;

void OtlpAttributes::clear() noexcept {
  labels_.clear();
  count_ = 0;
  bytes_ = 0;
}

void OtlpAttributes::add(std::string_view key_value) {
  wire::Message<wire::KeyValue> message(wire::viewed(key_value));
  std::string_view key;
  std::string_view value;
  while (message.next()) {
    switch (message.tag()) {
      case wire::KeyValue::key:
        key = wire::bytes_of(message);
        break;
      case wire::KeyValue::value:
        value = wire::bytes_of(message);
        break;
      default:
        message.skip();
    }
  }
  const bool has_room = ++count_ <= most;
  if (!has_room) return;
  const auto text = text_of(value);
  if (!text) return;
  bytes_ += key.size() + text->size();
  if (bytes_ <= most_bytes) labels_.push_back({key, *text});
}

std::optional<std::string_view> OtlpAttributes::text_of(std::string_view any_value) {
  wire::Message<wire::AnyValue> message(wire::viewed(any_value));
  std::optional<std::string_view> text;
  while (message.next()) {
    switch (message.tag()) {
      case wire::AnyValue::text:
        text = wire::bytes_of(message);
        break;
      case wire::AnyValue::truth:
        text = wire::varint_of(message) != 0 ? "true" : "false";
        break;
      case wire::AnyValue::integer:
        text = digits_of(wire::varint_of(message));
        break;
      case wire::AnyValue::number:
        text = digits_of(wire::double_of(message));
        break;
      default:
        message.skip();
    }
  }
  return text;
}

template <typename Number>
std::string_view OtlpAttributes::digits_of(Number number) {
  auto& digits = numbers_[count_ - 1];
  const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return {digits.data(), end};
}

std::string_view OtlpAttributes::problem() const noexcept {
  if (count_ > most) return "more than 128 attributes";
  if (bytes_ > most_bytes) return "more than 16 KiB of attributes";
  return "";
}

std::span<const SampleLabel> OtlpAttributes::sorted() {
  std::ranges::stable_sort(labels_, {}, &SampleLabel::name);
  // Of equal names the last one stays: seen from the end, it is the first.
  const auto kept = std::unique(labels_.rbegin(), labels_.rend(),
                                [](const SampleLabel& a, const SampleLabel& b) { return a.name == b.name; });
  labels_.erase(labels_.begin(), kept.base());
  return labels_;
}

}  // namespace dbpool
