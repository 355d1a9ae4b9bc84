#include "sources/push/otlp/decode.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <fstream>
#include <sstream>

#include "support/otlp_payload.hpp"
#include "support/text/point_outline.hpp"

using namespace dbpool;
using namespace dbpool::test;

namespace {

using Outlined = std::vector<std::string>;

std::string captured(const std::string& name) {
  std::stringstream bytes;
  bytes << std::ifstream(DBPOOL_TESTDATA "/../push/testdata/" + name, std::ios::binary).rdbuf();
  REQUIRE_FALSE(bytes.str().empty());
  return bytes.str();
}

// Bytes by hand, so that an error in the field numbers of the code shows.

std::string varint(std::uint64_t number) {
  std::string bytes;
  for (; number >= 0x80; number >>= 7U) bytes.push_back(static_cast<char>((number & 0x7fU) | 0x80U));
  return bytes + static_cast<char>(number);
}
std::string tag(unsigned field, unsigned wire_type) {
  return varint((field << 3U) | wire_type);
}
std::string part(unsigned field, const std::string& bytes) {
  return tag(field, 2) + varint(bytes.size()) + bytes;
}
std::string whole(unsigned field, std::uint64_t number) {
  return tag(field, 0) + varint(number);
}
std::string eight(std::uint64_t number) {
  std::string bytes;
  for (unsigned at = 0; at < 8; ++at) bytes.push_back(static_cast<char>((number >> (8 * at)) & 0xffU));
  return bytes;
}
std::string fixed(unsigned field, std::uint64_t number) {
  return tag(field, 1) + eight(number);
}
std::string real(unsigned field, double number) {
  return fixed(field, std::bit_cast<std::uint64_t>(number));
}

/// The numbers of the members of a Metric.
enum Data : unsigned { gauge = 5, sum = 7, histogram = 9, exponential = 10, summary = 11 };

std::string metric_with(const std::string& metric) {
  return part(1, part(2, part(2, part(1, "m") + metric)));
}
std::string request_of(Data data, const std::string& point) {
  return metric_with(part(data, part(1, point)));
}

/// Returns the last line of a request with this point, from its times on.
std::string point_line(Data data, const std::string& point) {
  const std::string line = outlined(request_of(data, point)).back();
  const auto times = line.find("scope= ");
  return times == std::string::npos ? line : line.substr(times + std::string("scope= ").size());
}

std::string attribute(const std::string& name, const std::string& any) {
  return part(1, name) + part(2, any);
}

const std::string not_otlp = "error: the body is not an ExportMetricsServiceRequest: ";
const std::string cut_off = not_otlp + "it is cut off, or not protobuf";
const std::string mistyped = not_otlp + "a field has another type";

}  // namespace

TEST_CASE("The export of a real SDK is read point by point, attributes and temporality behind the values") {
  const Outlined lines = outlined(captured("otel-js-cumulative.pb"));
  CHECK(lines.front() == "resource {service.instance.id=<i-1>service.name=<shop>}");
  REQUIRE(lines.size() == 13);
  const auto has = [&](const std::string& expected) {
    CAPTURE(expected);
    CHECK(std::ranges::any_of(lines,
                              [&](const std::string& line) { return line.find(expected) != line.npos; }));
  };
  has("db.client.connection.count{db.client.connection.pool.name=</var/run/postgresql/a:15432/postgres>"
      "db.client.connection.state=<used>} sum cumulative unit={connection} "
      "scope=@opentelemetry/instrumentation-pg");
  has("db.client.connection.wait_time{db.client.connection.pool.name=<postgres>} histogram cumulative unit=s "
      "scope=t");
  has(" count 3 sum 0.309245967");
  has("bounds 0.001 0.0050000000000000001 0.01");
}

