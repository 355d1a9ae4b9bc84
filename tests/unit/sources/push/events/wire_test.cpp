#include "sources/push/events/wire.hpp"

#include <doctest/doctest.h>

#include <array>
#include <sstream>
#include <string>
#include <vector>

using namespace dbpool;

namespace {

/// Writes each line that it wants in one text.
class WrittenLines : public StatsdSink {
 public:
  bool wants(std::string_view name) const override { return !name.starts_with("skip."); }
  void line(const StatsdLine& line) override {
    static constexpr std::array<const char*, 6> types{"c", "g", "ms", "h", "d", "s"};
    std::ostringstream out;
    out << line.name << ' ' << types[static_cast<std::size_t>(line.type)];
    for (const double value : line.values) out << ' ' << value;
    if (line.is_signed) out << " signed";
    if (line.weight != 1) out << " x" << line.weight;
    for (const SampleLabel& tag : line.tags) out << " [" << tag.name << '=' << tag.value << ']';
    if (!line.container.empty()) out << " in " << line.container;
    if (line.time) out << " at " << *line.time;
    lines.push_back(out.str());
  }
  void malformed() override { ++refused; }

  std::vector<std::string> lines;
  int refused = 0;
};

WrittenLines written_in(std::string_view datagram) {
  WrittenLines written;
  parse_statsd(datagram, written);
  return written;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a line has a name, values, a type, and the fields of DogStatsD 1.0 to 1.3 in any order") {
  CHECK(written_in("a.b:3|c").lines == Lines{"a.b c 3"});
  CHECK(written_in("a:1.5|ms|@0.5|#pool:x,env:prod|c:ci-7|T1700000000").lines ==
        Lines{"a ms 1.5 x2 [pool=x] [env=prod] in ci-7 at 1700000000"});
  CHECK(written_in("a:1|h|T5|c:y|#p:x|@1").lines == Lines{"a h 1 [p=x] in y at 5"});
  CHECK(written_in("a:1:2.25:3e2|d").lines == Lines{"a d 1 2.25 300"});
  CHECK(written_in("a:anyone|s|#p:x").lines == Lines{"a s [p=x]"});
}

TEST_CASE("a tag splits at its first colon, and may hold blanks or have no value") {
  CHECK(written_in("a:1|c|#site:Shop.java:17 buy now,flag,,:odd").lines ==
        Lines{"a c 1 [site=Shop.java:17 buy now] [flag=] [=odd]"});
  CHECK(written_in("a:1|c|#x:1|#y:2").lines == Lines{"a c 1 [x=1] [y=2]"});
}

TEST_CASE("a datagram has several lines, each by itself") {
  const WrittenLines written = written_in("a:1|c\n\nb:x|c\r\nc:2|g\r\n");
  CHECK(written.lines == Lines{"a c 1", "c g 2"});
  CHECK(written.refused == 1);
}

TEST_CASE("a sign is reported, because a gauge with one may be a difference") {
  CHECK(written_in("a:+3|g").lines == Lines{"a g 3 signed"});
  CHECK(written_in("a:-3|g").lines == Lines{"a g -3 signed"});
  CHECK(written_in("a:1:-2|ms").lines == Lines{"a ms 1 -2 signed"});
}

TEST_CASE("fields that are not known are ignored") {
  CHECK(written_in("a:1|c|e:it-false,cn-x|card:low|~|").lines == Lines{"a c 1"});
}

TEST_CASE("events, service checks and names that are not needed are no error, however they go on") {
  const WrittenLines written = written_in("_e{5,4}:title|text\n_sc|name|0\nskip.this:??\nskip.that:1|q");
  CHECK(written.lines.empty());
  CHECK(written.refused == 0);
}

TEST_CASE("what is not in the format is malformed") {
  static const auto malformed = std::to_array<std::string_view>({
      "",
      "\n",
      "\r\n\n",
      "a",
      "a|c",
      ":1|c",
      "a:",
      "a:1",
      "a:1|",
      "a:1|q",
      "a:1|C",
      "a:|c",
      "a:1:|c",
      "a:1:|",
      "a: 1|c",
      "a:1,5|c",
      "a:0x10|c",
      "a:NaN|c",
      "a:Inf|g",
      "a:-inf|g",
      "a:1e999|ms",
      "a:--1|c",
      "a:1:x|ms",
      "a:1|c|@0",
      "a:1|c|@-1",
      "a:1|c|@2",
      "a:1|c|@x",
      "a:1|c|@NaN",
      "a:1|c|@0.0009",
      "a:1|c|T",
      "a:1|c|Tx",
      "a:1|c|T-5",
      "a:1|c|T99999999999999999999",
      "a:1|c|#p:\t",
      "a:1|c|#p:\x7f",
      "a:1|c|#p:\xC0\xAF",
      "a:1|c|#p:\xED\xA0\x80",
      "a:1|c|#p:\xE2\x82",
      "GET / HTTP/1.1",
      R"({"a":1})",
      " a:1|c",
      "1a:1|c",
      "<34>1 a:b",
  });
  for (const std::string_view datagram : malformed) {
    CAPTURE(datagram);
    const WrittenLines written = written_in(datagram);
    CHECK(written.lines.empty());
    CHECK(written.refused == 1);
  }
  CHECK(written_in(std::string_view("a:1|c\0", 6)).refused == 1);
}

TEST_CASE("text of more bytes is read as it is") {
  CHECK(written_in("a:1|c|#p:Zürich 東京").lines == Lines{"a c 1 [p=Zürich 東京]"});
}

TEST_CASE("a line has 64 tags, 256 values and a weight of 1,000 at most") {
  std::string tags = "a:1|c|#t", values = "a:1";
  for (std::size_t i = 1; i < StatsdLimits::tags; ++i) tags += ",t";
  for (std::size_t i = 1; i < StatsdLimits::values; ++i) values += ":1";
  CHECK(written_in(tags).lines.size() == 1);
  CHECK(written_in(tags + ",t").refused == 1);
  CHECK(written_in(values + "|ms").lines.size() == 1);
  CHECK(written_in(values + ":1|ms").refused == 1);
  CHECK(written_in("a:1|c|@0.001").lines == Lines{"a c 1 x1000"});
}
