#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dbpool {

using Labels = std::map<std::string, std::string>;

/// The series of one text exposition.
class Scrape {
 public:
  Scrape() = default;
  /// throws std::runtime_error on a line that is neither a series nor a comment.
  explicit Scrape(std::string_view text);

  /// Returns the only series of that name with at least these labels; nullopt if it is absent. throws
  /// std::runtime_error if there are several.
  std::optional<double> value(std::string_view name, const Labels& labels = {}) const;
  /// Returns the same. throws std::runtime_error also if it is absent.
  double at(std::string_view name, const Labels& labels = {}) const;
  /// Returns whether any series has at least these labels.
  bool mentions(const Labels& labels) const;

 private:
  struct Series {
    std::string name;
    Labels labels;
    double value;
  };

  static Series parse(std::string_view line);

  std::vector<Series> all_;
};

}  // namespace dbpool
