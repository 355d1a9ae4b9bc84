#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "sources/prometheus/sample.hpp"

namespace dbpool {

/// Collects the attributes of one point or resource after the other. Numbers and truth values become texts;
/// other values that are no text are left out. Large: to be kept, not on a stack.
class OtlpAttributes {
 public:
  static constexpr std::size_t most = 128;                ///< attributes
  static constexpr std::size_t most_bytes = 16UL * 1024;  ///< of their names and values

  void clear() noexcept;
  /// Adds a KeyValue message. Its bytes must outlive the attributes. throws Error or protozero::exception for
  /// bytes that are none.
  void add(std::string_view key_value);
  /// Describes what is beyond the bounds; "" if nothing is.
  std::string_view problem() const noexcept;
  /// Returns the attributes within the bounds, sorted by name; of several with one name the last. Valid until
  /// the next call of a member that is not const.
  std::span<const SampleLabel> sorted();

 private:
  static constexpr std::size_t longest_number = 32;

  std::optional<std::string_view> text_of(std::string_view any_value);
  template <typename Number>
  std::string_view digits_of(Number number);

  std::vector<SampleLabel> labels_;
  std::size_t count_ = 0, bytes_ = 0;
  std::array<std::array<char, longest_number>, most> numbers_{};  ///< the texts of numbers, by attribute
};

}  // namespace dbpool
