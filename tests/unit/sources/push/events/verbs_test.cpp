#include "sources/push/events/verbs.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace dbpool;

namespace {

/// A line and what it says, whose views point into it.
class ReadEvent : public StatsdSink {
 public:
  explicit ReadEvent(std::string line) : text_(std::move(line)) { parse_statsd(text_, *this); }

  bool wants(std::string_view) const override { return true; }
  void line(const StatsdLine& line) override {
    event = read_event(line);
    if (!event) return;
    values_.assign(event->values.begin(), event->values.end());
    event->values = values_;
  }
  void malformed() override {}

  std::optional<EventLine> event;

 private:
  std::string text_;
  std::vector<double> values_;
};

bool is_valid(const std::string& line) {
  return ReadEvent(line).event.has_value();
}

}  // namespace

TEST_CASE("every verb of the format is known, by the types of its values") {
  for (const char* verb : {"acquired", "released", "acquire_timeout", "connected"}) {
    CAPTURE(verb);
    const std::string name = "dbpool." + std::string(verb);
    for (const char* type : {"ms", "h", "d"}) CHECK(is_valid(name + ":0.25|" + type));
    for (const char* type : {"c", "g", "s"}) CHECK_FALSE(is_valid(name + ":1|" + type));
  }
  for (const char* verb : {"acquire_rejected", "connect_failed", "error"}) {
    CAPTURE(verb);
    CHECK(is_valid("dbpool." + std::string(verb) + ":1|c"));
    CHECK_FALSE(is_valid("dbpool." + std::string(verb) + ":1|ms"));
  }
  for (const char* verb : {"idle", "active", "opening", "waiting", "min", "max"}) {
    CAPTURE(verb);
    const ReadEvent read("dbpool." + std::string(verb) + ":3|g");
    REQUIRE(read.event);
    CHECK(read.event->is_gauge());
    CHECK_FALSE(is_valid("dbpool." + std::string(verb) + ":3|c"));
  }
  CHECK_FALSE(is_valid("dbpool.total:1|g"));
}

TEST_CASE("an event has the tags that are ours, and of several with one name the first") {
  const ReadEvent read("dbpool.acquired:1.5|ms|#env:prod,pool:main,lease:7,site:a.py:3 f,pool:other|T17");
  REQUIRE(read.event);
  CHECK(read.event->verb == Verb::acquired);
  CHECK(read.event->pool == "main");
  CHECK(read.event->lease == "7");
  CHECK(read.event->site == "a.py:3 f");
  CHECK(read.event->time == 17);
  CHECK(duration_of(read.event->values[0]) == 1500us);
}

TEST_CASE("a connection closes for a known reason, and an error of an unknown kind is another one") {
  CHECK(ReadEvent("dbpool.closed:1|c|#reason:max_lifetime").event->reason == CloseReason::max_lifetime);
  CHECK_FALSE(is_valid("dbpool.closed:1|c"));
  CHECK_FALSE(is_valid("dbpool.closed:1|c|#reason:bored"));
  CHECK(ReadEvent("dbpool.error:1|c|#error_type:timeout").event->error == ErrorKind::timeout);
  CHECK(ReadEvent("dbpool.error:1|c|#error_type:odd").event->error == ErrorKind::other);
  CHECK(ReadEvent("dbpool.error:1|c").event->error == ErrorKind::other);
}

TEST_CASE("an event stands for the nearest whole number of events") {
  CHECK(ReadEvent("dbpool.acquired:1|ms|@0.3").event->times() == 3);
  CHECK(ReadEvent("dbpool.acquired:1|ms|@0.4").event->times() == 3);
  CHECK(ReadEvent("dbpool.error:2:3|c|@0.5").event->count() == 10);
  CHECK(ReadEvent("dbpool.error:0|c").event->count() == 0);
}

TEST_CASE("values have bounds") {
  CHECK(is_valid("dbpool.acquired:604800000|ms"));
  CHECK_FALSE(is_valid("dbpool.acquired:604800001|ms"));
  CHECK(is_valid("dbpool.error:1000|c|@0.001"));
  CHECK_FALSE(is_valid("dbpool.error:1001|c|@0.001"));
  CHECK_FALSE(is_valid("dbpool.max:9007199254740992|g"));
}
