#include "sources/presets/presets.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "model/figures.hpp"
#include "sources/mapping/mapped_samples.hpp"
#include "sources/mapping/mapping.hpp"
#include "sources/prometheus/text_reader.hpp"

using namespace dbpool;

namespace {

namespace fs = std::filesystem;

const fs::path testdata = DBPOOL_TESTDATA "/../presets/testdata";
constexpr std::string_view expected_ending = ".expected.txt";

std::string contents(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string shortest(double value) {
  constexpr std::size_t longest = 400;
  std::string text(longest, '\0');
  text.resize(static_cast<std::size_t>(
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed).ptr -
      text.data()));
  return text;
}

/// A figure's value as the expected figures have it; "" if it is not known.
std::string shown(const PoolSnapshot::Count& count) {
  return count ? std::to_string(*count) : "";
}
std::string shown(const PoolSnapshot::Seconds& number) {
  return number ? shortest(*number) : "";
}
std::string shown(const std::shared_ptr<const Histogram>& histogram) {
  if (!histogram) return "";
  std::string text;
  std::uint64_t count = 0;
  for (std::size_t i = 0; i <= histogram->bounds().size(); ++i) {
    count += histogram->count_in(i);
    text += i < histogram->bounds().size() ? shortest(histogram->bounds()[i]) : "+Inf";
    text += ':' + std::to_string(count) + ' ';
  }
  return text + "sum:" + shortest(histogram->sum_seconds());
}
std::string shown(const std::optional<bool>& flag) {
  return flag ? (*flag ? "true" : "false") : "";
}
std::string shown(const PoolSnapshot::Time& time) {
  return time ? "known" : "";
}
std::string shown(const std::string& text) {
  return text;
}

using Lines = std::set<std::string>;

/// Returns a line for each figure of the pools that is known: its pool, its name and its value.
Lines lines_of(const std::vector<PoolSnapshot>& pools) {
  Lines lines;
  for (const PoolSnapshot& pool : pools) {
    const auto add = [&](const std::string& figure, const std::string& value) {
      std::string line = pool.label();
      line.append(" ").append(figure).append(" ").append(value);
      if (!value.empty()) lines.insert(std::move(line));
    };
    for (const Figure& figure : figure_table) {
      // Follows from other figures.
      if (figure.name == "wait_judged_peak") continue;
      std::visit([&](auto member) { add(std::string(figure.name), shown(pool.*member)); }, figure.member);
    }
    for (std::size_t i = 0; i < close_reason_names.size(); ++i)
      add("closed." + std::string(close_reason_names[i]), shown(pool.closed[i]));
    for (std::size_t i = 0; i < error_kind_names.size(); ++i)
      add("errors." + std::string(error_kind_names[i]), shown(pool.errors[i]));
  }
  return lines;
}

Lines lines_in(const fs::path& file) {
  Lines lines;
  std::istringstream in(contents(file));
  for (std::string line; std::getline(in, line);) lines.insert(line);
  return lines;
}

ProbeResult read(const std::string& text, const MappingOptions& options,
                 std::span<const Preset> known = presets()) {
  const Mapping mapping(options, known);
  MappedSamples samples(mapping);
  TextReader reader(text.ends_with("# EOF\n") ? TextFormat::openmetrics : TextFormat::prometheus, samples);
  reader.read(text);
  reader.finish();
  KeptCounters kept;
  return samples.take("src", kept);
}

/// A text that a producer prints, in a file called after its preset: `otel_java.txt`.
struct CapturedText {
  std::string name, preset;

