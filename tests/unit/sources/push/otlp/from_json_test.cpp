#include "sources/push/otlp/from_json.hpp"

#include <doctest/doctest.h>

#include <array>
#include <bit>
#include <fstream>
#include <limits>
#include <random>
#include <sstream>

#include "support/otlp_payload.hpp"
#include "support/text/point_outline.hpp"

using namespace dbpool;
using namespace dbpool::test;

namespace {

constexpr std::size_t most = 1 << 20;

/// Makes requests at random, with values at the ends of their ranges.
class Requests {
 public:
  explicit Requests(unsigned seed) : random_(seed) {}

  OtlpRequest next() {
    OtlpRequest request;
    for (unsigned at = below(3); at > 0; --at) {
      OtlpResource resource{attributes(), text(), {}};
      for (unsigned metric = below(6); metric > 0; --metric) resource.metrics.push_back(metric_of_any_kind());
      request.push_back(std::move(resource));
    }
    return request;
  }

 private:
  unsigned below(unsigned end) { return static_cast<unsigned>(random_()) % end; }

  std::string text() {
    static constexpr std::array<const char*, 6> texts{"",  "pool", "a\"b\\c\n", "\xc3\xa9\xe2\x82\xac",
                                                      "/", "NaN"};
    return texts.at(below(texts.size()));
  }
  std::uint64_t count() {
    static constexpr std::array<std::uint64_t, 5> counts{0, 1, 1'000'000'007, std::uint64_t{1} << 63U, ~0ULL};
    return counts.at(below(counts.size()));
  }
  std::int64_t integer() { return std::bit_cast<std::int64_t>(count()); }
  double real() {
    using Limits = std::numeric_limits<double>;
    static constexpr std::array<double, 8> numbers{
        0, 0.1, -2.5, 3, 1e300, Limits::denorm_min(), Limits::infinity(), Limits::quiet_NaN()};
    return numbers.at(below(numbers.size()));
  }
  OtlpAttributeList attributes() {
    OtlpAttributeList list;
    for (unsigned at = below(4); at > 0; --at) {
      const std::array<OtlpValue, 4> values{text(), below(2) == 0, integer(), real()};
      list.emplace_back(text(), values.at(below(values.size())));
    }
    return list;
  }

  OtlpPoint point() {
    OtlpPoint made{.attributes = attributes(), .start = count(), .time = count(), .flags = below(3)};
    if (below(2) == 0) {
      made.value = real();
    } else {
      made.integer = integer();
    }
    made.count = count();
    if (below(3) > 0) made.sum = real();
    for (unsigned at = below(4); at > 0; --at) made.bounds.push_back(real());
    for (unsigned at = below(4); at > 0; --at) made.counts.push_back(count());
    for (unsigned at = below(2); at > 0; --at) made.negative_counts.push_back(count());
    made.scale = static_cast<std::int32_t>(below(40)) - 20;
    made.offset = static_cast<std::int32_t>(count());
    made.zero_count = count();
    made.zero_threshold = below(2);
    for (unsigned at = below(3); at > 0; --at) {
      made.exemplars.push_back({real(), count(), std::string(16, static_cast<char>(below(256))), "12345678"});
    }
    return made;
  }

  OtlpMetric metric_of_any_kind() {
    OtlpMetric metric{.name = text(), .unit = text(), .kind = static_cast<PointKind>(below(5))};
    metric.temporality = static_cast<Temporality>(below(3));
    metric.is_monotonic = below(2) == 0;
    for (unsigned at = below(4); at > 0; --at) metric.points.push_back(point());
    return metric;
  }

  std::mt19937 random_;
};

std::string failure(const std::string& json) {
  try {
    otlp_from_json(json, most);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

std::string with_point(const std::string& kind, const std::string& point) {
  return R"({"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m",")" + kind + R"(":{"dataPoints":[)" +
         point + "]}}]}]}]}";
}

std::string gauge(const std::string& point) {
  return with_point("gauge", point);
}

std::string last_line(const std::string& json) {
  return outlined(otlp_from_json(json, most)).back();
}

const std::string wrong = "the body is not OTLP in JSON: ";

}  // namespace

TEST_CASE("A request means the same in JSON and in protobuf") {
  Requests requests(1);
  for (int round = 0; round < 500; ++round) {
    const OtlpRequest request = requests.next();
    const std::string json = otlp_json(request).dump();
    CAPTURE(json);
    REQUIRE(outlined(otlp_from_json(json, json.size() * 16)) == outlined(otlp_protobuf(request)));
  }
}

TEST_CASE("The JSON of a real SDK is read") {
  std::stringstream text;
  text << std::ifstream(DBPOOL_TESTDATA "/../push/testdata/otel-js-cumulative.json").rdbuf();
  const auto lines = outlined(otlp_from_json(text.str(), most));
  REQUIRE(lines.size() == 13);
  CHECK(lines[0] == "resource {service.instance.id=<i-1>service.name=<shop>}");
  CHECK(lines[3] ==
        "db.client.connection.count{db.client.connection.pool.name=</var/run/postgresql/a:15432/postgres>"
        "db.client.connection.state=<used>} sum cumulative unit={connection} "
        "scope=@opentelemetry/instrumentation-pg 1795778206488000000..1795778206550000000 value 3");
}

TEST_CASE("Numbers may be texts, and integers may be written with a fraction of zeros") {
  CHECK(last_line(gauge(R"({"asInt":"-7","timeUnixNano":"18446744073709551615"})"))
            .ends_with("0..18446744073709551615 value -7"));
  CHECK(last_line(gauge(R"({"asInt":7.0,"timeUnixNano":5})")).ends_with("0..5 value 7"));
  CHECK(last_line(gauge(R"({"asDouble":"1.5"})")).ends_with("value 1.5"));
  CHECK(last_line(gauge(R"({"asDouble":-3})")).ends_with("value -3"));
  CHECK(last_line(gauge(R"({"asDouble":"-Infinity"})")).ends_with("value -inf"));
  CHECK(last_line(gauge(R"({"flags":"1"})")).ends_with("ended"));
}

TEST_CASE("A temporality is a number or a name") {
  const auto line = [](const std::string& temporality) {
    return last_line(R"({"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","sum":{"dataPoints":[)"
                     R"({"asDouble":1}],"isMonotonic":true,"aggregationTemporality":)" +
                     temporality + "}}]}]}]}");
  };
  CHECK(line("1").starts_with("m{} sum delta monotonic"));
  CHECK(line(R"("AGGREGATION_TEMPORALITY_DELTA")").starts_with("m{} sum delta monotonic"));
  CHECK(line(R"("AGGREGATION_TEMPORALITY_CUMULATIVE")").starts_with("m{} sum cumulative"));
  CHECK(line(R"("AGGREGATION_TEMPORALITY_UNSPECIFIED")").starts_with("m{} sum unspecified"));
  CHECK(line("null").starts_with("m{} sum unspecified"));
}

TEST_CASE("Unknown keys and null are skipped with all that is in them") {
  CHECK(outlined(otlp_from_json(R"({"a":{"b":[{"c":[1,"x",null]}]},"resourceMetrics":null})", most)).empty());
  CHECK(last_line(gauge(R"({"x":[[{}],{"asDouble":[1]}],"asInt":null,"asDouble":2,"exemplars":null})"))
            .ends_with("value 2"));
  CHECK(last_line(gauge(R"({"asDouble":1,"attributes":[{"key":"a","value":{"arrayValue":{"values":[]}}},)"
                        R"({"key":"b","value":{"stringValue":"c"}}]})")) ==
        "m{b=<c>} gauge unspecified unit= scope= 0..0 value 1");
}

TEST_CASE("A value of another type than its key's is refused") {
  const std::string not_integer = wrong + "a value is not an integer, or too large for its key";
  const std::string not_number = wrong + "a text is not a number of its key's type";
  const std::vector<std::pair<std::string, std::string>> cases{
      {gauge(R"({"asDouble":"Pl4ntedPw"})"), not_number},
      {gauge(R"({"asDouble":""})"), not_number},
      {gauge(R"({"asDouble":true})"), wrong + "a value is not a number"},
      {gauge(R"({"asDouble":{}})"), wrong + "an object where a value belongs"},
      {gauge(R"({"asDouble":[1]})"), wrong + "an array where a value belongs"},
      {gauge(R"({"asInt":1.5})"), not_integer},
      {gauge(R"({"asInt":true})"), not_integer},
      {gauge(R"({"asInt":9223372036854775808})"), not_integer},
      {gauge(R"({"asInt":"9223372036854775808"})"), not_number},
      {gauge(R"({"asInt":"7 "})"), not_number},
      {gauge(R"({"timeUnixNano":-1})"), not_integer},
      {gauge(R"({"timeUnixNano":"-1"})"), not_number},
      {gauge(R"({"attributes":{"key":"a"}})"), wrong + "a value where an array belongs"},
      {gauge(R"({"attributes":[[]]})"), wrong + "an array where a value belongs"},
      {gauge(R"({"attributes":["a"]})"), wrong + "a value where an object belongs"},
      {gauge(R"({"attributes":[{"key":1}]})"), wrong + "a value is not a text"},
      {gauge(R"({"attributes":[{"value":{"boolValue":"true"}}]})"), wrong + "a value is not true or false"},
      {gauge(R"({"exemplars":[{"traceId":"0g"}]})"), wrong + "an id is not written in hexadecimal digits"},
      {gauge(R"({"exemplars":[{"traceId":"012"}]})"), wrong + "an id is not written in hexadecimal digits"},
      {with_point("histogram", R"({"bucketCounts":1})"), wrong + "a value where an array belongs"},
      {with_point("histogram", R"({"bucketCounts":[[1]]})"), wrong + "an array where a value belongs"},
      {with_point("exponentialHistogram", R"({"scale":4294967296})"), not_integer},
      {"[]", wrong + "it is no object"},
      {"1", wrong + "it is no object"},
      {R"({"resourceMetrics":{}})", wrong + "a value where an array belongs"}};
  for (const auto& [json, expected] : cases) {
    CAPTURE(json);
    CHECK(failure(json) == expected);
  }
}

TEST_CASE("A key that occurs twice, or beside one that excludes it, is refused") {
  const std::string twice = wrong + "a key occurs twice, or beside one that excludes it";
  CHECK(failure(gauge(R"({"asDouble":1,"asInt":1})")) == twice);
  CHECK(failure(gauge(R"({"asDouble":1,"asDouble":1})")) == twice);
  CHECK(failure(gauge(R"({"attributes":[],"attributes":[]})")) == twice);
  CHECK(failure(R"({"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"gauge":{},"sum":{}}]}]}]})") == twice);
  CHECK(failure(gauge(R"({"attributes":[{"value":{"stringValue":"a","intValue":1}}]})")) == twice);
}

