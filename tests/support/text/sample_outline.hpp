#pragma once

#include <array>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

#include "dbpool/model/error.hpp"
#include "dbpool/model/names.hpp"
#include "sources/prometheus/text_reader.hpp"

namespace dbpool::test {

inline constexpr std::array<std::string_view, 8> family_type_names{
    "untyped", "counter", "gauge", "histogram", "summary", "gaugehistogram", "info", "stateset"};
inline constexpr std::array<std::string_view, 5> sample_role_names{"value", "bucket", "sum", "count",
                                                                   "created"};

inline std::string number_text(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.17g", value);
  return text.data();
}

inline std::string labels_text(std::span<const SampleLabel> labels) {
  std::string text = "{";
  for (const SampleLabel& label : labels)
    text.append(label.name).append("=<").append(label.value).append(">");
  return text + "}";
}

/// Writes all of a sample in one line: `7: x_sum{a=<b>} 5 @1000 (sum of histogram x in seconds)`. Times are
/// milliseconds.
inline std::string outline(const ScrapedSample& sample) {
  const auto time = [](std::optional<SampleTime> at) {
    return at ? " @" + std::to_string(at->time_since_epoch().count()) : "";
  };
  std::string text = std::to_string(sample.line) + ": " + std::string(sample.name);
  text += labels_text(sample.labels) + " " + number_text(sample.value) + time(sample.time);
  if (const auto& exemplar = sample.exemplar) {
    text += " # " + labels_text(exemplar->labels) + " " + number_text(exemplar->value) + time(exemplar->time);
  }
  text.append(" (").append(sample_role_names[index_of(sample.role)]).append(" of ");
  text.append(family_type_names[index_of(sample.type)]).append(" ").append(sample.family);
  if (!sample.unit.empty()) text.append(" in ").append(sample.unit);
  return text + ")";
}

/// Writes each sample in one line.
class Outline : public SampleVisitor {
 public:
  void visit(const ScrapedSample& sample) override { text += outline(sample) + "\n"; }

  std::string text;
};

/// Reads a text in pieces of the given sizes, the last of them repeated. Returns the samples and, if the text
/// is refused, the error.
inline std::string read_in_pieces(TextFormat format, std::string_view text,
                                  std::span<const std::size_t> sizes, TextLimits limits = {}) {
  Outline outline;
  try {
    TextReader reader(format, outline, limits);
    for (std::size_t i = 0; !text.empty(); ++i) {
      const std::size_t size = sizes.empty() ? text.size() : sizes[std::min(i, sizes.size() - 1)];
      const auto piece = text.substr(0, std::max<std::size_t>(size, 1));
      // A copy of its own, so that a sanitizer sees a view that outlives its piece.
      reader.read(std::string(piece));
      text.remove_prefix(piece.size());
    }
    reader.finish();
  } catch (const Error& error) {
    outline.text += std::string("error: ") + error.what() + "\n";
  }
  return outline.text;
}

inline std::string read_at_once(TextFormat format, std::string_view text, TextLimits limits = {}) {
  return read_in_pieces(format, text, {}, limits);
}

}  // namespace dbpool::test
