#include "sources/push/otlp/decode.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "support/otlp_payload.hpp"
#include "support/protobuf_bytes.hpp"
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

TEST_CASE("A resource beyond the bounds makes its points malformed, and not those of the next one") {
  OtlpResource first{{}, "", {{.name = "m", .unit = "", .points = {{.value = 1}}}}};
  const OtlpResource second = first;
  for (int at = 0; at < 129; ++at) first.attributes.emplace_back("a" + std::to_string(at), "x");
  const Outlined lines = outlined(otlp_protobuf({first, second}));
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].starts_with("resource {a0"));
  CHECK(lines[1] == "malformed m: more than 128 attributes");
  CHECK(lines[2] == "resource {}");
  CHECK(lines[3].starts_with("m{} gauge"));
}