  MappingOptions options(const std::string& presets) const {
    MappingOptions options;
    options.presets = {presets};
    if (preset == "ecto") options.prefix = "shop_prom_ex_";
    if (preset == "telemetry-metrics-statsd") options.prefix = "shop.";
    return options;
  }
  std::string text() const { return contents(testdata / (name + ".txt")); }
  Lines expected() const { return lines_in(testdata / (name + std::string(expected_ending))); }
};

std::vector<CapturedText> captured_texts() {
  std::vector<CapturedText> texts;
  for (const auto& entry : fs::directory_iterator(testdata)) {
    const std::string file = entry.path().filename().string();
    if (file.ends_with(expected_ending)) continue;
    const std::string name = entry.path().stem().string();
    texts.push_back({name, name.substr(0, name.find('_'))});
  }
  std::ranges::sort(texts, {}, &CapturedText::name);
  return texts;
}

/// Returns the lines of one that the other lacks, in one text.
std::string lacking(const Lines& lines, const Lines& other) {
  std::string text;
  for (const std::string& line : lines) {
    if (!other.contains(line)) text.append(line).append("\n");
  }
  return text;
}

void check_same(const Lines& actual, const Lines& expected) {
  CHECK(lacking(expected, actual) == "");
  CHECK(lacking(actual, expected) == "");
}

/// Returns `text` with each `part` replaced by `other`.
std::string replaced(std::string text, std::string_view part, std::string_view other) {
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + other.size()))
    text.replace(at, part.size(), other);
  return text;
}

bool has_acquisition_duration(const std::string& line) {
  return line.find(" acquisition_duration ") != std::string::npos;
}

/// Returns whether one row of a preset, without the others, finds its series in a text.
bool gives_figure(Preset preset, const PresetField& row, const CapturedText& captured) {
  if (captured.preset != preset.name) return false;
  preset.fields = {&row, 1};
  return !lines_of(read(captured.text(), captured.options("auto"), {&preset, 1}).pools).empty();
}

}  // namespace

TEST_CASE("a preset makes the expected figures of its producer's text, and no other") {
  for (const CapturedText& captured : captured_texts()) {
    CAPTURE(captured.name);
    check_same(lines_of(read(captured.text(), captured.options(captured.preset)).pools), captured.expected());
  }
}

TEST_CASE("auto finds the preset of each text") {
  for (const CapturedText& captured : captured_texts()) {
    CAPTURE(captured.name);
    check_same(lines_of(read(captured.text(), captured.options("auto")).pools), captured.expected());
  }
}

TEST_CASE("each row of each preset gives a figure of a text") {
  const std::vector<CapturedText> texts = captured_texts();
  for (const Preset& preset : presets()) {
    for (const PresetField& row : preset.fields) {
      const bool is_used = std::ranges::any_of(
          texts, [&](const CapturedText& captured) { return gives_figure(preset, row, captured); });
      CHECK_MESSAGE(is_used, preset.name, ", ", row.field, ": ", row.expression);
    }
  }
}

TEST_CASE("OpenTelemetry's waits count acquisitions only where the scope is HikariCP's") {
  const CapturedText java{"otel_java-old-names-timeouts", "otel"};
  const std::string acquisitions = "src/HikariPool-1 acquisitions 99";
  CHECK(lines_of(read(java.text(), {}).pools).contains(acquisitions));
  auto expected = java.expected();
  expected.erase(acquisitions);
  for (const std::string scope : {"", "otel_scope_name=\"shop\","}) {
    CAPTURE(scope);
    const std::string text =
        replaced(java.text(), "otel_scope_name=\"io.opentelemetry.hikaricp-3.0\",", scope);
    check_same(lines_of(read(text, {}).pools), expected);
  }
}

TEST_CASE("parts of a histogram that are declared as other metrics leave it unknown, and nothing wrong") {
  const CapturedText buckets{"micrometer_buckets", "micrometer"};
  const std::string lie = "# TYPE hikaricp_connections_acquire_seconds_bucket counter\n";
  const std::string declared = "# TYPE hikaricp_connections_acquire_seconds histogram\n";
  REQUIRE(buckets.text().find(declared) != std::string::npos);
  auto expected = buckets.expected();
  CHECK(std::erase_if(expected, has_acquisition_duration) == 1);
  expected.insert("src/orders wait_seconds 98.5");  // the sum, since no histogram has it
  check_same(lines_of(read(replaced(buckets.text(), declared, lie), {}).pools), expected);
}

