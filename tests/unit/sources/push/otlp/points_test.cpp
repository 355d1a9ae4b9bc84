#include "sources/push/otlp/points.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>

#include "support/otlp_payload.hpp"
#include "support/protobuf_bytes.hpp"
#include "support/text/point_outline.hpp"

using namespace dbpool;
using namespace dbpool::test;

namespace {

using Outlined = std::vector<std::string>;

/// Returns the last line of a request with this point, from its times on.
std::string point_line(Data data, const std::string& point) {
  const std::string line = outlined(request_of(data, point)).back();
  const auto times = line.find("scope= ");
  return times == std::string::npos ? line : line.substr(times + std::string("scope= ").size());
}

}  // namespace

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
      {histogram, part(8, fixed(2, 7) + part(4, std::string(8, '\0')) + part(5, std::string(16, '\0'))),
       "0..0 # 0@7 /"},
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

TEST_CASE("Of many exemplars of a point 64 are kept") {
  OtlpPoint point{.value = 1, .exemplars = std::vector<OtlpExemplar>(65)};
  const std::string line =
      outlined(otlp_protobuf({{{}, "", {{.name = "m", .unit = "", .points = {point}}}}})).back();
  CHECK(std::ranges::count(line, '#') == 64);
}
