#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dbpool {

using Labels = std::map<std::string, std::string>;

/// One moment of an exporter: the series of a text exposition.
class Scrape {
 public:
  Scrape() = default;
  /// throws std::runtime_error at a line that is no series and no comment.
  explicit Scrape(std::string_view text);

  /// The one series of that name which has at least these labels; nullopt when there is none. throws
  /// std::runtime_error when there are several.
  std::optional<double> value(std::string_view name, const Labels& labels = {}) const;
  /// The same, where there has to be one. throws std::runtime_error when there is none.
  double at(std::string_view name, const Labels& labels = {}) const;
  /// Whether any series has at least these labels.
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
