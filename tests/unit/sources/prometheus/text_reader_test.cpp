#include "sources/prometheus/text_reader.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

#include "support/live_bytes.hpp"
#include "support/text/sample_outline.hpp"

using namespace dbpool;
using test::read_at_once;
using test::read_in_pieces;

namespace {

std::string prometheus(std::string_view text, TextLimits limits = {}) {
  return read_at_once(TextFormat::prometheus, text, limits);
}

std::string openmetrics(std::string_view text, TextLimits limits = {}) {
  return read_at_once(TextFormat::openmetrics, text, limits);
}

/// A small text with everything that a split could break: a byte order mark, CRLF, escapes, quotes, an
/// exemplar.
const std::string small_openmetrics =
    "\xEF\xBB\xBF# HELP shop_wait How long\\nit \\\"took\\\".\r\n"
    "# TYPE shop_wait histogram\r\n"
    "# UNIT shop_wait seconds\n"
    "shop_wait_bucket{pool=\"a\\\\\\\"b\\n\",le=\"0.5\"} 1 # {trace_id=\"ab\"} 0.25 1700000000.125\n"
    "shop_wait_bucket{pool=\"a\\\\\\\"b\\n\",le=\"+Inf\",} 2 1700000000.5\n"
    "{\"my.name\",\"service.name\"=\"x\"} -1.5e3\n"
    "# EOF";

}  // namespace

TEST_CASE("a text of the format 0.0.4 yields its samples with what is declared of them") {
  CHECK(prometheus("# HELP pool_active Connections in use.\n"
                   "# TYPE pool_active gauge\n"
                   "pool_active{pool=\"HikariPool-1\",} 3\n"
                   "pool_active{pool=\"two\",state=\"\"} 4.5 1700000000123\n"
                   "\n"
                   "loose 1\n") ==
        "3: pool_active{pool=<HikariPool-1>} 3 (value of gauge pool_active)\n"
        "4: pool_active{pool=<two>state=<>} 4.5 @1700000000123 (value of gauge pool_active)\n"
        "6: loose{} 1 (value of untyped loose)\n");
}

TEST_CASE("a text of OpenMetrics yields suffixes, units, exemplars and times in seconds") {
  CHECK(openmetrics(small_openmetrics) ==
        "4: shop_wait_bucket{pool=<a\\\"b\n>le=<0.5>} 1 # {trace_id=<ab>} 0.25 @1700000000125 "
        "(bucket of histogram shop_wait in seconds)\n"
        "5: shop_wait_bucket{pool=<a\\\"b\n>le=<+Inf>} 2 @1700000000500 "
        "(bucket of histogram shop_wait in seconds)\n"
        "6: my.name{service.name=<x>} -1500 (value of untyped my.name)\n");
}

TEST_CASE("every split of a text into two or three pieces gives the same samples") {
  const std::string text = small_openmetrics + "\n";
  const auto whole = openmetrics(text);
  for (std::size_t first = 1; first < text.size(); ++first) {
    for (std::size_t second = 1; first + second <= text.size(); ++second) {
      const std::array<std::size_t, 3> sizes{first, second, text.size()};
      REQUIRE(read_in_pieces(TextFormat::openmetrics, text, sizes) == whole);
    }
  }
}

TEST_CASE("an error is the same however the text is split") {
  for (const std::string text : {"a 1\nb{c=\"d\" 2\ne 3\n", "a 1\nb 2", "a 1\r\n b 2 3 4\r\n",
                                 "<html>\n</html>", "a 1\nlong_name_of_a_metric 2\nb 1\n"}) {
    const TextLimits limits{.line = 20};
    const auto whole = prometheus(text, limits);
    CHECK(whole.find("error") != std::string::npos);
    for (std::size_t size = 1; size < text.size(); ++size) {
      const std::array<std::size_t, 1> sizes{size};
      CHECK(read_in_pieces(TextFormat::prometheus, text, sizes, limits) == whole);
    }
  }
}

