#include "support/http/scrape.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

namespace dbpool {
namespace {

bool includes(const Labels& labels, const Labels& wanted) {
  return std::ranges::all_of(wanted, [&](const auto& label) {
    const auto found = labels.find(label.first);
    return found != labels.end() && found->second == label.second;
  });
}

/// Reads `name="value",…}` and moves `at` past the brace.
Labels parse_labels(std::string_view line, std::size_t& at) {
  Labels labels;
  while (line.at(at) != '}') {
    const auto equals = line.find('=', at);
    std::string& value = labels[std::string(line.substr(at, equals - at))];
    for (at = equals + 2; line.at(at) != '"'; ++at) {
      if (line[at] != '\\') {
        value += line[at];
      } else if (const char escaped = line.at(++at); escaped == 'n') {
        value += '\n';
      } else {
        value += escaped;
      }
    }
    if (line.at(++at) == ',') ++at;
  }
  ++at;
  return labels;
}

}  // namespace

Scrape::Scrape(std::string_view text) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && line[0] != '#') all_.push_back(parse(line));
  }
}

Scrape::Series Scrape::parse(std::string_view line) try {
  Series series;
  auto at = line.find_first_of("{ ");
  series.name = line.substr(0, at);
  if (line.at(at) == '{') series.labels = parse_labels(line, ++at);
  series.value = std::stod(std::string(line.substr(at)));
  return series;
} catch (const std::logic_error&) {
  throw std::runtime_error("this is no series: " + std::string(line));
}

std::optional<double> Scrape::value(std::string_view name, const Labels& labels) const {
  std::optional<double> found;
  for (const Series& series : all_) {
    if (series.name != name || !includes(series.labels, labels)) continue;
    if (found) throw std::runtime_error("several series are called " + std::string(name));
    found = series.value;
  }
  return found;
}

double Scrape::at(std::string_view name, const Labels& labels) const {
  if (const auto found = value(name, labels)) return *found;
  throw std::runtime_error("no such series of " + std::string(name));
}

bool Scrape::mentions(const Labels& labels) const {
  return std::ranges::any_of(all_, [&](const Series& series) { return includes(series.labels, labels); });
}

}  // namespace dbpool
