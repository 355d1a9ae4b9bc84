#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dbpool {

/// The name of a pool, made from labels: `{database}/{user}` has two places for labels and a text between
/// them.
class PoolTemplate {
 public:
  using Lookup = std::function<std::string_view(std::string_view label)>;

  PoolTemplate() = default;
  /// throws Error with the column if a brace is not closed or holds no label.
  explicit PoolTemplate(std::string_view text);

  /// Returns the name. An absent label is empty; the name is empty if all labels are.
  std::string name(const Lookup& label) const;
  /// Returns the text that it was made of.
  const std::string& text() const noexcept { return text_; }
  /// Returns whether the name has a place for the label.
  bool has(std::string_view label) const;

 private:
  struct Part {
    std::string text;  ///< in front of the label
    std::optional<std::string> label;
  };
  std::string text_;
  std::vector<Part> parts_;
};

}  // namespace dbpool
