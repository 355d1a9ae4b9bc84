#include "dbpool/model/exemplar_labels.hpp"

#include <algorithm>
#include <charconv>

#include "model/hexadecimal.hpp"
#include "model/utf8.hpp"

namespace dbpool {
namespace {

template <std::size_t bytes>
std::array<char, 2 * bytes> digits_of(const std::array<std::uint8_t, bytes>& id) {
  std::array<char, 2 * bytes> digits{};
  char* end = digits.data();
  for (const std::uint8_t byte : id) end = std::ranges::copy(hexadecimal(byte), end).out;
  return digits;
}

/// Returns the beginning of `text` in at most `room` bytes, without a part of a character at its end.
std::string_view cut(std::string_view text, std::size_t room) {
  if (text.size() <= room) return text;
  while (room > 0 && is_continuation(text[room])) --room;
  return text.substr(0, room);
}

}  // namespace

void ExemplarLabels::add(std::string_view name, std::string_view value) noexcept {
  if (value.empty() || size_ + name.size() + value.size() > most_characters) return;
  append(name);
  append(value);
  end_label(name, value.size());
}

void ExemplarLabels::add(std::string_view name, std::uint64_t value) noexcept {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  add(name, std::string_view(digits.data(), end));
}

void ExemplarLabels::add(const TraceContext& trace) noexcept {
  const auto trace_id = digits_of(trace.trace_id);
  add("trace_id", std::string_view(trace_id.data(), trace_id.size()));
  if (trace.span_id == decltype(trace.span_id){}) return;
  const auto span_id = digits_of(trace.span_id);
  add("span_id", std::string_view(span_id.data(), span_id.size()));
}

void ExemplarLabels::add_cut(std::string_view name, std::initializer_list<std::string_view> parts) noexcept {
  if (size_ + name.size() >= most_characters) return;
  const std::uint8_t begin = size_;
  append(name);
  for (const std::string_view part : parts) {
    const std::string_view kept = cut(part, most_characters - size_);
    append(kept);
    if (kept.size() < part.size()) break;
  }
  const std::size_t value_size = size_ - begin - name.size();
  if (value_size == 0) {
    size_ = begin;
  } else {
    end_label(name, value_size);
  }
}

std::vector<std::pair<std::string, std::string>> ExemplarLabels::value() const {
  std::vector<std::pair<std::string, std::string>> all;
  std::string_view rest(text_.data(), size_);
  const auto next = [&rest](std::size_t size) {
    const std::string_view part = rest.substr(0, size);
    rest.remove_prefix(size);
    return part;
  };
  for (std::size_t i = 0; i < count_; ++i) {
    const std::string_view name = next(labels_[i].name_size);
    all.emplace_back(name, valid_utf8(next(labels_[i].value_size)));
  }
  return all;
}

void ExemplarLabels::append(std::string_view text) noexcept {
  std::ranges::copy(text, text_.begin() + size_);
  size_ += static_cast<std::uint8_t>(text.size());
}

void ExemplarLabels::end_label(std::string_view name, std::size_t value_size) noexcept {
  labels_[count_++] = {static_cast<std::uint8_t>(name.size()), static_cast<std::uint8_t>(value_size)};
}

}  // namespace dbpool