TEST_CASE("Each field of each kind of point is read") {
  const std::string exemplar = fixed(2, 7) + real(3, 1.5) + part(4, "8bytes!!") +
                               part(5, "sixteen bytes!!!") + part(7, attribute("a", ""));
  const std::string buckets = whole(1, 3) + part(2, varint(1) + varint(300));
  struct Case {
    Data data;
    std::string bytes, line;
  };
  const std::vector<Case> cases{
      {gauge, real(4, 2.5), "0..0 value 2.5"},
      {gauge, fixed(2, 11) + fixed(3, 12) + real(4, 1), "11..12 value 1"},
      {sum, fixed(6, 42), "0..0 value 42"},
      {sum, fixed(6, ~std::uint64_t{0}), "0..0 value -1"},
      {sum, whole(8, 1), "0..0 ended"},
      {sum, whole(8, 2) + real(4, 3), "0..0 value 3"},
      {sum, real(4, 1) + part(5, exemplar), "0..0 value 1 # 1.5@7 sixteen bytes!!!/8bytes!!"},
      {sum, real(4, 1) + part(5, fixed(6, 4) + part(4, "short")), "0..0 value 1 # 4@0 /"},
      {histogram, fixed(2, 1) + fixed(3, 2) + fixed(4, 3) + real(5, 4), "1..2 count 3 sum 4"},
      {histogram, part(6, eight(1) + eight(2)) + part(7, eight(std::bit_cast<std::uint64_t>(0.5))),
       "0..0 bounds 0.5 counts 1 2"},
      {histogram, fixed(6, 1) + real(7, 0.5) + fixed(6, 2), "0..0 bounds 0.5 counts 1 2"},
      {histogram, part(8, exemplar), "0..0 # 1.5@7 sixteen bytes!!!/8bytes!!"},
      {histogram, whole(10, 1), "0..0 ended"},
      {exponential,
       fixed(2, 1) + fixed(3, 2) + fixed(4, 3) + real(5, 4) + whole(6, 5) + fixed(7, 6) + real(14, 7),
       "1..2 count 3 sum 4 scale -3 offset 0 buckets zero 6 threshold 7"},
      {exponential, part(8, buckets), "0..0 scale 0 offset -2 buckets 1 300 zero 0 threshold 0"},
      {exponential, part(8, whole(2, 1) + whole(2, 300)),
       "0..0 scale 0 offset 0 buckets 1 300 zero 0 threshold 0"},
      {exponential, part(9, whole(1, 3) + part(2, varint(0))),
       "0..0 scale 0 offset 0 buckets zero 0 threshold 0"},
      {exponential, whole(10, 1) + part(11, exemplar),
       "0..0 ended scale 0 offset 0 buckets zero 0 threshold 0 # 1.5@7 sixteen bytes!!!/8bytes!!"},
      {summary, fixed(2, 1) + fixed(3, 2) + fixed(4, 3) + real(5, 4), "1..2 count 3 sum 4"},
      {summary, fixed(4, 3) + part(6, real(1, 0.5)), "0..0 count 3 sum 0"},
      {summary, whole(8, 1), "0..0 ended sum 0"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.line);
    CHECK(point_line(one.data, one.bytes) == one.line);
  }
}

TEST_CASE("Attributes of each kind of point are sorted texts; the last of one name counts") {
  const std::string pair = attribute("b", part(1, "text")), before = attribute("a", part(1, "old"));
  const std::string after = attribute("a", part(1, "new"));
  const auto line = [&](Data data, unsigned field) {
    return outlined(
               request_of(data, part(field, before) + real(4, 1) + part(field, pair) + part(field, after)))
        .back();
  };
  CHECK(line(gauge, 7).starts_with("m{a=<new>b=<text>} gauge"));
  CHECK(line(sum, 7).starts_with("m{a=<new>b=<text>} sum"));
  const auto bare = [&](Data data, unsigned field) {
    return outlined(request_of(data, part(field, pair) + part(field, after))).back();
  };
  CHECK(bare(histogram, 9).starts_with("m{a=<new>b=<text>} histogram"));
  CHECK(bare(exponential, 1).starts_with("m{a=<new>b=<text>} exponential"));
  CHECK(bare(summary, 7).starts_with("m{a=<new>b=<text>} summary"));
}

TEST_CASE("Numbers and truth values are texts as attributes; what is nested or nothing is left out") {
  const auto labels = [](const std::string& any) {
    const std::string line = outlined(request_of(gauge, real(4, 1) + part(7, attribute("a", any)))).back();
    return line.substr(1, line.find('}'));
  };
  CHECK(labels(part(1, "")) == "{a=<>}");
  CHECK(labels(whole(2, 1)) == "{a=<true>}");
  CHECK(labels(whole(2, 0)) == "{a=<false>}");
  CHECK(labels(whole(3, 15432)) == "{a=<15432>}");
  CHECK(labels(whole(3, ~std::uint64_t{0})) == "{a=<-1>}");
  CHECK(labels(real(4, 0.1)) == "{a=<0.1>}");
  CHECK(labels("") == "{}");
  CHECK(labels(part(7, "bytes")) == "{}");
  std::string nested = part(1, "innermost");
  for (int level = 0; level < 10'000; ++level) nested = part(5, part(1, nested));
  CHECK(labels(nested) == "{}");
}

TEST_CASE("The fields of a message count in any order") {
  const std::string point = part(1, real(4, 1));
  const std::string metric = part(sum, point + whole(2, 1) + whole(3, 1)) + part(3, "ms") + part(1, "late");
  const std::string scope_metrics = part(2, part(2, metric) + part(1, part(1, "s")));
  const std::string resource = part(1, part(1, attribute("service.name", part(1, "shop"))));
  const Outlined lines = outlined(part(1, scope_metrics + resource));
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == "resource {service.name=<shop>}");
  CHECK(lines[1] == "late{} sum delta monotonic unit=ms scope=s 0..0 value 1");
  CHECK(outlined("").empty());
  CHECK(outlined(metric_with("")) == Outlined{"resource {}"});
}

