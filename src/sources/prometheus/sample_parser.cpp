#include "sources/prometheus/sample_parser.hpp"

#include "sources/prometheus/numbers.hpp"

namespace dbpool {
namespace {

/// OpenTelemetry's target_info may have dozens. The limit keeps the search for a repeated label short.
constexpr std::size_t most_labels = 256;

double take_value(LineCursor& line, std::string_view expected) {
  const auto value = sample_value(line.take_word());
  if (!value) line.fail(expected);
  return *value;
}

}  // namespace

ScrapedSample SampleParser::parse(LineCursor line) {
  unescaped_.clear();
  unescaped_.reserve(line.rest().size());
  labels_.clear();
  ScrapedSample sample;
  sample.line = line.line();
  take_series(line, sample);
  sample.labels = labels_;
  sample.value = take_value(line, "a number as the value of a sample");
  sample.time = take_time(line);
  if (line.skip('#')) sample.exemplar = take_exemplar(line);
  if (!line.at_end()) line.fail("the end of the line after a sample");
  return sample;
}

/// Reads the name and the labels: `name`, `name{label="value"}` or `{"name",label="value"}`.
void SampleParser::take_series(LineCursor& line, ScrapedSample& sample) {
  if (line.skip('{')) {
    sample.name = take_name_in_braces(line);
    take_labels(line, labels_);
    return;
  }
  sample.name = line.take_metric_name("the name of a metric");
  const bool is_separate = line.skip_blanks();
  if (line.skip('{')) {
    take_labels(line, labels_);
  } else if (!is_separate) {
    line.fail("{ or a blank after the name of a metric");
  }
}

std::string_view SampleParser::take_name_in_braces(LineCursor& line) {
  line.skip_blanks();
  const auto name = line.take_quoted("the name of a metric, in quotes", unescaped_);
  if (name.empty()) line.fail("the name of a metric between the quotes");
  line.skip_blanks();
  if (!line.skip(',') && !line.at('}')) line.fail("a comma or } after the name of a metric");
  return name;
}

/// Reads up to the closing brace. A comma may follow the last label.
void SampleParser::take_labels(LineCursor& line, Labels& labels) {
  line.skip_blanks();
  for (bool may_continue = true; !line.skip('}');) {
    if (!may_continue) line.fail("a comma or } after a label");
    take_label(line, labels);
    line.skip_blanks();
    may_continue = line.skip(',');
    line.skip_blanks();
  }
  line.skip_blanks();
}

void SampleParser::take_label(LineCursor& line, Labels& labels) {
  if (labels.size() == most_labels) line.fail("at most " + std::to_string(most_labels) + " labels");
  const auto name = line.at('"') ? line.take_quoted("the name of a label", unescaped_)
                                 : line.take_label_name("the name of a label or }");
  if (find_label(labels, name)) line.fail("each label once");
  line.skip_blanks();
  if (!line.skip('=')) line.fail("= after the name of a label");
  line.skip_blanks();
  labels.push_back({name, line.take_quoted("the value of a label, in quotes", unescaped_)});
}

/// Returns nullopt at the end of the line and, in OpenMetrics alone, at an exemplar.
std::optional<SampleTime> SampleParser::take_time(LineCursor& line) const {
  if (line.at_end()) return std::nullopt;
  if (format_ == TextFormat::prometheus) {
    const auto time = time_in_milliseconds(line.take_word());
    if (!time) line.fail("a timestamp in whole milliseconds or the end of the line");
    return time;
  }
  if (line.at('#')) return std::nullopt;
  const auto time = time_in_seconds(line.take_word());
  if (!time) line.fail("a timestamp in seconds, an exemplar or the end of the line");
  return time;
}

SampleExemplar SampleParser::take_exemplar(LineCursor& line) {
  exemplar_labels_.clear();
  line.skip_blanks();
  if (!line.skip('{')) line.fail("the labels of an exemplar");
  take_labels(line, exemplar_labels_);
  SampleExemplar exemplar;
  exemplar.labels = exemplar_labels_;
  exemplar.value = take_value(line, "a number as the value of an exemplar");
  exemplar.time = take_time(line);
  return exemplar;
}

}  // namespace dbpool
