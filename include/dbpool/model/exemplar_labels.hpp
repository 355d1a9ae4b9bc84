#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dbpool/model/trace_context.hpp"

namespace dbpool {

/// The labels of an exemplar, in a room of fixed size, so that adding them allocates nothing. A trivially
/// copyable value.
class ExemplarLabels {
 public:
  /// How many characters OpenMetrics allows in all names and values; here also how many bytes.
  static constexpr std::size_t most_characters = 128;
  static constexpr std::size_t most_labels = 2;

  /// Adds a label, if it fits as a whole and its value is not empty. REQUIRES, as each `add`: there are fewer
  /// than `most_labels`.
  void add(std::string_view name, std::string_view value) noexcept;
  void add(std::string_view name, std::uint64_t value) noexcept;
  /// Adds `trace_id` and, if known, `span_id`. REQUIRES: `trace` is valid, and there are no labels.
  void add(const TraceContext& trace) noexcept;
  /// Adds a label whose value is these parts, one after another, cut at a character to the room that is left.
  /// Adds nothing if no room is left for a character.
  void add_cut(std::string_view name, std::initializer_list<std::string_view> parts) noexcept;

  bool empty() const noexcept { return count_ == 0; }
  /// Returns the names and values, as valid UTF-8.
  std::vector<std::pair<std::string, std::string>> value() const;

 private:
  struct Label {
    std::uint8_t name_size, value_size;
  };

  void append(std::string_view text) noexcept;
  void end_label(std::string_view name, std::size_t value_size) noexcept;

  std::array<char, most_characters> text_{};  ///< each name with its value behind it
  std::array<Label, most_labels> labels_{};
  std::uint8_t count_ = 0;
  std::uint8_t size_ = 0;  ///< bytes of `text_` in use
};

}  // namespace dbpool