TEST_CASE("A temporality that OTLP does not have is unspecified") {
  for (const std::uint64_t number : {std::uint64_t{3}, ~std::uint64_t{0}, std::uint64_t{1} << 32U}) {
    CAPTURE(number);
    CHECK(outlined(metric_with(part(sum, part(1, real(4, 1)) + whole(2, number))))
              .back()
              .find(" sum unspecified ") != std::string::npos);
  }
}

TEST_CASE("Unknown fields are skipped in every message") {
  const std::string unknown = whole(15, 1) + fixed(100, 1) + part(101, "x") + tag(102, 5) + "four";
  const std::string point = real(4, 1) + unknown + part(7, attribute("a", part(1, "b") + unknown) + unknown);
  const std::string metric = part(2, unknown + part(1, "m") + part(gauge, unknown + part(1, point)));
  const std::string resource = part(1, unknown + part(1, attribute("r", part(1, "s"))));
  const Outlined lines = outlined(unknown + part(1, unknown + resource + part(2, unknown + metric)));
  CHECK(lines == Outlined{"resource {r=<s>}", "m{a=<b>} gauge unspecified unit= scope= 0..0 value 1"});
}

TEST_CASE("A field of another type makes the body one that is not OTLP") {
  struct Case {
    Data data;
    std::string bytes;
  };
  const std::vector<Case> points{{gauge, whole(2, 1)},
                                 {gauge, whole(3, 1)},
                                 {gauge, part(4, eight(0))},
                                 {gauge, whole(6, 1)},
                                 {gauge, whole(5, 1)},
                                 {gauge, fixed(7, 1)},
                                 {gauge, fixed(8, 1)},
                                 {histogram, whole(4, 1)},
                                 {histogram, whole(5, 1)},
                                 {histogram, whole(6, 1)},
                                 {histogram, whole(7, 1)},
                                 {histogram, whole(9, 1)},
                                 {exponential, fixed(6, 1)},
                                 {exponential, whole(7, 1)},
                                 {exponential, whole(8, 1)},
                                 {exponential, part(8, fixed(1, 1))},
                                 {exponential, part(8, fixed(2, 1))},
                                 {exponential, whole(9, 1)},
                                 {exponential, whole(14, 1)},
                                 {summary, whole(5, 1)},
                                 {summary, whole(7, 1)},
                                 {gauge, part(7, whole(1, 1))},
                                 {gauge, part(7, whole(2, 1))},
                                 {gauge, part(7, attribute("a", whole(1, 1)))},
                                 {gauge, part(7, attribute("a", part(2, "")))},
                                 {gauge, part(5, whole(4, 1))}};
  for (std::size_t at = 0; at < points.size(); ++at) {
    CAPTURE(at);
    CHECK(outlined(request_of(points[at].data, points[at].bytes)).back() == mistyped);
  }
  for (const std::string& body :
       {whole(1, 1), part(1, whole(1, 1)), part(1, whole(2, 1)), part(1, part(1, whole(1, 1))),
        part(1, part(2, whole(1, 1))), part(1, part(2, whole(2, 1))), metric_with(whole(1, 1)),
        metric_with(whole(3, 1)), metric_with(whole(sum, 1)), metric_with(part(sum, whole(1, 1))),
        metric_with(part(sum, fixed(2, 1))), metric_with(part(sum, part(3, "")))}) {
    CHECK(outlined(body).back() == mistyped);
  }
}

TEST_CASE("A body that is cut off at any byte is refused") {
  for (const char* name : {"otel-js-cumulative.pb", "otel-js-delta.pb"}) {
    const std::string body = captured(name);
    for (std::size_t size = 1; size < body.size(); ++size) {
      CAPTURE(size);
      REQUIRE(outlined(std::string_view(body).substr(0, size)).back() == cut_off);
    }
  }
}