TEST_CASE("blanks, tabs, CRLF, comments and a byte order mark change nothing") {
  const std::string plain = "a{b=\"c\",d=\"e\"} 1 2\n";
  const auto samples = prometheus(plain);
  CHECK(samples == "1: a{b=<c>d=<e>} 1 @2 (value of untyped a)\n");
  for (const std::string text :
       {"\ta  { b =\t\"c\" , d = \"e\" , }\t 1\t2 \n", "a{b=\"c\",d=\"e\"}1 2\r\n",
        "\xEF\xBB\xBF"
        "a{b=\"c\",d=\"e\"} 1 2\n",
        "a{b=\"c\",d=\"e\"} 1 2\n#\n# a comment {\n#HELP\n#TYPE a nothing\n\n \t\r\n"}) {
    CAPTURE(text);
    CHECK(prometheus(text) == samples);
  }
}

TEST_CASE("a declaration without a blank after # is a comment, so its family is untyped") {
  CHECK(prometheus("#HELP pgagroal_session_count Sessions\n#TYPE pgagroal_session_count counter\n"
                   "pgagroal_session_count 3\n") ==
        "3: pgagroal_session_count{} 3 (value of untyped pgagroal_session_count)\n");
}

TEST_CASE("a text that was cut off is an error, in OpenMetrics also where a line ends") {
  CHECK(prometheus("a 12\nb 1") ==
        "1: a{} 12 (value of untyped a)\nerror: its answer was cut off: line 2 has no line feed\n");
  CHECK(openmetrics("a 12\n# EOF").find("error") == std::string::npos);
  CHECK(openmetrics("a 12\n# EOF\r\n \n").find("error") == std::string::npos);
  CHECK(openmetrics("# EOF") == "");
  for (const std::string text : {"", "a 12\n", "a 12\n# EO", "a 12\n# eof\n"}) {
    CAPTURE(text);
    CHECK(openmetrics(text).find("error: its answer was cut off") != std::string::npos);
  }
  CHECK(openmetrics("a 12\n") ==
        "1: a{} 12 (value of untyped a)\nerror: its answer was cut off: expected # EOF in line 2\n");
  CHECK(openmetrics("# EOF\na 1\n") ==
        "error: line 2 of its answer: expected the end of the text after # EOF\n");
}

TEST_CASE("# EOF stands alone in its line") {
  CHECK(openmetrics("# EOF or not\na 1\n# EOF\n") == "2: a{} 1 (value of untyped a)\n");
}

TEST_CASE("# EOF is a comment in the format 0.0.4, whose empty text is complete") {
  CHECK(prometheus("") == "");
  CHECK(prometheus("# EOF\na 1\n") == "2: a{} 1 (value of untyped a)\n");
}

TEST_CASE("an answer that is not metrics is named") {
  CHECK(prometheus("\n  <!DOCTYPE html>\n<title>Log in</title>\n") ==
        "error: it answered an HTML page, not metrics: is this the right path?\n");
  CHECK(openmetrics("<html>no line feed</html>") ==
        "error: it answered an HTML page, not metrics: is this the right path?\n");
  CHECK(prometheus("<?xml version=\"1.0\"?>\n").find("XML") != std::string::npos);
  CHECK(prometheus("{\"status\":\"UP\"}").find("JSON") != std::string::npos);
  CHECK(prometheus("404 page not found\n") == "error: line 1 of its answer: expected the name of a metric\n");
}

TEST_CASE("a later declaration of a family replaces the earlier one") {
  CHECK(prometheus("# TYPE a counter\na 1\n# TYPE a gauge\na 2\n") ==
        "2: a{} 1 (value of counter a)\n4: a{} 2 (value of gauge a)\n");
}

