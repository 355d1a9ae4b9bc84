#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "sources/prometheus/families.hpp"
#include "sources/prometheus/line_cursor.hpp"
#include "sources/prometheus/lines.hpp"
#include "sources/prometheus/sample.hpp"
#include "sources/prometheus/sample_parser.hpp"
#include "sources/prometheus/text_format.hpp"

namespace dbpool {

/// The limits on a metrics text, which bound the memory and the time that reading it takes.
struct TextLimits {
  std::size_t bytes = std::size_t{64} << 20;
  std::size_t line = std::size_t{64} << 10;  ///< bytes of the longest line
  std::size_t families = 10'000;             ///< declared by `# TYPE` or `# UNIT`
};

/// A reader of Prometheus' text format 0.0.4 and of OpenMetrics 1.0, which receives the text in pieces of any
/// size and never keeps it. One thread at a time. Its memory is bounded by the limits, not by the text: two
/// lines and the declared families.
///
/// It refuses what would yield a wrong number, such as a text that was cut off, and is lenient about form:
/// blanks, CRLF, a byte order mark, comments, a comma after the last label, and names in quotes are read in
/// both formats. It does not find series that occur twice, since that would take memory for each; where two
/// selected samples meet in one figure, their visitor finds them.
class TextReader {
 public:
  /// `visitor` must outlive the reader and receives each sample as soon as its line is complete.
  TextReader(TextFormat format, SampleVisitor& visitor, TextLimits limits = {});

  /// Reads the next bytes. throws Error when they are not metrics or exceed a limit, with the number of the
  /// line and what was expected there; it quotes no piece of the text. The samples before it have been
  /// visited, and the reader is of no further use.
  void read(std::string_view piece);
  /// Ends the text. throws Error if the text was cut off: its last line has no line feed or, in OpenMetrics,
  /// `# EOF` is missing.
  void finish();
  /// Returns the number of samples so far.
  std::size_t samples() const noexcept { return samples_; }

 private:
  void read_line(std::string_view text);
  void read_comment(LineCursor line);
  void read_type(LineCursor line);
  void read_unit(LineCursor line);
  std::string_view take_family(LineCursor& line);

  TextFormat format_;
  SampleVisitor& visitor_;
  TextLimits limits_;
  Lines lines_;
  Families families_;
  SampleParser parser_;
  std::string unescaped_;  ///< the name of a family in quotes
  std::size_t bytes_ = 0, samples_ = 0;
  bool is_metrics_ = false;  ///< whether a line was read that only a metrics text has
  bool has_ended_ = false;   ///< whether `# EOF` was read
};

}  // namespace dbpool