TEST_CASE("A text that is not JSON is refused with the place, and not quoted") {
  CHECK(failure("") == "the body is not JSON, near byte 1");
  CHECK(failure("{\"Pl4ntedPw") == "the body is not JSON, near byte 12");
  CHECK(failure("{} x") == "the body is not JSON, near byte 4");
  CHECK(failure(R"({"resourceMetrics":[{]})") == "the body is not JSON, near byte 22");
  CHECK(failure(gauge(R"({"asDouble":1e999})")).starts_with("the body is not JSON"));
  CHECK(failure("{\"a\":\"\xff\"}").starts_with("the body is not JSON"));
  const std::string whole = gauge(R"({"asDouble":1,"attributes":[{"key":"a","value":{"intValue":"1"}}]})");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(failure(whole.substr(0, size)).starts_with("the body is not JSON"));
  }
}

TEST_CASE("More than 64 levels are refused, also under keys that are skipped") {
  const auto nested = [](std::size_t levels) {
    return R"({"x":)" + std::string(levels, '[') + std::string(levels, ']') + "}";
  };
  CHECK(failure(nested(63)).empty());
  const std::string deep = wrong + "it is nested deeper than 64 levels";
  CHECK(failure(nested(64)) == deep);
  CHECK(failure(nested(1'000'000)) == deep);
  CHECK(failure(std::string(1'000'000, '[')) == wrong + "it is no object");
}

TEST_CASE("A body that is too large as protobuf is refused before it is made") {
  std::string counts = "1";
  for (int at = 0; at < 1000; ++at) counts += ",1";
  const std::string json = with_point("histogram", R"({"bucketCounts":[)" + counts + "]}");
  const std::size_t size = otlp_from_json(json, most).size();
  CHECK(otlp_from_json(json, size).size() == size);
  CHECK_THROWS_AS(otlp_from_json(json, size - 1), TooLarge);
}