TEST_CASE("declarations that name no family or no known type are errors") {
  CHECK(prometheus("# TYPE\n") == "error: line 1 of its answer: expected the name of a family\n");
  CHECK(prometheus("# TYPE 5 gauge\n") == "error: line 1 of its answer: expected the name of a family\n");
  CHECK(prometheus("# TYPE \"\" gauge\n") ==
        "error: line 1 of its answer: expected the name of a family between the quotes\n");
  CHECK(prometheus("# TYPE a-b gauge\n").find("expected a blank after the name of a family") !=
        std::string::npos);
  for (const std::string text :
       {"# TYPE a\n", "# TYPE a thing\n", "# TYPE a gauge b\n", "# TYPE a Gauge\n"}) {
    CAPTURE(text);
    CHECK(prometheus(text) ==
          "error: line 1 of its answer: expected counter, gauge, histogram, summary, untyped "
          "or another type after the name\n");
  }
}

TEST_CASE("families in quotes are declared as others are") {
  CHECK(openmetrics("# TYPE \"my.wait\" histogram\n# UNIT \"my.wait\" ms\n{\"my.wait_sum\"} 5\n# EOF\n") ==
        "3: my.wait_sum{} 5 (sum of histogram my.wait in ms)\n");
}

TEST_CASE("lines, families and the whole text have limits") {
  CHECK(prometheus("abc 1\nabcd 1\n", {.line = 5}) ==
        "1: abc{} 1 (value of untyped abc)\nerror: line 2 of its answer is longer than 5 bytes\n");
  const std::string label(65536, 'x');
  CHECK(prometheus("a 1\nb{c=\"" + label + "\"} 1\n").find("error: line 2") != std::string::npos);
  CHECK(prometheus("# TYPE a gauge\n# TYPE b gauge\n# TYPE a gauge\n# TYPE c gauge\n", {.families = 2}) ==
        "error: line 4 of its answer: expected at most 2 families\n");
  CHECK(prometheus("# TYPE " + std::string(1025, 'x') + " gauge\n") ==
        "error: line 1 of its answer: expected the name of a family of at most 1024 bytes\n");
  CHECK(prometheus("a 1\nb 2\nc 3\n", {.bytes = 8}) ==
        "1: a{} 1 (value of untyped a)\n2: b{} 2 (value of untyped b)\n"
        "error: its answer is longer than 8 bytes\n");
  const std::array<std::size_t, 1> single{1};
  CHECK(read_in_pieces(TextFormat::prometheus, "a 1\nb 2\nc 3\n", single, {.bytes = 8}) ==
        prometheus("a 1\nb 2\nc 3\n", {.bytes = 8}));
  CHECK(prometheus("a 1\nb 2\n", {.bytes = 8}).find("error") == std::string::npos);
}

TEST_CASE("a million series take no memory that grows with them") {
  class Sum : public SampleVisitor {
   public:
    void visit(const ScrapedSample& sample) override { sum += sample.value; }
    double sum = 0;
  };
  Sum sum;
  TextReader reader(TextFormat::prometheus, sum);
  const std::size_t before = test::live_bytes();
  std::string piece;
  for (int i = 0; i < 1'000'000; ++i) {
    if (i % 4 == 0) piece += "# TYPE \"C:\\\\the.requests.of.an.application\" counter\n";
    piece += "requests{site=\"C:\\\\" + std::to_string(i) + "\"} 1\n";
    if (piece.size() < 16384) continue;
    reader.read(piece);
    piece.clear();
  }
  reader.read(piece);
  reader.finish();
  CHECK(sum.sum == 1'000'000);
  CHECK(test::live_bytes() < before + 5'000'000);
}

TEST_CASE("an error quotes nothing of the text") {
  for (const std::string text :
       {"hunter2\n", "a hunter2\n", "a{hunter2} 1\n", "a{b=\"hunter2} 1\n",
        "a{hunter2=\"1\",hunter2=\"2\"} 1\n", "a 1 hunter2\n", "# TYPE hunter2 hunter2\n", "<hunter2>\n",
        "{\"hunter2\":1}\n", "a 1\nhunter2"}) {
    CAPTURE(text);
    const auto result = prometheus(text);
    CHECK(result.find("error") != std::string::npos);
    CHECK(result.substr(result.find("error")).find("hunter2") == std::string::npos);
  }
}