TEST_CASE("Bytes that are not protobuf are refused and not quoted") {
  CHECK(outlined("{\"resourceMetrics\":[]}") == Outlined{cut_off});
  CHECK(outlined(std::string(11, '\xff')) == Outlined{cut_off});
  CHECK(outlined(tag(0, 2) + varint(0)) == Outlined{cut_off});
  CHECK(outlined(tag(3, 3)) == Outlined{cut_off});  // a group
  CHECK(outlined(part(1, "Pl4ntedPw")).back() == cut_off);
  CHECK(outlined(request_of(histogram, part(6, "seven b"))).back() == cut_off);
  CHECK(outlined(request_of(exponential, part(8, part(2, "\x80")))).back() == cut_off);
}

TEST_CASE("The points of a metric that is not wanted are not read") {
  const std::string broken = metric_with(part(gauge, part(1, "\xff\xff")));
  CHECK(outlined(broken).back() == cut_off);
  PointOutline none([](std::string_view) { return false; });
  decode_otlp(broken, none);
  CHECK(none.lines == Outlined{"resource {}"});
}

TEST_CASE("A point beyond the bounds is malformed, and those beside it are used") {
  const auto problem = [](const OtlpPoint& point, PointKind kind) {
    const OtlpMetric metric{.name = "m", .unit = "s", .kind = kind, .points = {point, {.value = 1}}};
    const Outlined lines = outlined(otlp_protobuf({{{}, "", {metric}}}));
    REQUIRE(lines.size() == 3);
    CHECK(lines[2].starts_with("m{}"));
    return lines[1];
  };
  OtlpPoint many{.value = 1};
  for (int at = 0; at < 129; ++at) many.attributes.emplace_back("a" + std::to_string(at), "x");
  CHECK(problem(many, PointKind::gauge) == "malformed m: more than 128 attributes");
  many.attributes.pop_back();
  CHECK(problem(many, PointKind::gauge).starts_with("m{a0=<x>"));
  const OtlpPoint large{.attributes = {{"a", std::string(16 * 1024, 'x')}}, .value = 1};
  CHECK(problem(large, PointKind::gauge) == "malformed m: more than 16 KiB of attributes");
  const OtlpPoint buckets{.counts = std::vector<std::uint64_t>(1001)};
  CHECK(problem(buckets, PointKind::histogram) == "malformed m: more than 1000 buckets");
  CHECK(problem(buckets, PointKind::exponential) == "malformed m: more than 1000 buckets");
  const OtlpPoint bounds{.bounds = std::vector<double>(1000)};
  CHECK(problem(bounds, PointKind::histogram) == "malformed m: more than 1000 buckets");
  const OtlpPoint most{.bounds = std::vector<double>(999), .counts = std::vector<std::uint64_t>(1000)};
  CHECK(problem(most, PointKind::histogram).starts_with("m{}"));
  const OtlpPoint negative{.negative_counts = {0, 1}};
  CHECK(problem(negative, PointKind::exponential) == "malformed m: buckets of negative values");
}

TEST_CASE("A number without a value is malformed unless its series has ended") {
  const OtlpMetric metric{.name = "m", .unit = "", .points = {{}, {.flags = 1}}};
  const Outlined lines = outlined(otlp_protobuf({{{}, "", {metric}}}));
  REQUIRE(lines.size() == 3);
  CHECK(lines[1] == "malformed m: no value");
  CHECK(lines[2].ends_with("ended"));
}

TEST_CASE("A resource beyond the bounds makes its points malformed, and not those of the next one") {
  OtlpResource first{{}, "", {{.name = "m", .unit = "", .points = {{.value = 1}}}}};
  const OtlpResource second = first;
  for (int at = 0; at < 129; ++at) first.attributes.emplace_back("a" + std::to_string(at), "x");
  const Outlined lines = outlined(otlp_protobuf({first, second}));
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == "malformed m: more than 128 attributes");
  CHECK(lines[1] == "resource {}");
  CHECK(lines[2].starts_with("m{} gauge"));
}

TEST_CASE("Of many exemplars of a point 64 are kept") {
  OtlpPoint point{.value = 1, .exemplars = std::vector<OtlpExemplar>(65)};
  const std::string line =
      outlined(otlp_protobuf({{{}, "", {{.name = "m", .unit = "", .points = {point}}}}})).back();
  CHECK(std::ranges::count(line, '#') == 64);
}
