#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sources/prometheus/line_cursor.hpp"
#include "sources/prometheus/sample.hpp"
#include "sources/prometheus/text_format.hpp"

namespace dbpool {

/// Reads the lines that are samples. Keeps its buffers between lines, so that it allocates only for a line
/// that is larger than those before.
class SampleParser {
 public:
  explicit SampleParser(TextFormat format) : format_(format) {}

  /// Reads one line, except for what the declarations say: its family, type, unit and role. The result is
  /// valid until the next call and as long as the line. throws Error with the number of the line.
  ScrapedSample parse(LineCursor line);

 private:
  using Labels = std::vector<SampleLabel>;

  void take_series(LineCursor& line, ScrapedSample& sample);
  std::string_view take_name_in_braces(LineCursor& line);
  void take_labels(LineCursor& line, Labels& labels);
  void take_label(LineCursor& line, Labels& labels);
  std::optional<SampleTime> take_time(LineCursor& line) const;
  SampleExemplar take_exemplar(LineCursor& line);

  TextFormat format_;
  Labels labels_, exemplar_labels_;
  std::string unescaped_;
};

}  // namespace dbpool
