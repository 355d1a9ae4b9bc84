#include "sources/prometheus/text_reader.hpp"

#include <algorithm>
#include <optional>

#include "dbpool/model/error.hpp"
#include "model/blank_ends.hpp"
#include "sources/prometheus/other_than_metrics.hpp"

namespace dbpool {
namespace {

constexpr std::string_view line_blanks = " \t\r";

struct TypeWord {
  std::string_view word;
  FamilyType type;
};

/// Both formats' words are read in both.
constexpr TypeWord type_words[] = {
    {"counter", FamilyType::counter},
    {"gauge", FamilyType::gauge},
    {"histogram", FamilyType::histogram},
    {"summary", FamilyType::summary},
    {"untyped", FamilyType::untyped},
    {"unknown", FamilyType::untyped},
    {"gaugehistogram", FamilyType::gauge_histogram},
    {"info", FamilyType::info},
    {"stateset", FamilyType::state_set},
};

std::optional<FamilyType> family_type(std::string_view word) {
  const auto found = std::ranges::find(type_words, word, &TypeWord::word);
  return found == std::end(type_words) ? std::nullopt : std::optional(found->type);
}

}  // namespace

TextReader::TextReader(TextFormat format, SampleVisitor& visitor, TextLimits limits)
    : format_(format),
      visitor_(visitor),
      limits_(limits),
      lines_(limits.line),
      families_(format, limits.families),
      parser_(format) {}

void TextReader::read(std::string_view piece) {
  const bool fits = piece.size() <= limits_.bytes - bytes_;
  lines_.add(piece.substr(0, limits_.bytes - bytes_));
  bytes_ += std::min(piece.size(), limits_.bytes - bytes_);
  while (const auto line = lines_.next()) read_line(*line);
  if (!fits) throw Error("its answer is longer than " + std::to_string(limits_.bytes) + " bytes");
}

void TextReader::finish() {
  const auto rest = without_ends(lines_.unfinished(), line_blanks);
  if (!rest.empty() && !is_metrics_) {
    if (const auto other = other_than_metrics(rest)) throw Error(*other);
  }
  const auto last = std::to_string(lines_.number() + 1);
  const bool may_end = format_ == TextFormat::prometheus || has_ended_;
  if (may_end && !rest.empty()) throw Error("its answer was cut off: line " + last + " has no line feed");
  // # EOF alone needs no line feed: it says by itself that the text is complete.
  if (!may_end && rest != "# EOF") throw Error("its answer was cut off: expected # EOF in line " + last);
}

void TextReader::read_line(std::string_view text) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (lines_.number() == 1 && text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  text = without_ends(text, line_blanks);
  if (text.empty()) return;
  if (!is_metrics_) {
    if (const auto other = other_than_metrics(text)) throw Error(*other);
  }
  LineCursor line(text, lines_.number());
  if (has_ended_) line.fail("the end of the text after # EOF");
  if (line.skip('#')) return read_comment(line);
  ScrapedSample sample = parser_.parse(line);
  families_.assign(sample);
  is_metrics_ = true;
  ++samples_;
  visitor_.visit(sample);
}

/// Reads a line that begins with #. What is no declaration, # HELP included, says nothing that is used.
void TextReader::read_comment(LineCursor line) {
  if (!line.skip_blanks()) return;
  const auto keyword = line.take_word();
  if (keyword == "TYPE") {
    read_type(line);
  } else if (keyword == "UNIT") {
    read_unit(line);
  } else if (keyword == "EOF" && line.at_end() && format_ == TextFormat::openmetrics) {
    has_ended_ = true;
  }
}

void TextReader::read_type(LineCursor line) {
  const auto family = take_family(line);
  const auto type = family_type(line.rest());
  if (!type) line.fail("counter, gauge, histogram, summary, untyped or another type after the name");
  if (const auto limit = families_.declare_type(family, *type)) line.fail(*limit);
  is_metrics_ = true;
}

/// In the text format 0.0.4 this line is only a comment, but OpenTelemetry's exporters write units there too.
void TextReader::read_unit(LineCursor line) {
  const auto family = take_family(line);
  if (const auto limit = families_.declare_unit(family, line.rest())) line.fail(*limit);
  is_metrics_ = true;
}

std::string_view TextReader::take_family(LineCursor& line) {
  unescaped_.clear();
  unescaped_.reserve(line.rest().size());
  const auto name = line.at('"') ? line.take_quoted("the name of a family", unescaped_)
                                 : line.take_metric_name("the name of a family");
  if (name.empty()) line.fail("the name of a family between the quotes");
  if (!line.skip_blanks() && !line.at_end()) line.fail("a blank after the name of a family");
  return name;
}

}  // namespace dbpool