TEST_CASE("a gauge with the name of a histogram is no distribution") {
  const ProbeResult result = read(
      "# TYPE hikaricp_connections_active gauge\nhikaricp_connections_active{pool=\"a\"} 3\n"
      "# TYPE hikaricp_connections_acquire_seconds gauge\n"
      "hikaricp_connections_acquire_seconds{pool=\"a\"} 0.5\n",
      {});
  check_same(lines_of(result.pools), {"src/a active 3"});
}

TEST_CASE("of two presets that find the same pool, the first counts") {
  const std::string both = contents(testdata / "micrometer.txt") + contents(testdata / "otel_java.txt");
  check_same(lines_of(read(both, {}).pools), lines_in(testdata / "micrometer.expected.txt"));
}

TEST_CASE("the counters of a pooler's database are an entry of the database") {
  for (const std::string name : {"cnpg", "pgbouncer-exporter"}) {
    const ProbeResult result = read(CapturedText{name, name}.text(), {});
    for (const PoolSnapshot& pool : result.pools)
      CHECK((pool.key.scope() == PoolScope::database) == (pool.key.user().empty()));
    CHECK(result.pools.size() == 2);
  }
}

TEST_CASE("pools of Redis in the names of OpenTelemetry are told apart by their database system") {
  const std::string text =
      "{\"db.client.connections.usage\",\"pool.name\"=\"cache\",\"db.system\"=\"redis\",state=\"idle\"} 1\n"
      "{\"db.client.connections.usage\",\"pool.name\"=\"shop\",\"db.system\"=\"postgresql\",state=\"idle\"} "
      "2\n"
      "{\"db.client.connections.usage\",\"pool.name\"=\"HikariPool-1\",state=\"idle\"} 3\n";
  MappingOptions options;
  CHECK(lines_of(read(text, options).pools).size() == 3);
  options.match = {{"db.system", "~(?!redis).*"}};
  check_same(lines_of(read(text, options).pools), {"src/shop idle 2", "src/HikariPool-1 idle 3"});
  options.match = {{"db.system", "postgresql"}};
  check_same(lines_of(read(text, options).pools), {"src/shop idle 2"});
}

TEST_CASE("each preset has a text") {
  std::set<std::string> with_text;
  for (const CapturedText& captured : captured_texts()) with_text.insert(captured.preset);
  for (const Preset& preset : presets()) CHECK(with_text.contains(std::string(preset.name)));
}

TEST_CASE("the expressions, fields and templates of the presets are valid") {
  for (const Preset& preset : presets()) {
    CAPTURE(preset.name);
    CAPTURE(preset.variant);
    for (const PresetField& field : preset.fields) {
      CAPTURE(field.field);
      CHECK(mapped_text_problem(std::string(field.field), {std::string(field.expression), field.unit}) == "");
    }
  }
  CHECK_NOTHROW(Mapping(MappingOptions{}));
}

TEST_CASE("the variants of a preset are side by side, differ in their names, and yield to one that exists") {
  std::vector<std::string_view> names;
  std::map<std::string_view, std::set<std::string_view>> variants;
  for (const Preset& preset : presets()) {
    if (names.empty() || names.back() != preset.name) names.push_back(preset.name);
    CHECK(variants[preset.name].insert(preset.variant).second);
    CHECK((preset.yields_to.empty() || variants[preset.name].contains(preset.yields_to)));
  }
  CHECK(std::set(names.begin(), names.end()).size() == names.size());
}

TEST_CASE("auto prefers Micrometer, the richest vocabulary, and then OpenTelemetry") {
  CHECK(presets().front().name == "micrometer");
  CHECK(presets().front().variant == "hikaricp");
  const auto otel = std::ranges::find(presets(), "otel", &Preset::name);
  CHECK(std::ranges::all_of(presets().begin(), otel, [](const Preset& preset) {
    return preset.name == "micrometer" || preset.name == "hikaricp";
  }));
}

TEST_CASE("each preset says what it leaves unknown") {
  for (const Preset& preset : presets()) CHECK_MESSAGE(preset.gaps != "", preset.name);
}
